"""The origin seat against servers as people write them, and against such as are not there or elsewhere."""

import re
import shlex
import shutil
import subprocess
from contextlib import contextmanager

import pytest

from canned_origin import PAGE, canned_origin
from interim_targets import NPM
from program_fixtures import STOP_SECONDS, bounded

TRIGGER = ("--trigger", "102=GET /102", "--trigger-timeout", "500ms")
ONE_FINAL = [f"origin-102/{slug}" for slug in ("then-final", "then-next", "twice", "pipelined")]
LISTEN = "server.listen(0, '127.0.0.1', () => console.log(server.address().port));"

# A well-known page recommends the first two; the third is how Node means it.
SNIPPETS = {
    "node": """
        const server = require('http').createServer((req, res) => {
          if (req.url === '/102') { res.writeHead(102); res.end(); } else { res.end('ok'); }
        });
    """,
    "express": """
        const app = require('express')();
        app.all('/102', (req, res) => res.status(102).json({status: 'processing'}));
        app.use((req, res) => res.send('ok'));
        const server = require('http').createServer(app);
    """,
    "node-well": """
        const server = require('http').createServer((req, res) => {
          if (req.url !== '/102') { res.end('ok'); return; }
          res.writeProcessing();
          setTimeout(() => { res.writeProcessing(); res.end('done'); }, 20);
        });
    """,
    "slow-uploads": """
        const server = require('http').createServer((req, res) => {
          req.on('end', () => setTimeout(() => res.end('ok'), /GET|HEAD/.test(req.method) ? 0 : 900)).resume();
        });
    """,
}


@contextmanager
def node(snippet):
    """Run a server on Node; gives its URL."""
    if shutil.which("node") is None:
        pytest.skip("node is missing: apt-get install nodejs")
    if "express" in snippet and not (NPM / "node_modules/express").is_dir():
        pytest.skip("express is missing: scripts/setup --targets express-origin")
    process = subprocess.Popen(
        ["node", "-e", snippet + LISTEN],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        env={"NODE_PATH": str(NPM / "node_modules"), "PATH": "/usr/local/bin:/usr/bin:/bin"},
    )
    try:
        with bounded(process):
            port = process.stdout.readline().strip()
        assert port.isdigit()
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.kill()
        process.wait(STOP_SECONDS)
        process.stdout.close()


def seat(url, *arguments):
    return ("--seat", "origin", "--target", url, *arguments)


@pytest.mark.parametrize("name", ["node", "express"])
def test_a_102_in_place_of_the_answer_fails_in_words_that_its_author_knows(suite, name):
    with node(SNIPPETS[name]) as url:
        played = suite(*seat(url, *TRIGGER, "origin-102/http10", *ONE_FINAL))
    assert played.status == 1
    for case in ONE_FINAL:
        result = played.cases[case]
        assert (result["verdict"], result["outcome"]) == ("fail", "taken-as-final")
        assert result["requirements"][0] == "RFC9110-15-4"
        assert result["reason"].startswith("only a 102 came, and no final response behind it")
        assert result["reason"].endswith("A 102 is no answer, a 202 is")
    background = " ".join(played.out.split())
    assert "In Express res.status(102).json(...), and in Node res.writeHead(102)" in background


def test_interim_responses_as_node_means_them_pass(suite):
    with node(SNIPPETS["node-well"]) as url:
        played = suite(*seat(url, *TRIGGER, "origin-102/*"))
    failed = {case for case, result in played.cases.items() if result["verdict"] == "fail"}
    # Node sends the 102 to a client of HTTP/1.0 too: RFC 9110 section 15.2.
    assert failed == {"origin-102/http10"}
    assert played.cases["origin-102/http10"]["requirements"][0] == "RFC9110-15.2-2"
    assert played.cases["origin-102/then-final"]["observed"] == "102 x2, 200"


def test_a_server_that_takes_its_time_for_content_is_not_silent(suite):
    """What a GET takes says nothing of what a POST does."""
    with node(SNIPPETS["slow-uploads"]) as url:
        played = suite(*seat(url, "origin-expect/final-after-*", "origin-expect/100-or-final", "origin-expect/in-pieces"))
    assert played.status == 0, played.out
    assert set(played.summary) == {"pass"}


