"""Target profiles, and the real servers of those in the tree: started, asked through, stopped."""

import http.server
import os
import socket
import threading
import time
import urllib.request

import interim_targets
import pytest
from interim_targets import ProfileError, Server, load_profile


class Origin(http.server.BaseHTTPRequestHandler):
    """Answers with the path that it was asked for; the server remembers each request's version."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.versions.append(self.request_version)
        content = f"origin saw {self.path}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *words):
        pass


def serve_origin(port):
    origin = http.server.ThreadingHTTPServer(("127.0.0.1", port), Origin)
    origin.daemon_threads = True
    origin.versions = []
    threading.Thread(target=origin.serve_forever, daemon=True).start()
    return origin


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize(
    "name, version_at_origin",
    [("haproxy", "HTTP/1.1"), ("nginx", "HTTP/1.1"), ("nginx-default", "HTTP/1.0")],
)
def test_server_starts_relays_and_stops(name, version_at_origin):
    with Server(load_profile(name)) as server:
        origin = serve_origin(server.origin_port)
        try:
            with urllib.request.urlopen(f"{server.url}/a/path", timeout=10) as response:
                assert response.status == 200
                assert response.read() == b"origin saw /a/path"
        finally:
            origin.shutdown()
            origin.server_close()
        assert origin.versions == [version_at_origin]
        assert server.version[0].isdigit()
        pid, port, directory = server.pid, server.listen_port, server.directory
        if os.geteuid() == 0:
            assert os.stat(f"/proc/{pid}").st_uid != 0
    assert not listens(port)
    assert not directory.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_two_servers_of_one_profile_run_side_by_side():
    profile = load_profile("haproxy")
    with Server(profile) as one, Server(profile) as two:
        assert len({one.listen_port, one.origin_port, two.listen_port, two.origin_port}) == 4
        assert listens(one.listen_port) and listens(two.listen_port)


def test_every_profile_of_the_tree_loads():
    names = interim_targets.known_targets()
    assert {"haproxy", "nginx", "nginx-default"} <= set(names)
    for name in names:
        assert load_profile(name).packages


# Profiles that are wrong.

GOOD = 'name = "mine"\npackages = ["p"]\ncommand = ["true"]\nurl = "http://127.0.0.1:{listen_port}"\n'


@pytest.fixture
def mine(tmp_path):
    """Write the profile `mine`."""

    def mine(text):
        directory = tmp_path / "mine"
        directory.mkdir(exist_ok=True)
        (directory / "profile.toml").write_text(text)
        return tmp_path

    return mine


def test_a_small_profile_is_enough(mine):
    profile = load_profile("mine", mine(GOOD))
    assert (profile.seat, profile.configs, profile.expect) == ("gateway", [], None)


@pytest.mark.parametrize(
    "text, message",
    [
        ('name = "mine\n', "(at line 1, column 13)"),
        (GOOD + "flavour = 1\n", "unknown key 'flavour'; known: name, packages"),
        (GOOD.replace('packages = ["p"]\n', ""), "the key 'packages' is missing"),
        (GOOD.replace('["p"]', '"p"'), "'packages' must be a list"),
        (GOOD.replace('"mine"', '"other"'), "'name' is 'other', but the directory is 'mine'"),
        (GOOD.replace("{listen_port}", "{port}"), "{port} in 'http://127.0.0.1:{port}' is none of"),
        (GOOD.replace('["true"]', "[]"), "'command' is empty"),
        (GOOD + 'seat = "middle"\n', "'seat' must be one of origin, gateway, proxy, client"),
        (GOOD + 'configs = ["a.conf"]\n', "'configs' names 'a.conf', which is not beside it"),
    ],
)
def test_a_wrong_profile_says_what_is_wrong(mine, text, message):
    with pytest.raises(ProfileError) as caught:
        load_profile("mine", mine(text))
    assert message in str(caught.value)
    assert "mine/profile.toml: " in str(caught.value)


@pytest.mark.parametrize("name", ["", "..", "haproxy/", "nothing"])
def test_unknown_names_list_the_known(name):
    with pytest.raises(ProfileError, match="known: haproxy, nginx, nginx-default"):
        load_profile(name)


def test_server_that_ignores_termination_is_killed(mine):
    # A child, too, that would outlive its parent.
    code = (
        "import os, signal, socket, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); os.fork();"
        "s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1);"
        "s.bind(('127.0.0.1', int(sys.argv[1]))); s.listen(); time.sleep(600)"
    )
    text = GOOD.replace('["true"]', f'["/usr/bin/python3", "-c", "{code}", "{{listen_port}}"]')
    server = Server(load_profile("mine", mine(text)))
    stop_seconds, interim_targets.STOP_SECONDS = interim_targets.STOP_SECONDS, 0.2
    try:
        with server:
            port = server.listen_port
    finally:
        interim_targets.STOP_SECONDS = stop_seconds
    # The child listened as well; it dies in its own time.
    deadline = time.monotonic() + 10
    while listens(port):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_by_hand(root, run):
    script = root / "scripts" / "interim_targets.py"
    done = run(script, "haproxy", "--", "sh", "-c", "echo {url} {origin} {pid}; exit 7")
    assert done.returncode == 7
    url, origin, pid = done.stdout.split()
    assert url.startswith("http://127.0.0.1:") and origin.startswith("127.0.0.1:") and int(pid)


def test_by_hand_with_an_unknown_name(root, run):
    done = run(root / "scripts" / "interim_targets.py", "nothing", "--", "true")
    assert done.returncode == 2
    assert "no target is named 'nothing'" in done.stderr


def test_the_python_on_the_path_runs_it_too(root, run):
    done = run("python3", root / "scripts" / "interim_targets.py", "nginx", "--", "true")
    assert done.returncode == 0, done.stderr
