"""Target profiles, and the real servers of those in the tree: started, asked through, stopped."""

import contextlib
import http.server
import json
import os
import re
import socket
import ssl
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import interim_targets
import pytest
from fake_project import FakeProject, result
from interim_targets import NotInstalled, ProfileError, Server, listens, load_profile


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


def processes_of(session):
    """{process id: user id} of all that a server started: it has a session of its own."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            fields = (process / "stat").read_text().rpartition(")")[2].split()
            if int(fields[3]) == session:
                found[int(process.name)] = process.stat().st_uid
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def wait_until(condition):
    """Wait for what comes in its own time; a failure when it does not come."""
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


# The version in which each asks its origin.
TREE = {
    "apache": "HTTP/1.1",
    "apache-h2back": "HTTP/2",
    "bun-proxy": "HTTP/1.1",
    "caddy": "HTTP/1.1",
    "caddy-h2back": "HTTP/2",
    "deno-proxy": "HTTP/1.1",
    "go-reverseproxy": "HTTP/1.1",
    "go-reverseproxy-h2back": "HTTP/2",
    "h2o": "HTTP/1.1",
    "haproxy": "HTTP/1.1",
    "haproxy-h2back": "HTTP/2",
    "lighttpd": "HTTP/1.1",
    "mitmproxy": "HTTP/1.1",
    "nghttpx": "HTTP/1.1",
    "nghttpx-h2back": "HTTP/2",
    "nginx": "HTTP/1.1",
    "nginx-default": "HTTP/1.0",
    "nginx-grpc": "HTTP/2",
    "node-fast-proxy": "HTTP/1.1",
    "node-fastify": "HTTP/1.1",
    "node-fastify-h2back": "HTTP/2",
    "node-http-proxy": "HTTP/1.1",
    "node-http-proxy-3": "HTTP/1.1",
    "node-http-proxy-middleware": "HTTP/1.1",
    "node-http2-proxy": "HTTP/1.1",
    "node-httpxy": "HTTP/1.1",
    "perlbal": "HTTP/1.0",
    "pushpin": "HTTP/1.1",
    "squid": "HTTP/1.1",
    "squid-forward": "HTTP/1.1",
    "tinyproxy": "HTTP/1.1",
    "trafficserver": "HTTP/1.1",
    "twisted-proxy": "HTTP/1.0",
    "varnish": "HTTP/1.1",
    "varnish-pipe": "HTTP/1.1",
    "workerd": "HTTP/1.1",
}
TO_H1 = [name for name, version in TREE.items() if version != "HTTP/2"]
TO_H2 = [name for name, version in TREE.items() if version == "HTTP/2"]
# Profiles of servers that make the answers themselves.
ORIGINS = (
    "aiohttp",
    "apache-cgi",
    "apache-hints",
    "apache-origin",
    "bun",
    "caddy-origin",
    "cherrypy",
    "deno",
    "express",
    "fastify",
    "go",
    "go-h2c",
    "gunicorn",
    "h2o-origin",
    "hapi",
    "http-daemon",
    "hypercorn",
    "jdk-http-server",
    "jetty",
    "koa",
    "libmicrohttpd",
    "libsoup",
    "lighttpd-cgi",
    "lighttpd-origin",
    "nghttpd",
    "nginx-origin",
    "node",
    "php-cli-server",
    "puma",
    "python-http-server",
    "python-http-server-11",
    "python-http-server-own",
    "starman",
    "tomcat",
    "tornado",
    "twisted",
    "uvicorn",
    "uvicorn-h11",
    "waitress",
    "webrick",
)
# scripts/setup installs these; the others are tested where they are.
ALWAYS = ("haproxy", "haproxy-h2back", "nginx", "nginx-default", "nginx-grpc", "nginx-origin")

# How a client begins HTTP/2 (RFC 9113, section 3.4), with empty SETTINGS.
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
SETTINGS = b"\x00\x00\x00\x04\x00\x00\x00\x00\x00"


@contextlib.contextmanager
def started(name):
    """The server of a profile of the tree; a skip where its program is missing and may be."""
    try:
        with Server(load_profile(name)) as server:
            yield server
    except NotInstalled as error:
        if name in ALWAYS:
            raise
        pytest.skip(str(error))


def get(server, path):
    """The response to a request for the origin's path, made in the manner of the server's seat."""
    if server.profile.seat == "proxy":
        url, proxies = f"http://{server.origin}{path}", {"http": server.url}
    else:
        url, proxies = server.url + path, {}
    return ask(url, proxies)


def trusting():
    """TLS towards whoever answers."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def ask(url, proxies):
    handlers = [urllib.request.ProxyHandler(proxies), urllib.request.HTTPSHandler(context=trusting())]
    opener = urllib.request.build_opener(*handlers)
    deadline = time.monotonic() + 10
    while True:
        try:
            return opener.open(url, timeout=10)
        except urllib.error.HTTPError as error:
            # Some first have to find out that the origin is there, as `interim run` allows.
            if error.code < 500 or time.monotonic() > deadline:
                raise
        time.sleep(0.01)