# Takes chunks for its next request, and what is wrong with that it says a moment after its answer.
CHUNKS_AS_REQUEST = """
    const server = require('net').createServer(socket => {
      socket.on('error', () => {}).on('data', data => {
        const expects = data.toString('latin1').includes('100-continue');
        const asks = /^(GET|POST) /.test(data.toString('latin1'));
        const ok = 'HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok';
        socket.write(expects ? 'HTTP/1.1 100 Continue\\r\\n\\r\\n' : ok);
        if (!asks) { setTimeout(() => socket.end('HTTP/1.1 400 Bad Request\\r\\n\\r\\n'), DELAY); }
      });
    });
"""


@pytest.mark.parametrize("delay", [0, 3, 30])
def test_chunks_that_are_taken_for_a_request_have_one_name(suite, delay):
    with node(CHUNKS_AS_REQUEST.replace("DELAY", str(delay))) as url:
        played = suite(*seat(url, "origin-expect/final-after-chunks"))
    result = played.cases["origin-expect/final-after-chunks"]
    assert result["fault"] == "RFC9112-9.2-2 desync", result
    assert "RFC9112-9.3-3" in result["requirements"]


def test_a_connection_that_ends_behind_a_102(suite):
    with canned_origin({"/102": b"HTTP/1.1 102 Processing\r\n\r\n"}) as url:
        unanswered = suite(*seat(url, *TRIGGER, "origin-102/then-final")).cases["origin-102/then-final"]
    assert (unanswered["verdict"], unanswered["outcome"]) == ("fail", "taken-as-final")
    assert "the next request on the connection was answered" in unanswered["reason"]


def test_a_trigger_with_quotes_can_be_played_again_by_the_line_that_is_printed(suite, run, interim):
    path = "/it's/$HOME?a=b&c=*"
    with canned_origin({path: b"HTTP/1.1 102 Processing\r\n\r\n"}) as url:
        arguments = ("--trigger", f"102=GET {path} | X: `a` \"b\"", "--trigger-timeout", "500ms")
        played = suite(*seat(url, *arguments, "origin-102/then-final"))
        line = played.cases["origin-102/then-final"]["reproduce"]
        again = run("sh", "-c", f'interim() {{ {shlex.quote(str(interim))} "$@"; }}; {line}')
    assert again.returncode == 1
    assert line in again.stdout


def test_a_trigger_that_brings_nothing(suite):
    missing = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
    with canned_origin({"/102": missing}) as url:
        played = suite(*seat(url, *TRIGGER, "origin-102/*"))
    assert set(played.summary) == {"skip"}
    reasons = {result["reason"] for result in played.cases.values()}
    assert reasons == {
        "the trigger brought no 102 but a 404: correct --trigger",
        "with HEAD the trigger brought no 102 but a 404",
    }


def test_a_trigger_that_no_case_is_about_is_refused(program):
    done = program("run", "--seat", "origin", "--trigger", "199=GET /x")
    assert done.returncode == 2
    assert "--trigger '199=GET /x': no case is about 199" in done.stderr


@pytest.mark.parametrize(
    ("answer", "note"),
    [
        (
            b"HTTP/1.1 301 Moved\r\nLocation: /\x1bthere/\r\nContent-Length: 0\r\n\r\n",
            r"note: the URL answers 301, a redirect to /\x1bthere/: it is the redirect that was tested",
        ),
        (
            b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n",
            "note: the URL answers 500: it is that answer that was tested",
        ),
        (PAGE, None),
    ],
)
def test_what_stands_at_the_url_is_told(suite, answer, note):
    answer = answer.replace(b"\x1b", b"\xc2\x9b")
    with canned_origin({"/": answer}) as url:
        played = suite(*seat(url, "origin-http10/no-interim"))
    text = " ".join(played.out.split())
    assert set(played.summary) == {"pass"}
    assert ("note:" in text) == (note is not None)
    assert note is None or note.replace(r"\x1b", r"\xc2\x9b") in text


def test_nobody_listens_at_the_url(suite, reserve):
    played = suite(*seat(f"http://127.0.0.1:{reserve()}/", "origin-expect/head"))
    assert played.status == 3
    assert "a plain GET of the URL did not work" in played.report["fatal"]
    assert "connection refused" in played.report["fatal"]


def test_a_url_that_does_not_speak_tls(suite):
    with canned_origin({}) as url:
        played = suite(*seat(url.replace("http:", "https:"), "origin-expect/head"))
    assert played.status == 3
    assert re.search("does not answer in TLS|check that its port is one for TLS", played.report["fatal"])
