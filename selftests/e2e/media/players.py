# SPDX-License-Identifier: GPL-2.0-or-later
"""ffmpeg and GStreamer: who sends a clip, who receives it, and who knows of SRTP."""

import os
import signal
import socket
import struct
from dataclasses import dataclass

import ktap
import topology
from client import Group

VIDEO_SSRC, AUDIO_SSRC = 0x11111111, 0x22222222
SSRCS = (VIDEO_SSRC, AUDIO_SSRC)
SENDER_REPORT, SDES, BYE = 200, 202, 203
# What they send at least. rtpbin says BYE too, but at times not before it is ended.
FFMPEG_RTCP, GSTREAMER_RTCP = {SENDER_REPORT, BYE}, {SENDER_REPORT, SDES}
PLUGINS = "coreelements rtp rtpmanager udp srtp rawparse videoparsersbad".split()
PLUGIN_FOLDER = "/usr/lib/x86_64-linux-gnu/gstreamer-1.0"
# A sink that waits for its first packet would let the others wait, too.
FILE = "filesink async=false buffer-mode=unbuffered"

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
    """Where picture and sound go, and what "mbsec keylog" says of their keys; a port for each,
    the next one for its RTCP."""

    address: str
    keys: tuple

    ports = (5004, 5006)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def plugins(lab):
    """Only those that are used: looking at all of them takes long. The environment."""
    folder = lab.path("gstreamer")
    os.makedirs(folder)
    for name in PLUGINS:
        os.symlink(f"{PLUGIN_FOLDER}/libgst{name}.so", f"{folder}/libgst{name}.so")
    return {"GST_PLUGIN_SYSTEM_PATH_1_0": folder,
            "GST_REGISTRY_1_0": lab.path("gstreamer.registry"), "GST_REGISTRY_FORK": "no"}


def one_processor():
    """What one processor sends stays in order on its way over the switch."""
    return ["taskset", "-c", "0"]


def sdp_line(key):
    """Of the two names that ffmpeg has for the suite the one with tags of 80 bits for SRTCP."""
    return key["sdp"].replace(" AES_CM_128_HMAC_SHA1_32", " SRTP_AES128_CM_HMAC_SHA1_32")


def sdp(stream, protected):
    """With the keys in it (RFC 4568), if it is ffmpeg that decrypts."""
    lines = ["v=0", "o=- 0 0 IN IP4 127.0.0.1", "s=clip", f"c=IN IP4 {stream.address}/8", "t=0 0"]
    for port, key, media in zip(stream.ports, stream.keys, (("video", 32), ("audio", 0))):
        lines.append(f"m={media[0]} {port} RTP/{'S' if protected else ''}AVP {media[1]}")
        lines += [sdp_line(key)] if protected else []
    return "\r\n".join(lines) + "\r\n"


def ffmpeg_send(host, clip, stream, protected=False):
    """Plain RTP, or SRTP without an MKI."""
    command = ["-re", "-f", "mpegvideo", "-r", "25", "-i", clip.video,
               "-re", "-f", "mulaw", "-ar", "8000", "-ac", "1", "-i", clip.audio]
    for which, port, key, ssrc in zip(("0:v", "1:a"), stream.ports, stream.keys, SSRCS):
        url = f"{'s' if protected else ''}rtp://{stream.address}:{port}?pkt_size=1000&ttl=8"
        options = key["ffmpeg"].split() if protected else []
        command += ["-map", which, "-c", "copy", "-f", "rtp", "-rtpflags", "send_bye",
                    "-ssrc", str(ssrc), *options, url]
    # It would print a description of the session, with the keys in it.
    return host.start("ffmpeg-send", *one_processor(), "ffmpeg", "-nostdin", "-v", "warning",
                      "-sdp_file", "/dev/null", *command)


def gstreamer_send(host, clip, stream, environment, protected=False):
    """With RTCP of rtpbin."""
    inputs = (f"filesrc location={clip.video} ! mpegvideoparse ! identity datarate=44000 ! "
              f"rtpmpvpay ssrc={VIDEO_SSRC} mtu=1000",
              f"filesrc location={clip.audio} blocksize=160 ! rawaudioparse format=mulaw "
              f"sample-rate=8000 num-channels=1 ! rtppcmupay ssrc={AUDIO_SSRC}")
    pipeline = "rtpbin name=b"
    for number, (data, port, key) in enumerate(zip(inputs, stream.ports, stream.keys)):
        rtp, rtcp = f"b.send_rtp_src_{number}", f"b.send_rtcp_src_{number}"
        pipeline += f" {data} ! b.send_rtp_sink_{number}"
        if protected:
            pipeline += (f" srtpenc name=e{number} {srtpenc(key)} {rtp} ! e{number}.rtp_sink_0"
                         f" {rtcp} ! e{number}.rtcp_sink_0")
            rtp, rtcp = f"e{number}.rtp_src_0", f"e{number}.rtcp_src_0"
        pipeline += (f" {rtp} ! udpsink host={stream.address} port={port} ttl-mc=8"
                     f" {rtcp} ! udpsink host={stream.address} port={port + 1} ttl-mc=8"
                     " sync=false async=false")
    return host.start("gstreamer-send", *one_processor(), "gst-launch-1.0", "-q",
                      *pipeline.split(), environment=environment)


