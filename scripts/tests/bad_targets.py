#!/usr/bin/python3
"""Targets that are wrong in one way each: small gateways and forward proxies to try the program on.

    bad_targets.py FAULT --origin HOST:PORT [--listen PORT] [--on TEXT] [--spare-plain] [--until N]

Serves 127.0.0.1 until it is killed, and prints one line, "listening on PORT", once it listens. A request
in absolute form goes to the server that it names, any other to --origin: so each is a forward proxy too.
With --on TEXT only requests with TEXT in their target meet the fault; with --spare-plain the plain
exchanges by which `interim run` knows that a target lives do not meet it. All others are handled well.
"replaces" goes by --until, "dies" by --after.
"""

import argparse
import itertools
import os
import re
import socket
import sys
import threading
import time

PLAIN = (b"sanity", b"control")
CHUNK = 65536
# Colours, a bell, a title, a clear screen, DEL, C1 bytes, and what is no UTF-8.
CONTROL_BYTES = b"\x1b[31mred\x07\x1b]0;title\x07\x1b[2J\x7f\x9b31m\xc2\x9b\xff\x01"
ENDLESS_BYTES = 1 << 30
DYING_SECONDS = 0.1


def read_head(reader):
    """One message's head with its empty line; what came of it at the end of the stream."""
    lines = []
    while not lines or lines[-1] not in (b"\r\n", b"\n", b""):
        lines.append(reader.readline())
    return b"".join(lines)


def field(head, name):
    """The first value of a field, in lower case; b"" without it."""
    found = re.search(rb"^" + name + rb":[ \t]*([^\r\n]*)", head, re.IGNORECASE | re.MULTILINE)
    return found.group(1).strip().lower() if found else b""


def read_content(reader, head):
    """The content behind a head that frames it, as it is on the wire, in pieces."""
    if b"chunked" in field(head, b"transfer-encoding"):
        size = None
        while size != 0:
            line = reader.readline()
            size = int(line.split(b";")[0], 16)
            yield line + (reader.read(size + 2) if size else read_head(reader))
    elif field(head, b"content-length"):
        yield reader.read(int(field(head, b"content-length")))


def read_response_content(reader, head, method, status):
    if method == b"HEAD" or status in (204, 304):
        return
    if field(head, b"content-length") or b"chunked" in field(head, b"transfer-encoding"):
        yield from read_content(reader, head)
        return
    while piece := reader.read1(CHUNK):
        yield piece


class Gateway:
    """Hands on what comes, one back connection a request. Each fault replaces one of its methods."""

    def __init__(self, options, listener):
        self.options = options
        self.listener = listener
        self.numbers = itertools.count()

    def start(self):
        """Called once before connections are taken."""

    def accept(self, client):
        """A connection to its end."""
        with client, client.makefile("rb") as reader:
            while head := read_head(reader):
                take = self.request if self.is_met(head) else self.relay
                if not take(client, reader, head):
                    return

    def is_met(self, head):
        """Whether a request meets the fault."""
        target = head.split(b" ")[1]
        spared = self.options.spare_plain and any(word in target for word in PLAIN)
        return self.options.on.encode() in target and not spared

    def request(self, client, reader, head):
        """A request that meets the fault. Tells whether the connection goes on."""
        return self.relay(client, reader, head, self.interim, self.final)

    def relay(self, client, reader, head, interim=None, final=None):
        method, target, rest = head.split(b" ", 2)
        address = self.options.origin
        absolute = re.fullmatch(rb"http://([^/]+)(/.*)", target)
        if absolute:
            address = absolute.group(1).decode()
            head = b" ".join((method, absolute.group(2), rest))
        host, _, port = address.rpartition(":")
        with socket.create_connection((host, int(port))) as origin, origin.makefile("rb") as answers:
            origin.sendall(head)
            copy = threading.Thread(target=self.copy_content, args=(reader, head, origin), daemon=True)
            copy.start()
            answered = self.answer(client, answers, method, interim, final)
            copy.join()
        return answered and field(head, b"connection") != b"close" and b"HTTP/1.0" not in rest

    @staticmethod
    def copy_content(reader, head, origin):
        try:
            for piece in read_content(reader, head):
                origin.sendall(piece)
        except OSError:
            pass  # The origin is gone: whoever reads its answer sees that.

    def answer(self, client, answers, method, interim, final):
        """Hands the responses on, up to the final one. Tells whether the connection goes on."""
        while head := read_head(answers):
            status = int(head[9:12])
            if 100 <= status < 200:
                if not (interim or self.pass_on)(client, head):
                    return False
                continue
            (final or self.pass_on)(client, head)
            for piece in read_response_content(answers, head, method, status):
                client.sendall(piece)
            framed = field(head, b"content-length") or field(head, b"transfer-encoding")
            return bool(framed or method == b"HEAD" or status in (204, 304)) and (
                field(head, b"connection") != b"close"
            )
        return False

    @staticmethod
    def pass_on(client, head):
        client.sendall(head)
        return True

    interim = pass_on
    final = pass_on


