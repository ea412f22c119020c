"""HTTP/2 and TLS on both sides, against the built-in gateway and against HAProxy."""

import http.server
import json
import threading

import pytest
from interim_targets import NotInstalled, Server, load_profile

PAIRS = {("h1", "h1"), ("h1", "h2"), ("h2", "h1"), ("h2", "h2")}


@pytest.fixture(scope="module")
def haproxy():
    """HAProxy with TLS and HTTP/2 towards clients, or none where it is not installed."""
    try:
        with Server(load_profile("haproxy")) as server:
            yield server
    except NotInstalled as reason:
        pytest.fail(f"{reason}: run scripts/setup", pytrace=False)


def pairs_of(played):
    """The pairs of versions among the results of a run."""
    return {(case["front"], case["back"]) for case in json.loads(played.stdout)["cases"]}


def test_the_built_in_gateway_is_played_at_all_four_pairs(interim, run):
    """One result for each pair; each names its own."""
    played = run(interim, "run", "--json", "-", "forward/102-then-200")
    assert played.returncode == 0, played.stderr
    assert pairs_of(played) == PAIRS
    assert json.loads(played.stdout)["summary"]["pass"] == 4


@pytest.mark.parametrize("pair", sorted(PAIRS))
def test_one_pair_alone(interim, run, pair):
    """--front and --back leave one."""
    played = run(
        interim, "run", "--front", pair[0], "--back", pair[1], "--json", "-", "forward/second*"
    )
    assert pairs_of(played) == {pair}, played.stderr


def test_a_case_about_another_version_is_no_case_here(interim, run):
    """What needs HTTP/1.1 on a side is not played over HTTP/2 there."""
    played = run(interim, "run", "--front", "h2", "http10/get")
    assert played.returncode == 2
    assert "no case is left for seat gateway" in played.stderr


def test_tls_with_alpn(interim, run, haproxy):
    """Both versions through one port of a real server; a transcript in frames with -v."""
    played = run(
        interim, "run", "--target", haproxy.tls_url, "--origin", haproxy.origin, "--insecure",
        "--front", "h1", "--front", "h2", "-v", "--json", "-", "forward/102-then-200",
    )  # fmt: skip
    assert played.returncode == 0, played.stderr
    assert pairs_of(played) == {("h1", "h1"), ("h2", "h1")}
    over_h2 = next(case for case in json.loads(played.stdout)["cases"] if case["front"] == "h2")
    texts = [entry["text"] for entry in over_h2["transcript"]]
    assert any("HEADERS stream=1 END_HEADERS" in text and ":status: 102" in text for text in texts)


def test_a_certificate_that_nobody_vouches_for(interim, run, haproxy):
    """Nothing is judged, and the remedy is named."""
    played = run(
        interim, "run", "--target", haproxy.tls_url, "--origin", haproxy.origin,
        "forward/102-then-200",
    )  # fmt: skip
    assert played.returncode == 3
    said = " ".join(played.stdout.split())
    assert "observed no connection: the certificate of the target is not accepted" in said
    assert "use --insecure, or --cacert FILE" in said
    trusted = haproxy.directory / "certificate.pem"
    played = run(
        interim, "run", "--target", haproxy.tls_url, "--origin", haproxy.origin,
        "--cacert", trusted, "forward/102-then-200",
    )  # fmt: skip
    assert played.returncode == 0, played.stdout


def test_a_url_for_each_front(interim, run, haproxy):
    """HTTP/1.1 in clear text, HTTP/2 over TLS."""
    played = run(
        interim, "run", "--target", f"h1={haproxy.url}", "--target", f"h2={haproxy.tls_url}",
        "--origin", haproxy.origin, "--insecure", "--json", "-", "forward/102-then-200",
    )  # fmt: skip
    assert played.returncode == 0, played.stderr
    assert pairs_of(played) == {("h1", "h1"), ("h2", "h1")}
    lines = {case["front"]: case["reproduce"] for case in json.loads(played.stdout)["cases"]}
    assert haproxy.tls_url in lines["h2"] and "--front h2" in lines["h2"]
    assert haproxy.url in lines["h1"]


def test_a_target_that_speaks_another_version_to_the_origin(interim, run, haproxy):
    """--back is about what our origin offers: a mismatch is no fault of the target."""
    played = run(
        interim, "run", "--target", haproxy.url, "--origin", haproxy.origin, "--back", "h2",
        "--json", "-", "forward/102-then-200",
    )  # fmt: skip
    assert played.returncode == 0, played.stderr
    (case,) = json.loads(played.stdout)["cases"]
    assert case["verdict"] == "skip"
    assert "speaks h1 to our origin" in case["reason"]


def test_http_on_a_port_of_tls_and_tls_on_one_of_http(interim, run, haproxy):
    """HAProxy ends a connection that does not begin with TLS, without a word."""
    for url, hint in (
        (haproxy.tls_url.replace("https:", "http:"), "if the port speaks TLS, use https:// in the URL"),
        (haproxy.url.replace("http:", "https:"), "use its TLS port, or http:// in the URL"),
    ):
        played = run(interim, "run", "--target", url, "--origin", haproxy.origin, "--insecure", "forward/102-then-200")
        assert played.returncode == 3
        assert hint in " ".join(played.stdout.split())


class AsksForTls(http.server.BaseHTTPRequestHandler):
    """What nginx says."""

    def do_GET(self):  # noqa: N802
        content = b"<h1>400 Bad Request</h1>The plain HTTP request was sent to HTTPS port"
        self.send_response(400)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


def test_an_origin_whose_answer_is_that_tls_is_spoken_there(interim, run):
    """A final response it is, but no resource's: nothing is judged by it."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), AsksForTls) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        played = run(interim, "run", "--seat", "origin", "--target", f"http://127.0.0.1:{server.server_port}/")
        server.shutdown()
    assert played.returncode == 3
    assert "observed that the port speaks TLS; use https:// in the URL" in " ".join(played.stdout.split())
