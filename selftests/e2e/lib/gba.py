# SPDX-License-Identifier: GPL-2.0-or-later
"""A UE made of curl: Milenage, HTTP Digest and the keys of GBA once more, in Python.

Nothing of it comes from the daemon, so that what both agree on is what the
specifications say: TS 35.206, RFC 3310, RFC 7616, TS 33.220 annex B, TS 33.246.
"""

import base64
import hashlib
import hmac
import os
import re

import ktap
import mbms
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

UA_PROTOCOL = bytes.fromhex("0100000001")
REALM = "3GPP-bootstrapping@" + mbms.BMSC
BSF_URL = f"http://{mbms.BSF}:{mbms.BSF_PORT}/"
BMSC_URL = f"http://{mbms.BMSC}:{mbms.BMSC_PORT}"


def xor(one, other):
    return bytes(a ^ b for a, b in zip(one, other))


def milenage(k, opc, rand):
    """RES, CK and IK: f2, f3 and f4."""
    def encrypt(block):
        return Cipher(algorithms.AES(k), modes.ECB()).encryptor().update(block)

    def output(rotation, constant):
        turned = xor(temp, opc)
        turned = turned[rotation:] + turned[:rotation]
        return xor(encrypt(xor(turned, bytes(15) + bytes([constant]))), opc)
    temp = encrypt(xor(rand, opc))
    return output(0, 1)[8:], output(4, 2), output(8, 4)


def derive(key, code, *parameters):
    """The key derivation function of TS 33.220, B.2."""
    message = bytes([code])
    for parameter in parameters:
        message += parameter + len(parameter).to_bytes(2, "big")
    return hmac.new(key, message, hashlib.sha256).digest()


class Response:
    """What curl -i prints: status, headers and body."""

    def __init__(self, text):
        # The ends of lines have become those of Python.
        head, _, self.body = text.partition("\n\n")
        lines = head.split("\n")
        self.status = int(lines[0].split()[1])
        self.headers = [tuple(line.split(": ", 1)) for line in lines[1:]]

    def header(self, name, containing=""):
        """The value of the header (that contains this), or an empty text."""
        return next((value for key, value in self.headers
                     if key.lower() == name.lower() and containing in value), "")

    def challenge(self, algorithm):
        """The parameters of the challenge of an algorithm."""
        return parameters(self.header("WWW-Authenticate", "algorithm=" + algorithm))

    def expect(self, status, what):
        ktap.check(self.status == status, f"{what}: status {self.status}: {self.body}")
        return self


def parameters(header):
    return {name: quoted or plain for name, quoted, plain
            in re.findall(r'(\w+)=(?:"([^"]*)"|([^", ]+))', header)}


class Client:
    """A subscriber, and a host with curl."""

    def __init__(self, lab, host, ue):
        self.lab, self.host, self.impi = lab, host, ue.impi
        self.k, self.opc = ue.k, ue.opc
        self.btid = self.password = None
        self.nonce, self.count = "", 0

    def curl(self, url, *headers, method="GET", body=None, options=()):
        command = ["curl", "-s", "-i", "--max-time", "30", "-X", method, *options]
        for header in headers:
            command += ["-H", header]
        if body is not None:
            command += ["--data-binary", "@-", "-H", "Expect:"]
        return Response(self.host.run(*command, url, stdin=body).stdout)

    @staticmethod
    def digest(user, realm, password, nonce, count, method, uri, body, algorithm="MD5"):
        """An Authorization header, and what rspauth has to be for a body."""
        def hash_of(*parts):
            return hashlib.md5(b":".join(parts)).hexdigest().encode()

        def proof(method, body):
            return hash_of(secret, nonce.encode(), b"%08x" % count, cnonce, b"auth-int",
                           hash_of(method.encode(), uri.encode(), hash_of(body.encode()))).decode()
        cnonce = os.urandom(8).hex().encode()
        secret = hash_of(user.encode(), realm.encode(), password)
        header = (f'Authorization: Digest username="{user}", realm="{realm}", nonce="{nonce}", '
                  f'uri="{uri}", response="{proof(method, body)}", algorithm={algorithm}, '
                  f'qop=auth-int, nc={count:08x}, cnonce="{cnonce.decode()}"')
        return header, lambda answer: proof("", answer)

    def challenge(self, impi=None):
        """The first request of Ub: RAND with AUTN, as they stand in the nonce."""
        answer = self.curl(BSF_URL, f'Authorization: Digest username="{impi or self.impi}", '
                           f'realm="{mbms.BSF}", nonce="", uri="/", response=""')
        answer.expect(401, "the first request")
        challenge = answer.challenge("AKAv1-MD5")
        ktap.equal((challenge["realm"], challenge["qop"]), (mbms.BSF, "auth-int"), "challenge")
        return challenge["nonce"]

    def answer(self, nonce, res, impi=None):
        """The second request of Ub."""
        header, proof = self.digest(impi or self.impi, mbms.BSF, res, nonce, 1, "GET", "/", "",
                                    "AKAv1-MD5")
        answer = self.curl(BSF_URL, header)
        if answer.status == 200:
            info = parameters(answer.header("Authentication-Info"))
            ktap.equal(info["rspauth"], proof(answer.body), "rspauth of the BSF")
        return answer

    def bootstrap(self):
        """All of Ub; the keys for the BM-SC."""
        nonce = self.challenge()
        rand = base64.b64decode(nonce)[:16]
        res, ck, ik = milenage(self.k, self.opc, rand)
        answer = self.answer(nonce, res).expect(200, "bootstrapping")
        self.btid = re.search("<btid>(.*)</btid>", answer.body).group(1)
        ktap.equal(self.btid, base64.b64encode(rand).decode() + "@" + mbms.BSF, "B-TID")
        ks_naf = derive(ck + ik, 1, b"gba-me", rand, self.impi.encode(),
                        mbms.BMSC.encode() + UA_PROTOCOL)
        mrk = derive(ks_naf, 1, b"mbms-mrk")
        for key in (ck, ik, ks_naf, mrk):
            self.lab.secret(key)
        self.password = base64.b64encode(mrk)

    def post(self, kind, body, *headers, sent=None, password=None, btid=None, media=None):
        """A request of Ua with the nonce of the last challenge; `sent` is an altered body."""
        if not self.nonce:
            self.take_nonce()
        self.count += 1
        uri = "/keymanagement?requesttype=" + kind
        media = media or {"msk-request": "msk"}.get(kind, kind)
        header, proof = self.digest(btid or self.btid, REALM, password or self.password,
                                    self.nonce, self.count, "POST", uri, body)
        answer = self.curl(BMSC_URL + uri, header, *headers,
                           f"Content-Type: application/mbms-{media}+xml",
                           method="POST", body=body if sent is None else sent)
        if answer.status == 200:
            info = parameters(answer.header("Authentication-Info"))
            ktap.equal(info["rspauth"], proof(answer.body), "rspauth of the BM-SC")
        return answer

    def take_nonce(self):
        """From a challenge without a reason."""
        answer = self.curl(BMSC_URL + "/keymanagement?requesttype=register", method="POST", body="")
        challenge = answer.expect(401, "a request without credentials").challenge("MD5")
        ktap.equal(challenge["realm"], f"3GPP-bootstrapping-uicc@{mbms.BMSC};{REALM}", "realm")
        ktap.equal(challenge["qop"], "auth-int", "qop")
        self.nonce, self.count = challenge["nonce"], 0