def srtpenc(key):
    """Properties, which are those that srtpdec has as caps."""
    caps = dict(one.split("=") for one in key["gstreamer"].split(",")[1:])
    values = {name: caps["s" + name].removeprefix("(string)")
              for name in ("rtp-cipher", "rtp-auth", "rtcp-cipher", "rtcp-auth")}
    values["key"] = key["libsrtp"]
    if key["mki"] != "none":
        values["mki"] = key["mki"]
    return " ".join(f"{name}={value}" for name, value in values.items())


class Player:
    """Receives a stream into files."""

    def __init__(self, lab, host, stream, name):
        self.host, self.stream = host, stream
        self.files = [lab.path(f"{host.name}-{name}.{kind}") for kind in ("m2v", "ul")]
        self.program = None

    def wait_ready(self):
        """Its four sockets are members of the group."""
        ktap.wait_for(self.listens, f"{self.program.name} listens")

    def listens(self):
        with self.host.namespace, open("/proc/thread-self/net/igmp") as table:
            group = socket.inet_aton(self.stream.address)[::-1].hex().upper()
            users = [line.split()[1] for line in table if line.split()[0] == group]
        return users == [str(2 * len(self.stream.ports))]

    def finish(self, clip):
        """It gets what was sent, and then its end."""
        ktap.wait_for(lambda: self.has(clip), f"{self.program.name} has received everything")
        for path, octets in zip(self.files, clip.octets):
            received = read(path)
            equal = len(os.path.commonprefix([received, octets]))
            ktap.check(received == octets, f"{os.path.basename(path)}: {len(received)} octets, "
                       f"{len(octets)} sent, equal up to {equal}")
        self.program.stop(signal.SIGINT, None)

    def has(self, clip):
        return all(os.path.exists(path) and os.path.getsize(path) >= len(octets)
                   for path, octets in zip(self.files, clip.octets))


class Ffmpeg(Player):
    """Without an MKI, if it is ffmpeg that decrypts."""

    def __init__(self, lab, host, stream, protected=False):
        super().__init__(lab, host, stream, "ffmpeg")
        description = lab.write(f"{host.name}-{stream.address}.sdp", sdp(stream, protected), 0o600)
        # It would drop what its clock puts into the past, as the first report of a slow sender may.
        written = ["-c", "copy", "-bsf", "setts=ts=N", "-flush_packets", "1"]
        self.program = host.start(
            "ffmpeg", "ffmpeg", "-nostdin", "-y", "-v", "warning", "-protocol_whitelist",
            "file,rtp,udp,srtp,crypto", "-i", description, "-map", "0:v", *written,
            "-f", "mpeg2video", self.files[0], "-map", "0:a", *written, "-f", "mulaw",
            self.files[1])


class Gstreamer(Player):
    """Also keeps the RTCP that it got."""

    def __init__(self, lab, host, stream, environment, protected=False):
        super().__init__(lab, host, stream, "gstreamer")
        self.reports = [lab.path(f"{host.name}-gstreamer-{kind}.rtcp") for kind in ("m2v", "ul")]
        kinds = (("media=video,clock-rate=90000,encoding-name=MPV,payload=32", "rtpmpvdepay"),
                 ("media=audio,clock-rate=8000,encoding-name=PCMU,payload=0", "rtppcmudepay"))
        pipeline = ""
        for number, (port, key, (caps, depay)) in enumerate(zip(stream.ports, stream.keys, kinds)):
            rtp, rtcp = (f" udpsrc address={stream.address} port={port + more}" for more in (0, 1))
            if protected:
                protection = key["gstreamer"].removeprefix("application/x-srtp,")
                pipeline += (f"{rtp} caps=application/x-srtp,{caps},{protection} ! d{number}."
                             f"{rtcp} caps=application/x-srtcp,{protection} ! d{number}.rtcp_sink"
                             f" srtpdec name=d{number}")
                rtp, rtcp = f" d{number}.rtp_src", f" d{number}.rtcp_src"
            else:
                rtp += f" caps=application/x-rtp,{caps}"
            pipeline += (f"{rtp} ! {depay} ! {FILE} location={self.files[number]}"
                         f"{rtcp} ! {FILE} location={self.reports[number]}")
        self.program = host.start("gstreamer", "gst-launch-1.0", "-q", *pipeline.split(),
                                  environment=environment)

    def finish(self, clip):
        ktap.wait_for(self.has_reports, f"{self.program.name} has received RTCP")
        super().finish(clip)

    def has_reports(self):
        return all(os.path.exists(path) and reports(read(path), ssrc)
                   for path, ssrc in zip(self.reports, SSRCS))


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
        return all(types <= reports(octets, ssrc) for octets, ssrc in zip(self.octets, SSRCS))


def reports(octets, ssrc):
    """Types of the packets of RTCP of that SSRC, which stand one behind the other."""
    types = set()
    while octets:
        kind, words, source = struct.unpack_from(">xBHI", octets)
        ktap.check(200 <= kind <= 204 and len(octets) >= 4 * words + 4, "RTCP is legible")
        types |= {kind} if source == ssrc else set()
        octets = octets[4 * words + 4:]
    return types