@pytest.mark.parametrize("name", TO_H1)
def test_server_relays(name):
    with started(name) as server:
        origin = serve_origin(server.origin_port)
        versions = [TREE[name]]
        try:
            with get(server, "/a/path") as response:
                assert response.status == 200
                assert response.read() == b"origin saw /a/path"
            if "h1" in server.profile.tls_fronts:
                with ask(server.tls_url + "/with/tls", {}) as response:
                    assert response.read() == b"origin saw /with/tls"
                versions *= 2
        finally:
            origin.shutdown()
            origin.server_close()
        assert origin.versions == versions


@pytest.mark.parametrize("name", TO_H2)
def test_server_asks_its_origin_with_prior_knowledge_of_http2(name):
    with started(name) as server, socket.create_server(("127.0.0.1", server.origin_port)) as origin:
        origin.settimeout(10)
        with socket.create_connection(("127.0.0.1", server.listen_port), timeout=10) as client:
            client.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            connection, _ = origin.accept()
            with connection, connection.makefile("rb") as stream:
                connection.settimeout(10)
                assert stream.read(len(PREFACE)) == PREFACE


@pytest.mark.parametrize("name", TREE)
def test_server_takes_http2_where_its_profile_says_so(name):
    profile = load_profile(name)
    if "h2" not in profile.fronts + profile.tls_fronts:
        return
    with started(name) as server:
        if "h2" in profile.fronts:
            with socket.create_connection(("127.0.0.1", server.listen_port), timeout=10) as client:
                assert begins_http2(client)
        if "h2" in profile.tls_fronts:
            context = trusting()
            context.set_alpn_protocols(["h2"])
            with socket.create_connection(("127.0.0.1", server.tls_port), timeout=10) as plain:
                with context.wrap_socket(plain) as client:
                    assert client.selected_alpn_protocol() == "h2"
                    assert begins_http2(client)


def begins_http2(client):
    """Whether the first frame that answers the preface is SETTINGS."""
    client.sendall(PREFACE + SETTINGS)
    with client.makefile("rb") as stream:
        head = stream.read(9)
    return len(head) == 9 and head[3] == 4 and head[5:] == b"\0\0\0\0"


@pytest.mark.parametrize("name", TREE)
def test_server_starts_and_stops(name):
    with started(name) as server:
        assert re.fullmatch(r"\d+(\.\d+)+", server.version)
        pid, port, directory = server.pid, server.listen_port, server.directory
        owners = processes_of(pid)
        assert pid in owners
        if os.geteuid() == 0:
            assert 0 not in owners.values()
    assert not listens(port)
    assert not directory.exists()
    wait_until(lambda: not processes_of(pid))


# Squid names its shared memory after its service.
@pytest.mark.parametrize("name", ["haproxy", "squid"])
def test_two_servers_of_one_profile_run_side_by_side(name):
    with started(name) as one, started(name) as two:
        assert len({one.listen_port, one.origin_port, two.listen_port, two.origin_port}) == 4
        assert listens(one.listen_port) and listens(two.listen_port)


def test_every_profile_of_the_tree_loads():
    assert interim_targets.known_targets() == sorted([*TREE, *ORIGINS])
    for name in TREE:
        profile = load_profile(name)
        assert profile.packages or profile.npm
        assert (profile.back == "h2") == (name in TO_H2)


@pytest.mark.parametrize("name", ORIGINS)
def test_origin_answers_by_itself(name):
    with started(name) as server:
        assert server.profile.seat == "origin"
        if "h1" not in server.profile.fronts:
            pytest.skip("it speaks HTTP/2 alone, this test does not")
        try:
            code = ask(server.url, {}).status
        except urllib.error.HTTPError as error:
            code = error.code
        assert 200 <= code < 500


