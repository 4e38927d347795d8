# SPDX-License-Identifier: GPL-2.0-or-later
"""ffmpeg and GStreamer: who sends a clip, who receives it, and who knows of SRTP."""

import base64
import os
import signal
import socket
import struct
from dataclasses import dataclass

import ktap
import srtp_reference as srtp
import topology
from client import Group

VIDEO_SSRC, AUDIO_SSRC = 0x11111111, 0x22222222
VIDEO_TYPE, AUDIO_TYPE = 32, 0
SENDER_REPORT, SDES, BYE = 200, 202, 203
# What they send at least. rtpbin says BYE too, but at times not before it is ended.
FFMPEG_RTCP, GSTREAMER_RTCP = {SENDER_REPORT, BYE}, {SENDER_REPORT, SDES}
PLUGINS = "coreelements rtp rtpmanager udp srtp rawparse videoparsersbad".split()
# A sink that waits for its first packet would let the others wait, too.
FILE = "filesink async=false buffer-mode=unbuffered"
PLUGIN_FOLDER = "/usr/lib/x86_64-linux-gnu/gstreamer-1.0"
CIPHER = {srtp.AES128_80: "aes-128-icm", srtp.AES128_32: "aes-128-icm",
          srtp.AES256_80: "aes-256-icm"}
AUTH = {srtp.AES128_80: "hmac-sha1-80", srtp.AES128_32: "hmac-sha1-32",
        srtp.AES256_80: "hmac-sha1-80"}
# Of the two names with _32 this is the one with SRTCP as it should be, 80 bits.
SDES_SUITE = {srtp.AES128_80: "AES_CM_128_HMAC_SHA1_80",
              srtp.AES128_32: "SRTP_AES128_CM_HMAC_SHA1_32"}

# Two seconds of picture and sound; their octets are what has to come out at the other end.
VIDEO = ["-f", "lavfi", "-i", "testsrc2=size=160x120:rate=25:duration=2", "-c:v", "mpeg2video",
         "-b:v", "200k", "-g", "25", "-bf", "0", "-f", "mpeg2video"]
AUDIO = ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=8000:duration=2", "-f", "mulaw"]


class Clip:
    """The files of a clip, and their octets."""

    def __init__(self, lab, host):
        self.video, self.audio = lab.path("clip.m2v"), lab.path("clip.ul")
        host.run("ffmpeg", "-nostdin", "-v", "error", *VIDEO, self.video, *AUDIO, self.audio)
        self.octets = [read(self.video), read(self.audio)]

    def pieces(self):
        """Pieces that the wire must not show."""
        return [octets[at:at + 16] for octets in self.octets for at in range(500, 15000, 500)
                if len(set(octets[at:at + 16])) > 8]


@dataclass(frozen=True)
class Stream:
    """Where picture and sound go, and the key of each; a port for each, the next for its RTCP."""

    address: str
    suite: int
    keys: tuple
    mki: bool

    ports = (5004, 5006)
    all_ports = (5004, 5005, 5006, 5007)


def base64_of(key):
    return base64.b64encode(key.master + key.salt).decode()


def hex_of(key):
    return (key.master + key.salt).hex()


def read(path):
    with open(path, "rb") as file:
        return file.read()


def plugins(lab):
    """Only those that are used: looking at all of them takes long. The environment."""
    folder = lab.path("gstreamer")
    os.makedirs(folder)
    for name in PLUGINS:
        os.symlink(f"{PLUGIN_FOLDER}/libgst{name}.so", f"{folder}/libgst{name}.so")
    return {"GST_PLUGIN_SYSTEM_PATH_1_0": folder, "GST_REGISTRY_1_0": lab.path("gstreamer.registry"),
            "GST_REGISTRY_FORK": "no"}


# ffmpeg

def sdp(stream, protected):
    """With the key in it (RFC 4568), if it is ffmpeg that decrypts."""
    lines = ["v=0", "o=- 0 0 IN IP4 127.0.0.1", "s=clip", f"c=IN IP4 {stream.address}/8", "t=0 0"]
    kinds = (("video", VIDEO_TYPE), ("audio", AUDIO_TYPE))
    for port, key, (name, kind) in zip(stream.ports, stream.keys, kinds):
        lines.append(f"m={name} {port} RTP/{'S' if protected else ''}AVP {kind}")
        if protected:
            lines.append(f"a=crypto:1 {SDES_SUITE[stream.suite]} inline:{base64_of(key)}")
    return "\r\n".join(lines) + "\r\n"


