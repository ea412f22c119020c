"""`interim serve` from outside: what each route of its index answers, on its one port."""

import json
import re
import signal
import socket
import ssl
import subprocess

import pytest

from program_fixtures import SANITIZERS, STOP_SECONDS, bounded

# The status codes behind each route, and whether the connection ends behind them.
ANSWERS = {
    "/102": "102 200",
    "/102/5": "102 102 102 102 102 200",
    "/102/500ms": "102 200",
    "/102/5/2s": None,  # ten seconds
    "/102-then/207": "102 207",
    "/103": "103 200",
    "/103?link=%3C/a.js%3E": "103 200",
    "/100": "100 200",
    "/104": "104 200",
    "/upload": "201",
    "/status/199": "199 200",
    "/status/404": "404",
    "/bad/content-length": "102 200",
    "/bad/transfer-encoding": "102 200",
    "/bad/no-final": "102",
    "/bad/hang": None,  # a minute
}


@pytest.fixture
def served(interim):
    """`interim serve` on a free port; the port, and whether it ended well once it was told to end."""
    process = subprocess.Popen(
        [interim, "serve", "--listen", "127.0.0.1:0"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        env=SANITIZERS,
    )
    try:
        with bounded(process):
            line = process.stdout.readline()
        found = re.fullmatch(r"serve: listening on 127\.0\.0\.1:(\d+)\n", line)
        assert found, line
        yield int(found.group(1))
        process.send_signal(signal.SIGTERM)
        assert process.wait(STOP_SECONDS) == 0
    finally:
        process.kill()
        process.wait(STOP_SECONDS)
        process.stdout.close()


def ask(port, path, *fields, version="1.1", tls=None):
    """All that comes back for one request, until the connection ends."""
    with socket.create_connection(("127.0.0.1", port), STOP_SECONDS) as plain:
        client = tls.wrap_socket(plain, server_hostname="localhost") if tls else plain
        lines = [f"GET {path} HTTP/{version}", "Host: o", "Connection: close", *fields, "", ""]
        client.sendall("\r\n".join(lines).encode())
        received = b""
        while piece := client.recv(65536):
            received += piece
        return received.decode()


def statuses(received):
    return " ".join(re.findall(r"^HTTP/1\.1 (\d{3}) ", received, re.MULTILINE))


def test_each_route_of_the_index(served):
    content = ask(served, "/", "Accept: application/json").partition("\r\n\r\n")[2]
    assert {route["path"] for route in json.loads(content)["routes"]} == set(ANSWERS)
    for path, expected in ANSWERS.items():
        if expected is not None:
            assert statuses(ask(served, path)) == expected, path


def test_the_index_links_each_route_for_people(served):
    page = ask(served, "/", "Accept: text/html")
    assert "Content-Type: text/html" in page
    assert set(re.findall('href="([^"]+)"', page)) == set(ANSWERS)


def test_an_http_1_0_client_gets_the_final_response_alone(served):
    for path in ("/102", "/103", "/104", "/102/5"):
        assert statuses(ask(served, path, version="1.0")) == "200"


def test_an_upload_is_announced_to_who_knows_the_draft(served):
    received = ask(served, "/upload", "Upload-Draft-Interop-Version: 8")
    assert statuses(received) == "104 201"
    assert received.count("Location: /upload/1\r\n") == 2


def test_tls_on_the_same_port(served):
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    assert statuses(ask(served, "/102", tls=context)) == "102 200"