def test_the_profile_says_the_seat_that_the_driver_runs_at(tmp_path, root, run):
    assert load_profile("squid-forward").seat == "proxy"
    project = FakeProject(tmp_path / "project", root)
    project.script(result("forward/102-then-200"))
    # HAProxy is none; all that counts is what interim is told.
    profile = project.directory / "scripts" / "targets" / "haproxy" / "profile.toml"
    profile.write_text(profile.read_text().replace('seat = "gateway"', 'seat = "proxy"'))
    done = run(sys.executable, "-m", "pytest", "-q", "cases", "--target", "haproxy", cwd=project.directory)
    assert done.returncode == 0, done.stdout
    (call,) = project.calls()
    assert call[call.index("--seat") + 1] == "proxy"


# Known deviations.


@pytest.fixture
def run_expecting(interim, run, tmp_path):
    """Run a case against HAProxy, which passes it, with the lines of an expect file."""

    def run_expecting(text):
        expect, results = tmp_path / "expect", tmp_path / "results.json"
        expect.write_text(text)
        with Server(load_profile("haproxy")) as server:
            done = run(
                *(interim, "run", "--target", server.url, "--origin", server.origin),
                *("--expect", expect, "--json", results, "forward/102-then-20*"),
            )
        verdicts = {}
        if results.is_file():
            for entry in json.loads(results.read_text())["cases"]:
                verdicts[entry["id"]] = (entry["verdict"], entry["unexpected"])
        return done, verdicts

    return run_expecting


def test_a_deviation_that_is_mended_fails_the_run(run_expecting):
    done, verdicts = run_expecting("forward/102-then-200 FAIL takes a 102 for the final response\n")
    assert done.returncode == 1
    assert verdicts["forward/102-then-200"] == ("pass", True)
    assert verdicts["forward/102-then-201"] == ("pass", False)
    assert "Passing against --expect" in done.stdout


def test_a_line_that_names_no_case_is_wrong(run_expecting):
    done, _ = run_expecting("forward/no-such-* FAIL a reason\n")
    assert done.returncode == 2
    assert "this line names no case" in done.stderr


@pytest.mark.parametrize("name", [*TREE, *ORIGINS])
def test_each_known_deviation_of_the_tree_is_a_sentence_of_its_own(name):
    expect = load_profile(name).expect
    if expect is None:
        return
    lines = [line for line in expect.read_text().splitlines() if line and not line.startswith("#")]
    for line in lines:
        glob, verdict, reason = line.split(maxsplit=2)
        assert verdict in ("FAIL", "WARN", "ERROR", "PASS"), line
        assert len(reason.split()) >= 5, line
        assert "RFC" in reason or "dies of" in reason or verdict == "PASS", line
    assert len({tuple(line.split()[:2]) for line in lines}) == len(lines)


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
    assert (profile.fronts, profile.tls_fronts, profile.back) == (["h1"], [], "h1")


def test_npm_packages_that_are_missing_are_named(mine):
    text = GOOD + 'npm = ["@no-such/package@1.2.3"]\n'
    with pytest.raises(NotInstalled, match="@no-such/package is not installed: run scripts/setup --targets mine"):
        Server(load_profile("mine", mine(text))).start()


def test_what_is_missing_is_named(mine):
    for text in ('needs = ["/no/such/library.so"]\n', 'build = [["/no/such/library.so", "-o", "x"]]\n'):
        with pytest.raises(NotInstalled, match="/no/such/library.so is not installed: run scripts/setup"):
            Server(load_profile("mine", mine(GOOD + text))).start()


# Serves its own directory.
FILES = '["/usr/bin/python3", "-m", "http.server", "--bind", "127.0.0.1", "{listen_port}"]'


def test_a_server_is_built_in_its_directory_before_it_starts(mine):
    steps = '[["sh", "-c", "echo {listen_port} >one"], ["cp", "one", "{dir}/two"]]'
    text = GOOD.replace('["true"]', FILES) + f"build = {steps}\n"
    with Server(load_profile("mine", mine(text))) as server:
        assert ask(server.url + "/two", {}).read().decode() == f"{server.listen_port}\n"


def test_a_server_that_cannot_be_built_says_why(mine):
    text = GOOD + 'build = [["sh", "-c", "echo no such header; exit 3"]]\n'
    with pytest.raises(interim_targets.StartFailed, match="status 3 of sh -c .*\nno such header"):
        Server(load_profile("mine", mine(text))).start()


def test_a_build_that_does_not_end_is_given_up(mine, monkeypatch):
    monkeypatch.setattr(interim_targets, "BUILD_SECONDS", 0.1)
    with pytest.raises(interim_targets.StartFailed, match="mine was not built in"):
        Server(load_profile("mine", mine(GOOD + 'build = [["sleep", "600"]]\n'))).start()