def ffmpeg_send(host, clip, stream, protected=False):
    """Plain RTP, or SRTP without an MKI."""
    command = ["-re", "-f", "mpegvideo", "-r", "25", "-i", clip.video,
               "-re", "-f", "mulaw", "-ar", "8000", "-ac", "1", "-i", clip.audio]
    for which, port, key, ssrc in zip("va", stream.ports, stream.keys, (VIDEO_SSRC, AUDIO_SSRC)):
        options = ["-srtp_out_suite", SDES_SUITE[stream.suite], "-srtp_out_params",
                   base64_of(key)] if protected else []
        url = f"{'s' if protected else ''}rtp://{stream.address}:{port}?pkt_size=1000&ttl=8"
        command += ["-map", f"{'va'.index(which)}:{which}", "-c", "copy", "-f", "rtp",
                    "-rtpflags", "send_bye", "-ssrc", str(ssrc), *options, url]
    return host.start("ffmpeg-send", *one_processor(), "ffmpeg", "-nostdin", "-v", "warning",
                      *command)


def one_processor():
    """What one processor sends stays in order on its way over the switch."""
    return ["taskset", "-c", "0"]


class Player:
    """Receives a stream into files."""

    def __init__(self, lab, host, stream, name):
        self.host, self.stream = host, stream
        self.files = [lab.path(f"{host.name}-{name}.{kind}") for kind in ("m2v", "ul")]
        self.reports = [lab.path(f"{host.name}-{name}-{kind}.rtcp") for kind in ("video", "audio")]
        self.program = None

    def wait_ready(self):
        """Its sockets are members of the group."""
        ktap.wait_for(self.listens, f"{self.program.name} listens")

    def finish(self, clip):
        """It gets what was sent, and then its end."""
        ktap.wait_for(lambda: self.has(clip), f"{self.program.name} has received everything")
        for path, octets in zip(self.files, clip.octets):
            received = read(path)
            ktap.check(received == octets, f"{os.path.basename(path)}: {len(received)} octets, "
                       f"{len(octets)} sent, equal up to {equal_up_to(received, octets)}")
        self.program.stop(signal.SIGINT, None)

    def listens(self):
        with self.host.namespace, open("/proc/thread-self/net/igmp") as table:
            group = socket.inet_aton(self.stream.address)[::-1].hex().upper()
            users = [line.split()[1] for line in table if line.split()[0] == group]
        return users == [str(len(self.stream.all_ports))]

    def has(self, clip):
        return all(os.path.exists(path) and os.path.getsize(path) >= len(octets)
                   for path, octets in zip(self.files, clip.octets))


def equal_up_to(one, other):
    return len(os.path.commonprefix([one, other]))


class Ffmpeg(Player):
    """Without an MKI, if it is ffmpeg that decrypts."""

    def __init__(self, lab, host, stream, protected=False):
        super().__init__(lab, host, stream, "ffmpeg")
        description = lab.write(f"{host.name}-{stream.address}.sdp", sdp(stream, protected), 0o600)
        self.program = host.start(
            "ffmpeg", "ffmpeg", "-nostdin", "-y", "-v", "warning", "-protocol_whitelist",
            "file,rtp,udp,srtp,crypto", "-i", description, "-map", "0:v", "-c", "copy",
            "-flush_packets", "1", "-f", "mpeg2video", self.files[0], "-map", "0:a", "-c", "copy",
            "-flush_packets", "1", "-f", "mulaw", self.files[1])


