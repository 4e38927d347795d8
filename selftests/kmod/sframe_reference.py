# SPDX-License-Identifier: GPL-2.0-or-later
"""Second implementation of the wire format, to test the kernel against.

SFrame (RFC 9605) with the AES-CTR + HMAC suites, AES-GCM, and the private-use null
cipher suite. HKDF and HMAC are from the standard library, AES from
python3-cryptography.
"""

import hashlib
import hmac
import struct
from dataclasses import dataclass

AES_CTR_80, AES_CTR_64, AES_CTR_32, AES_GCM, NULL_80 = 1, 2, 3, 4, 0xF001
SUITES = (AES_CTR_80, AES_CTR_64, AES_CTR_32, AES_GCM, NULL_80)
TAG_LENGTH = {AES_CTR_80: 10, AES_CTR_64: 8, AES_CTR_32: 4, AES_GCM: 16, NULL_80: 10}
CIPHER_KEY_LENGTH = {AES_CTR_80: 16, AES_CTR_64: 16, AES_CTR_32: 16, AES_GCM: 16, NULL_80: 0}
AUTH_KEY_LENGTH = {AES_CTR_80: 32, AES_CTR_64: 32, AES_CTR_32: 32, AES_GCM: 0, NULL_80: 32}
SALT_LENGTH = 12
HEADER_LENGTH = 14
COUNTER_FIRST = 1 << 32
COUNTER_END = 1 << 40


class FormatError(ValueError):
    """The bytes are not an SFrame ciphertext."""


class AuthenticationError(ValueError):
    """The tag is not that of the ciphertext."""


def overhead(suite):
    return HEADER_LENGTH + TAG_LENGTH[suite]


def hkdf_extract(salt, key_material):
    return hmac.digest(salt or bytes(32), key_material, "sha256")


def hkdf_expand(secret, info, length):
    block, output, count = b"", b"", 1
    while len(output) < length:
        block = hmac.digest(secret, block + info + bytes([count]), "sha256")
        output += block
        count += 1
    return output[:length]


def key_id(sender_id, msk_id, mtk_id):
    return sender_id << 48 | msk_id << 16 | mtk_id


@dataclass(frozen=True)
class SessionKeys:
    """What RFC 9605 clause 4.4.2 derives for one KID and suite."""

    suite: int
    cipher: bytes
    auth: bytes
    salt: bytes


def derive(base_key, kid, suite):
    secret = hkdf_extract(b"", base_key)
    context = struct.pack(">QH", kid, suite)
    cipher_length = CIPHER_KEY_LENGTH[suite]
    key = hkdf_expand(secret, b"SFrame 1.0 Secret key " + context, cipher_length + AUTH_KEY_LENGTH[suite])
    salt = hkdf_expand(secret, b"SFrame 1.0 Secret salt " + context, SALT_LENGTH)
    return SessionKeys(suite, key[:cipher_length], key[cipher_length:], salt)


def encode_field(value, length=None):
    """The 3-bit config code and the octets of a KID or CTR (clause 4.3).

    A length makes the field that long, minimal or not."""
    if length is None:
        if value < 8:
            return value, b""
        length = (value.bit_length() + 7) // 8
    return 8 | length - 1, value.to_bytes(length, "big")


def encode_header(kid, ctr, kid_length=None, ctr_length=None):
    kid_code, kid_octets = encode_field(kid, kid_length)
    ctr_code, ctr_octets = encode_field(ctr, ctr_length)
    return bytes([kid_code << 4 | ctr_code]) + kid_octets + ctr_octets


def decode_field(code, data, offset):
    if not code & 8:
        return code & 7, offset
    length = (code & 7) + 1
    octets = data[offset:offset + length]
    if len(octets) < length:
        raise FormatError("header is truncated")
    value = int.from_bytes(octets, "big")
    if value < 8 or value.bit_length() <= 8 * (length - 1):
        raise FormatError("field is not of minimal length")
    return value, offset + length


def decode_header(data):
    """KID, CTR and the length of the header."""
    if not data:
        raise FormatError("datagram is empty")
    kid, offset = decode_field(data[0] >> 4, data, 1)
    ctr, offset = decode_field(data[0] & 15, data, offset)
    return kid, ctr, offset


def nonce_of(keys, ctr):
    return (int.from_bytes(keys.salt, "big") ^ ctr).to_bytes(SALT_LENGTH, "big")


def cipher_run(keys, nonce, data):
    if keys.suite == NULL_80:
        return data
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    context = Cipher(algorithms.AES(keys.cipher), modes.CTR(nonce + bytes(4))).encryptor()
    return context.update(data) + context.finalize()


def tag_of(keys, nonce, aad, ciphertext):
    length = TAG_LENGTH[keys.suite]
    message = struct.pack(">QQQ", len(aad), len(ciphertext), length) + nonce + aad + ciphertext
    return hmac.new(keys.auth, message, hashlib.sha256).digest()[:length]


def gcm(keys):
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    return AESGCM(keys.cipher)


def protect(keys, kid, ctr, plaintext, metadata=b"", header=None):
    """An SFrame ciphertext; another header than the right one may be forced."""
    if header is None:
        header = encode_header(kid, ctr)
    nonce = nonce_of(keys, ctr)
    if keys.suite == AES_GCM:
        return header + gcm(keys).encrypt(nonce, plaintext, header + metadata)
    ciphertext = cipher_run(keys, nonce, plaintext)
    return header + ciphertext + tag_of(keys, nonce, header + metadata, ciphertext)


def gcm_open(keys, nonce, aad, body):
    from cryptography.exceptions import InvalidTag
    try:
        return gcm(keys).decrypt(nonce, body, aad)
    except InvalidTag as error:
        raise AuthenticationError("tag does not match") from error


def unprotect(keys, datagram, metadata=b""):
    """The plaintext; the caller has chosen the keys by the KID."""
    _, ctr, offset = decode_header(datagram)
    body = datagram[offset:]
    length = TAG_LENGTH[keys.suite]
    if len(body) < length:
        raise FormatError("no room for the tag")
    nonce = nonce_of(keys, ctr)
    if keys.suite == AES_GCM:
        return gcm_open(keys, nonce, datagram[:offset] + metadata, body)
    expected = tag_of(keys, nonce, datagram[:offset] + metadata, body[:-length])
    if not hmac.compare_digest(expected, body[-length:]):
        raise AuthenticationError("tag does not match")
    return cipher_run(keys, nonce, body[:-length])