def test_a_configuration_that_is_a_program_stays_one(mine):
    targets = mine(GOOD.replace('["true"]', FILES) + 'configs = ["program"]\nbuild = [["{dir}/program"]]\n')
    program = targets / "mine" / "program"
    program.write_text("#!/bin/sh\necho ran >ran\n")
    program.chmod(0o755)
    with Server(load_profile("mine", targets)) as server:
        assert ask(server.url + "/ran", {}).read() == b"ran\n"


def test_triggers_become_options(mine):
    text = GOOD + 'triggers = ["102=COPY /big | Destination: {url}/copy", "103=GET /hints"]\n'
    with pytest.raises(ProfileError, match="{url} in '102=COPY"):
        load_profile("mine", mine(text))
    text = text.replace("{url}", "http://127.0.0.1:{listen_port}")
    server = Server(load_profile("mine", mine(text)))
    server.listen_port = 20000
    copy = "102=COPY /big | Destination: http://127.0.0.1:20000/copy"
    assert server.triggers == ["--trigger", copy, "--trigger", "103=GET /hints"]


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
        (GOOD + '[ready]\nseconds = 1\n', "[ready] has no such 'seconds'; known: port (str), answers (bool)"),
        (GOOD + 'back = "h3"\n', "'back' must be one of h1, h2"),
        (GOOD + 'fronts = ["h1", "http"]\n', "'http' in 'fronts' is none of h1, h2"),
        (GOOD + 'tls_fronts = ["h2"]\n', "'tls_url' and 'tls_fronts' need each other"),
        (GOOD + 'npm = ["package"]\n', "'package' in 'npm' is not NAME@VERSION"),
        (GOOD + 'build = ["make"]\n', "'make' in 'build' is not a list of words"),
        (GOOD + 'triggers = ["GET /hints"]\n', "'GET /hints' in 'triggers' is not CODE=METHOD PATH"),
        (GOOD + 'triggers = ["200=GET /hints"]\n', "'200=GET /hints' in 'triggers' is not CODE="),
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
    with pytest.raises(ProfileError, match="known: aiohttp, apache, "):
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
    wait_until(lambda: not listens(port))


# It ends when somebody sends it a byte.
ENDS_WHEN_TOLD = (
    "import socket, sys; s = socket.create_server(('127.0.0.1', int(sys.argv[1])));"
    "print('begins', flush=True);"
    "[None for _ in iter(lambda: s.accept()[0].recv(1), b'x')]"
)


def test_a_server_that_ends_is_started_again_where_the_profile_says_so(mine):
    text = GOOD.replace('["true"]', f'["/usr/bin/python3", "-c", "{ENDS_WHEN_TOLD}", "{{listen_port}}"]')
    with Server(load_profile("mine", mine(text + "restart = true\n"))) as server:
        assert server.log().count("begins") == 1
        with socket.create_connection(("127.0.0.1", server.listen_port)) as client:
            client.sendall(b"x")
        wait_until(lambda: server.log().count("begins") == 2)
        wait_until(lambda: listens(server.listen_port))
        pid, port = server.pid, server.listen_port
    wait_until(lambda: not processes_of(pid))
    assert not listens(port)


def test_a_server_that_never_was_ready_is_not_started_again(mine):
    text = GOOD.replace('["true"]', '["sh", "-c", "echo once; exit 3"]') + "restart = true\n"
    with pytest.raises(interim_targets.StartFailed, match="ended with status 3 at its start"):
        Server(load_profile("mine", mine(text))).start()


def test_by_hand(root, run):
    script = root / "scripts" / "interim_targets.py"
    done = run(script, "haproxy", "--", "sh", "-c", "echo {url} {origin} {pid}; exit 7")
    assert done.returncode == 7
    url, origin, pid = done.stdout.split()
    assert url.startswith("http://127.0.0.1:") and origin.startswith("127.0.0.1:") and int(pid)
    done = run(script, "haproxy", "--", "echo", "{tls_url}")
    assert re.fullmatch(r"https://127\.0\.0\.1:\d+\n", done.stdout)
    done = run(script, "node", "--", "printf", "<%s>", "{triggers}")
    assert done.stdout.startswith("<--trigger><102=GET /102><--trigger><103=GET /103>")


def test_by_hand_with_an_unknown_name(root, run):
    done = run(root / "scripts" / "interim_targets.py", "nothing", "--", "true")
    assert done.returncode == 2
    assert "no target is named 'nothing'" in done.stderr


def test_the_python_on_the_path_runs_it_too(root, run):
    done = run("python3", root / "scripts" / "interim_targets.py", "nginx", "--", "true")
    assert done.returncode == 0, done.stderr