class PassesBytes(Gateway):
    """Copies bytes both ways and knows nothing of HTTP."""

    def accept(self, client):
        host, _, port = self.options.origin.rpartition(":")
        with client, socket.create_connection((host, int(port))) as origin:
            back = threading.Thread(target=self.copy, args=(origin, client), daemon=True)
            back.start()
            self.copy(client, origin)
            back.join()

    @staticmethod
    def copy(source, sink):
        try:
            while piece := source.recv(CHUNK):
                sink.sendall(piece)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            for end in (source, sink):
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass  # It is down already.


class Garbage(Gateway):
    """Answers with what is no HTTP."""

    def request(self, client, reader, head):
        client.sendall(b"\x16\x03\x01\x00\x00 \x1b[31m no HTTP \x00\xff\r\n\r\n")
        return False


class EndlessHeader(Gateway):
    """A head without an end."""

    def request(self, client, reader, head):
        client.sendall(b"HTTP/1.1 200 OK\r\n")
        line = b"X-Endless: " + b"a" * 1000 + b"\r\n"
        for _ in range(ENDLESS_BYTES // len(line)):
            client.sendall(line)
        return False


class HalfStatusLine(Gateway):
    """Half a status line, then silence."""

    def request(self, client, reader, head):
        client.sendall(b"HTTP/1.1 20")
        return hang()


class Silence(Gateway):
    """Never answers."""

    def request(self, client, reader, head):
        return hang()


class Closes(Gateway):
    """Ends the connection instead of answering."""

    def request(self, client, reader, head):
        return False


class Answers500(Gateway):
    """Answers by itself, and asks no origin."""

    def request(self, client, reader, head):
        for _ in read_content(reader, head):
            pass
        client.sendall(b"HTTP/1.1 500 Own\r\nContent-Length: 0\r\n\r\n")
        return True


class Replaces(Gateway):
    """Takes an interim response for an error of the origin: each, or with --until N the first N."""

    def interim(self, client, head):
        if next(self.numbers) >= self.options.until:
            return self.pass_on(client, head)
        client.sendall(b"HTTP/1.1 502 Own\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        return False


class ControlBytes(Gateway):
    """Adds fields and a reason phrase that no terminal should see raw."""

    def evil(self, client, head):
        line, rest = head.split(b"\r\n", 1)
        added = b"Server: " + CONTROL_BYTES + b"\r\nX-Evil: " + CONTROL_BYTES
        return self.pass_on(client, line + CONTROL_BYTES + b"\r\n" + added + b"\r\n" + rest)

    interim = evil
    final = evil


class EvilFields(Gateway):
    """As ControlBytes, in bytes that the grammar of fields allows (obs-text)."""

    def evil(self, client, head):
        line, rest = head.split(b"\r\n", 1)
        return self.pass_on(client, line + b"\r\nServer: e\x80\x9b31m\xc2\x9b31m\xff\r\n" + rest)

    interim = evil
    final = evil


class Drops102(Gateway):
    """Keeps every 102 to itself."""

    def interim(self, client, head):
        return head[9:12] == b"102" or self.pass_on(client, head)


class FewBacks(Drops102):
    """Keeps every 102 to itself, and asks the origin over four connections at once, no more."""

    def start(self):
        self.backs = threading.Semaphore(4)

    def relay(self, *arguments):
        with self.backs:
            return super().relay(*arguments)


class HangsAfterInterim(Gateway):
    """Passes an interim response on and then does nothing more."""

    def interim(self, client, head):
        self.pass_on(client, head)
        return hang()


class FirstIsFinal(Gateway):
    """Takes the first response for the final one, whatever its class, and goes on to the next request."""

    def answer(self, client, answers, method, interim, final):
        head = read_head(answers)
        if interim is None or head[9:10] != b"1":
            return self.pass_on(client, head) and self.copy_final(client, answers, head, method)
        return self.pass_on(client, head)

    @staticmethod
    def copy_final(client, answers, head, method):
        for piece in read_response_content(answers, head, method, int(head[9:12])):
            client.sendall(piece)
        return field(head, b"connection") != b"close"


class Dies(Gateway):
    """The process ends when a request meets the fault, after --after others that did."""

    def request(self, client, reader, head):
        if next(self.numbers) < self.options.after:
            return self.relay(client, reader, head)
        # The kernel closes in no certain order: nobody may get a connection that ends at once.
        self.listener.shutdown(socket.SHUT_RDWR)
        return os._exit(1)


class DiesLate(Gateway):
    """As Dies, but its last moments take long: new connections are accepted, and then reset."""

    dies = False

    def accept(self, client):
        if self.dies:
            hang()
        super().accept(client)

    def request(self, client, reader, head):
        self.dies = True
        client.shutdown(socket.SHUT_RDWR)
        time.sleep(DYING_SECONDS)
        return os._exit(1)


class WorkerDies(Gateway):
    """A worker process ends when a request meets the fault; its master starts another one."""

    def request(self, client, reader, head):
        return os._exit(1)

    def start(self):
        """Comes back in each worker; the master stays here."""
        reading, writing = os.pipe()
        while worker := os.fork():
            os.waitpid(worker, 0)
        # No worker outlives its master: the pipe's other end is closed then.
        os.close(writing)
        threading.Thread(target=lambda: os._exit(len(os.read(reading, 1))), daemon=True).start()


FAULTS = {
    "none": Gateway,
    "passes-bytes": PassesBytes,
    "garbage": Garbage,
    "endless-header": EndlessHeader,
    "half-status-line": HalfStatusLine,
    "silence": Silence,
    "closes": Closes,
    "answers-500": Answers500,
    "replaces": Replaces,
    "control-bytes": ControlBytes,
    "evil-fields": EvilFields,
    "drops-102": Drops102,
    "few-backs": FewBacks,
    "hangs-after-interim": HangsAfterInterim,
    "first-is-final": FirstIsFinal,
    "dies": Dies,
    "dies-late": DiesLate,
    "worker-dies": WorkerDies,
}


def hang():
    """Nothing more happens on the connection; one line tells that it is so."""
    print("hangs", flush=True)
    while True:
        time.sleep(3600)


def serve(gateway, client):
    try:
        gateway.accept(client)
    except OSError:
        pass  # A peer is gone: its connection is over.


def main(arguments):
    parser = argparse.ArgumentParser()
    parser.add_argument("fault", choices=FAULTS)
    parser.add_argument("--origin", default="")
    parser.add_argument("--listen", type=int, default=0)
    parser.add_argument("--on", default="")
    parser.add_argument("--after", type=int, default=0)
    parser.add_argument("--until", type=int, default=sys.maxsize)
    parser.add_argument("--spare-plain", action="store_true")
    options = parser.parse_args(arguments)
    with socket.socket() as listener:
        gateway = FAULTS[options.fault](options, listener)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", options.listen))
        listener.listen(1024)
        print(f"listening on {listener.getsockname()[1]}", flush=True)
        gateway.start()
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return 1  # A fault shut the listener down.
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=serve, args=(gateway, client), daemon=True).start()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
