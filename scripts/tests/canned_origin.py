"""An origin server for tests: for each path what it sends, bytes as they are."""

import socket
import threading
from contextlib import contextmanager

PAGE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
SECONDS = 20


def serve(client, answers):
    """Answer one connection's requests, each when its head has come; what the client sends on is read past."""
    reader = client.makefile("rb")
    while line := reader.readline():
        method, target, _ = line.split()
        length = 0
        while (field := reader.readline()) not in (b"\r\n", b""):
            name, _, value = field.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        reader.read(length)
        answer = answers.get(target.decode(), PAGE)
        if answer is None:
            return
        if method == b"HEAD":
            answer = answer[: answer.rindex(b"\r\n\r\n") + 4]
        client.sendall(answer)


def accept(listener, answers):
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        client.settimeout(SECONDS)
        threading.Thread(target=guard, args=(client, answers), daemon=True).start()


def guard(client, answers):
    with client:
        try:
            serve(client, answers)
        except (OSError, ValueError):  # the client has gone, or speaks no HTTP
            return


@contextmanager
def canned_origin(answers):
    """Serve {path: bytes} until the block ends, and a page at every other path; None closes. Gives the URL."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        thread = threading.Thread(target=accept, args=(listener, answers), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(SECONDS)