class Gstreamer(Player):
    """Also keeps the RTCP that it got."""

    def __init__(self, lab, host, stream, environment, protected=False):
        super().__init__(lab, host, stream, "gstreamer")
        branches = []
        kinds = ((VIDEO_SSRC, "media=video,clock-rate=90000,encoding-name=MPV,payload=32",
                  "rtpmpvdepay"),
                 (AUDIO_SSRC, "media=audio,clock-rate=8000,encoding-name=PCMU,payload=0",
                  "rtppcmudepay"))
        for number, (ssrc, caps, depay) in enumerate(kinds):
            sources = [f"udpsrc address={stream.address} port={stream.ports[number] + more}"
                       for more in (0, 1)]
            write = f"! {depay} ! {FILE} location={self.files[number]}"
            reports = f"! {FILE} location={self.reports[number]}"
            if protected:
                key = key_caps(stream, stream.keys[number], ssrc)
                branches += [f"{sources[0]} caps=application/x-srtp,{caps},{key} ! d{number}.",
                             f"{sources[1]} caps=application/x-srtcp,{key} ! d{number}.rtcp_sink",
                             f"srtpdec name=d{number} d{number}.rtp_src {write}",
                             f"d{number}.rtcp_src {reports}"]
            else:
                branches += [f"{sources[0]} caps=application/x-rtp,{caps} {write}",
                             f"{sources[1]} {reports}"]
        self.program = host.start("gstreamer", "gst-launch-1.0", "-q",
                                  *" ".join(branches).split(), environment=environment)

    def finish(self, clip):
        ktap.wait_for(self.has_reports, f"{self.program.name} has received RTCP")
        super().finish(clip)

    def has_reports(self):
        return all(os.path.exists(path) and reports(read(path), ssrc)
                   for path, ssrc in zip(self.reports, (VIDEO_SSRC, AUDIO_SSRC)))


class Reports:
    """The RTCP of a stream, as an application of the host gets it."""

    def __init__(self, host, stream):
        self.host, self.octets = host, [b"", b""]
        self.sockets = [host.receiver(Group(stream.address, port), port=port + 1)
                        for port in stream.ports]

    def wait(self, types):
        ktap.wait_for(lambda: self.has(types), f"RTCP of the types {types} at {self.host.name}")
        for one in self.sockets:
            one.close()

    def has(self, types):
        for number, one in enumerate(self.sockets):
            self.octets[number] += b"".join(topology.drain(one))
        return all(types <= reports(octets, ssrc)
                   for octets, ssrc in zip(self.octets, (VIDEO_SSRC, AUDIO_SSRC)))


def reports(octets, ssrc):
    """Types of the packets of RTCP of that SSRC, which stand one behind the other."""
    types = set()
    while octets:
        kind, words, source = struct.unpack_from(">xBHI", octets)
        ktap.check(200 <= kind <= 204 and len(octets) >= 4 * words + 4, "RTCP is legible")
        types |= {kind} if source == ssrc else set()
        octets = octets[4 * words + 4:]
    return types


def key_caps(stream, key, ssrc):
    values = [f"ssrc=(uint){ssrc}", f"srtp-key=(buffer){hex_of(key)}"]
    values += [f"mki=(buffer){key.mki.hex()}"] if stream.mki else []
    values += [f"srtp-cipher={CIPHER[stream.suite]}", f"srtp-auth={AUTH[stream.suite]}",
               f"srtcp-cipher={CIPHER[stream.suite]}", "srtcp-auth=hmac-sha1-80"]
    return ",".join(values)


def gstreamer_send(host, clip, stream, environment, protected=False):
    """With RTCP of rtpbin."""
    inputs = (f"filesrc location={clip.video} ! mpegvideoparse ! identity datarate=44000 ! rtpmpvpay ssrc={VIDEO_SSRC} "
              "mtu=1000",
              f"filesrc location={clip.audio} blocksize=160 ! rawaudioparse format=mulaw "
              f"sample-rate=8000 num-channels=1 ! rtppcmupay ssrc={AUDIO_SSRC}")
    pipeline = "rtpbin name=b"
    for number, (data, port, key) in enumerate(zip(inputs, stream.ports, stream.keys)):
        rtp, rtcp = f"b.send_rtp_src_{number}", f"b.send_rtcp_src_{number}"
        pipeline += f" {data} ! b.send_rtp_sink_{number}"
        if protected:
            pipeline += (f" srtpenc name=e{number} key={hex_of(key)}"
                         f" rtp-cipher={CIPHER[stream.suite]} rtp-auth={AUTH[stream.suite]}"
                         f" rtcp-cipher={CIPHER[stream.suite]} rtcp-auth=hmac-sha1-80"
                         + (f" mki={key.mki.hex()}" if stream.mki else "")
                         + f" {rtp} ! e{number}.rtp_sink_0 {rtcp} ! e{number}.rtcp_sink_0")
            rtp, rtcp = f"e{number}.rtp_src_0", f"e{number}.rtcp_src_0"
        pipeline += (f" {rtp} ! udpsink host={stream.address} port={port} ttl-mc=8"
                     f" {rtcp} ! udpsink host={stream.address} port={port + 1} ttl-mc=8"
                     " sync=false async=false")
    return host.start("gstreamer-send", *one_processor(), "gst-launch-1.0", "-q",
                      *pipeline.split(), environment=environment)
