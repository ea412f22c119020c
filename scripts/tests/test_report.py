"""scripts/report: each form from result files, hostile ones included."""

import base64
import hashlib
import json
import random
import re
import xml.etree.ElementTree as ElementTree
import zlib

import html5lib
import jsonschema
import pytest
from fake_project import report, result
from report_fixtures import INVISIBLE, MARKUP, failed, hostile, many, mutants, write

UNPRINTABLE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]")


@pytest.fixture
def plain(build):
    """The program that a report asks; nothing here is about its memory."""
    return build / "interim"


@pytest.fixture
def make(root, run, plain, tmp_path):
    """Run scripts/report COMMAND on documents, written to files first; its standard output."""

    def make(command, *documents, options=(), status=0):
        files = [write(tmp_path / f"result-{i}.json", document) for i, document in enumerate(documents)]
        asks = ["--program", plain] if command in ("html", "sarif") else []
        done = run(root / "scripts/report", command, *asks, *options, *files, timeout=120)
        assert (done.returncode, done.stderr) == (status, "")
        return done.stdout

    return make


def named(*results, name="haproxy", version="2.6.12", **changes):
    document = report(*results, **changes)
    document["target"] |= {"name": name, "version": version}
    return document


# Markdown


def test_markdown_has_a_row_for_each_target_and_pair(make):
    cases = [result("a/b"), failed(), failed("a/c", front="h2", outcome="hang")]
    lines = make("markdown", named(*cases)).splitlines()
    assert lines[2] == "| haproxy 2.6.12 | gateway | h1/h1 | 1 | **1** | 0 | 0 | 0 | 0 | dropped (1) |"
    assert lines[3] == "| haproxy 2.6.12 | gateway | h2/h1 | 0 | **1** | 0 | 0 | 0 | 0 | hang (1) |"
    assert len(lines) == 4


def test_markdown_by_group_counts_what_failed(make):
    cases = [result("a/b"), failed("a/c"), result("b/d", "skip"), result("b/e", "info")]
    lines = make("markdown", named(*cases), options=["--by", "group"]).splitlines()
    assert lines[0] == "| cases | haproxy 2.6.12<br>h1/h1 |"
    assert lines[2:] == ["| a | **FAIL 1 of 2** |", "| b | info |"]


def test_markdown_of_a_hostile_name_is_one_cell_of_text(make):
    text = make("markdown", hostile())
    row = text.splitlines()[2]
    assert len(text.splitlines()) == 3 and row.count("|") == 11
    assert not re.search(r"[<>\[\]@`]", row) and not UNPRINTABLE.search(text)


def test_markdown_by_seat_tells_what_each_server_does(make):
    cases = [result("forward/102-then-200"), failed("forward/102-then-200", front="h2", outcome="hang")]
    cases += [result("forward/any-code:104"), failed("forward/any-code:105", "warn"), result("forward/103-early-hints", "skip")]
    origin = named(result("origin-103/twice", back=""), failed("origin-expect/twice", back=""), name="node", version="20")
    origin["target"]["seat"] = "origin"
    lines = make("markdown", origin, named(*cases), options=["--by", "seat"]).splitlines()
    assert lines[0] == "**Gateways** (1)" and lines[6] == "**Origin servers** (1)"
    words = ["haproxy 2.6.12", "h1 h2 / h1", "", "h1 forwarded; h2 **hang**", "not played"]
    words += ["forwarded 1 of 2, dropped 1 of 2", "1", "1", "hang"]
    assert lines[4] == f"| {' | '.join(words)} |"
    assert lines[8] == "| server | versions | 103 | expect | FAIL | WARN |"
    assert lines[10] == "| node 20 | h1 | pass | **FAIL 1 of 1** | 1 | 0 |"


def test_markdown_is_put_between_its_marks(make, tmp_path):
    document = tmp_path / "doc" / "README.md"
    document.parent.mkdir()
    before, after = "# Servers\n\n<!-- interim matrix -->", "<!-- end of interim matrix -->\n\nMore.\n"
    document.write_text(f"{before}\nold\n{after}")
    for _ in range(2):
        make("markdown", named(result("a/b")), options=["--by", "seat", "--into", document])
        text = document.read_text()
        assert text.startswith(before) and text.endswith(after) and "old" not in text
        assert "| [haproxy 2.6.12](../result-0.json) |" in text


def test_a_document_without_marks_is_left_alone(root, run, tmp_path):
    path, document = write(tmp_path / "result.json", named(result("a/b"))), tmp_path / "README.md"
    document.write_text("<!-- interim matrix -->\n")
    done = run(root / "scripts/report", "markdown", "--into", document, path)
    assert done.returncode == 2 and "needs one line" in done.stderr
    assert document.read_text() == "<!-- interim matrix -->\n"


# What make mutants wrote


@pytest.mark.parametrize("broken", [[], {}, mutants(schema="interim-mutants/2"), mutants(bugs=1), mutants(bugs=[{"name": 1}]), mutants(bugs=[mutants()["bugs"][0] | {"changed": [{}]}])])
def test_a_broken_file_of_mutants_is_refused(root, run, plain, tmp_path, broken):
    path = write(tmp_path / "result.json", named(result("a/b")))
    bugs = write(tmp_path / "mutants.json", broken)
    done = run(root / "scripts/report", "html", "--program", plain, "--mutants", bugs, path)
    assert done.returncode == 2 and f"{bugs}: is no file of interim-mutants/1" in done.stderr


# Badge


@pytest.mark.parametrize(
    ("verdicts", "words", "colour"),
    [
        (["pass", "info"], "1 pass", "#1a7340"),
        (["pass", "warn"], "1 warn, 1 pass", "#8a5a00"),
        (["pass", "warn", "fail"], "1 fail, 1 warn, 1 pass", "#b3261e"),
        (["error"], "1 error", "#5b6270"),
        (["pass", "error"], "1 pass, 1 error", "#5b6270"),
        ([], "not judged", "#5b6270"),
        (["skip"], "nothing judged", "#5b6270"),
    ],
)
def test_badge_says_the_result_in_words_and_colour(make, verdicts, words, colour):
    cases = [result(f"a/{verdict}", verdict, transcript=[]) for verdict in verdicts]
    image = ElementTree.fromstring(make("badge", named(*cases)))
    assert image.get("aria-label") == f"HTTP 1xx: {words}"
    fills = [rect.get("fill") for rect in image.iter("{http://www.w3.org/2000/svg}rect")]
    assert fills[-1] == colour


def test_badge_of_an_interrupted_run_claims_nothing(make):
    image = ElementTree.fromstring(make("badge", named(result("a/b"), interrupted=True)))
    assert image.get("aria-label") == "HTTP 1xx: not judged"


def test_badge_label_is_text(make):
    image = ElementTree.fromstring(make("badge", named(result("a/b")), options=["--label", MARKUP]))
    assert image.find("{http://www.w3.org/2000/svg}title").text == f"{MARKUP}: 1 pass"
    assert not [part for part in image.iter() if part.tag.endswith("script")]


# SARIF

# What code scanning needs of SARIF 2.1.0, after the specification's sections 3.13 to 3.30.
TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}}
SARIF = {
    "type": "object",
    "additionalProperties": False,
    "required": ["$schema", "version", "runs"],
    "properties": {
        "$schema": {"type": "string"},
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["tool", "results", "invocations", "columnKind"],
                "properties": {
                    "tool": {
                        "type": "object",
                        "properties": {
                            "driver": {
                                "type": "object",
                                "required": ["name", "rules"],
                                "properties": {
                                    "rules": {
                                        "type": "array",
                                        "uniqueItems": True,
                                        "items": {
                                            "type": "object",
                                            "required": ["id", "shortDescription"],
                                            "properties": {
                                                "shortDescription": TEXT,
                                                "fullDescription": TEXT,
                                                "helpUri": {"pattern": "^https://www.rfc-editor.org/"},
                                            },
                                        },
                                    }
                                },
                            }
                        },
                    },
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "results": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["message", "level", "kind", "locations", "ruleId", "ruleIndex"],
                            "properties": {
                                "message": TEXT,
                                "level": {"enum": ["error", "warning"]},
                                "kind": {"const": "fail"},
                                "locations": {
                                    "type": "array",
                                    "minItems": 1,
                                    "items": {
                                        "type": "object",
                                        "required": ["physicalLocation"],
                                        "properties": {
                                            "physicalLocation": {
                                                "properties": {
                                                    "artifactLocation": {"properties": {"uri": {"pattern": "^cases/[A-Za-z0-9._/-]+[.]case$"}}},
                                                    "region": {"properties": {"startLine": {"type": "integer", "minimum": 1}}},
                                                }
                                            }
                                        },
                                    },
                                },
                            },
                        },
                    },
                },
            },
        },
    },
}


def test_sarif_names_rule_line_and_known_deviations(make):
    known = failed("forward/any-code:150", verdict="warn", known="ticket [4711]")
    log = json.loads(make("sarif", named(result("a/b"), failed(), known)))
    jsonschema.validate(log, SARIF)
    run = log["runs"][0]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["RFC9110-15.2-4"]
    assert run["tool"]["driver"]["rules"][0]["helpUri"] == "https://www.rfc-editor.org/rfc/rfc9110#section-15.2"
    assert [(one["level"], one["ruleIndex"]) for one in run["results"]] == [("error", 0), ("warning", 0)]
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert (place["artifactLocation"]["uri"], place["region"]["startLine"]) == ("cases/forward/102-then-200.case", 9)
    uri = run["results"][1]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "cases/forward/any-code.case"
    assert "suppressions" not in run["results"][0]
    assert run["results"][1]["suppressions"] == [{"kind": "external", "justification": "ticket [4711]"}]
    assert run["invocations"][0]["executionSuccessful"] is True


def test_sarif_tells_errors_as_notifications(make):
    error = result("a/b", "error", reason="the origin's port went away", transcript=[])
    run = json.loads(make("sarif", named(error, interrupted=True)))["runs"][0]
    assert run["results"] == [] and run["invocations"][0]["executionSuccessful"] is False
    told = [note["message"]["text"] for note in run["invocations"][0]["toolExecutionNotifications"]]
    assert told == ["The run was interrupted.", "a/b: the origin's port went away"]


def test_sarif_of_hostile_text_stays_inside_its_strings(make):
    text = make("sarif", hostile())
    log = json.loads(text)
    jsonschema.validate(log, SARIF)
    assert not UNPRINTABLE.search(text)
    for one in log["runs"][0]["results"]:
        assert ".." not in one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].split("/")
        # "[text](link)" is a link in SARIF, unless its bracket is escaped.
        assert not re.search(r"(?<!\\)\[a\]?", one["message"]["text"])


# Diff


@pytest.mark.parametrize(
    ("old", "new", "status", "says"),
    [
        (("pass", "ok"), ("fail", "hang"), 1, "PASS ok -> FAIL hang"),
        (("pass", "ok"), ("warn", "dropped"), 1, "PASS ok -> WARN dropped"),
        (("info", "ok"), ("fail", "crashed"), 1, "INFO ok -> FAIL crashed"),
        (("warn", "dropped"), ("fail", "hang"), 1, "WARN dropped -> FAIL hang"),
        (("fail", "dropped"), ("fail", "crashed"), 1, "FAIL dropped -> FAIL crashed"),
        (("fail", "crashed"), ("fail", "dropped"), 0, "1 better"),
        (("fail", "hang"), ("pass", "forwarded"), 0, "1 better"),
        (("pass", "forwarded"), ("pass", "held"), 0, "PASS forwarded -> PASS held"),
        (("pass", "forwarded"), ("info", "dropped"), 0, "1 other changes"),
        (("skip", "ok"), ("fail", "hang"), 0, "Judged in one of the two runs only: 1\n  a/b@h1/h1: SKIP -> FAIL hang\n"),
        (("pass", "ok"), ("error", "ok"), 0, "Judged in one of the two runs only: 1"),
        (("pass", "ok"), ("pass", "ok"), 0, "0 regressions, 0 better, 0 other changes"),
    ],
)
def test_diff_tells_regressions(make, old, new, status, says):
    documents = [named(result("a/b", verdict, outcome=outcome, transcript=[])) for verdict, outcome in (old, new)]
    assert says in make("diff", *documents, status=status)


def test_diff_tells_what_came_and_went(make):
    old = named(result("a/b"), version="1.0", profile={"max_interims": 5, "round_trip_ms": 1})
    new = named(result("a/c"), version="2.0", profile={"max_interims": 400, "round_trip_ms": 2})
    text = make("diff", old, new)
    assert text.startswith("haproxy 1.0 -> haproxy 2.0\n")
    assert "No longer played: 1\n  a/b@h1/h1" in text and "Played for the first time: 1\n  a/c@h1/h1" in text
    assert "max_interims: 5 -> 400" in text and "round_trip" not in text


def test_diff_of_hostile_text_prints_no_controls(make):
    assert not UNPRINTABLE.search(make("diff", named(result("forward/102-then-200")), hostile(), status=1))


# Inputs


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "is no JSON"),
        ("[" * 100000, "is no JSON"),
        ("[]", "holds no object"),
        ('{"schema": "interim-results/2"}', "its schema is not interim-results/1"),
        (json.dumps(report(result("a/b") | {"id": 1})), "case 1 has no text 'id'"),
        (json.dumps(report(result("a/b", "perfect"))), "case 1 has an unknown verdict"),
        (json.dumps(report(result("a/b", outcome="owned"))), "case 1 has an unknown outcome"),
        (json.dumps(report(result("a/b", measured={"x": "1"}))), "case 1 has no measures"),
        (json.dumps(report(result("a/b", transcript=[{}]))), "a transcript line of case 1 has no text 'lane'"),
        (json.dumps(report() | {"cases": ["a/b"]}), "case 1 is no object"),
    ],
)
def test_what_is_no_result_file_is_refused(root, run, tmp_path, content, says):
    path = tmp_path / "results.json"
    path.write_text(content)
    done = run(root / "scripts/report", "markdown", path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"report: {path}: ") and says in done.stderr and done.stderr.count("\n") == 1


def test_a_missing_program_is_told_with_the_remedy(root, run, tmp_path):
    path = write(tmp_path / "r.json", named(result("a/b")))
    done = run(root / "scripts/report", "html", "--program", tmp_path / "none", path)
    assert done.returncode == 2 and "make all" in done.stderr


def test_two_files_of_one_name_get_labels_of_their_own(make):
    rows = make("markdown", named(result("a/b")), named(result("a/b"))).splitlines()[2:]
    assert [row.split(" | ")[0] for row in rows] == ["| haproxy 2.6.12 (result-0)", "| haproxy 2.6.12 (result-1)"]


# The page


def parsed(text):
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return parser.parse(text)


def unpacked(text, name):
    packed = re.search(f'<script type="text/plain" id="{name}">([^<]*)</script>', text)[1]
    return json.loads(zlib.decompress(base64.b64decode(packed)))


def test_page_is_valid_and_allows_its_own_script_and_style_only(make):
    tree = parsed(make("html", named(result("forward/102-then-200"))))
    policy = next(meta.get("content") for meta in tree.iter("meta") if meta.get("http-equiv") == "Content-Security-Policy")
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    runs = [part.text for part in tree.iter("script") if part.get("type") is None]
    assert len(runs) == 1
    for rule, text in (("script-src", runs[0]), ("style-src", next(tree.iter("style")).text)):
        assert rules[rule] == f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    assert rules["require-trusted-types-for"] == "'script'"


def test_page_needs_no_network_and_has_no_inline_handlers(make):
    text = make("html", named(failed()))
    for part in parsed(text).iter():
        if isinstance(part.tag, str):
            assert not [name for name in part.attrib if name.startswith("on") or name in ("src", "style", "srcset")], part.tag
            assert part.get("href", "#").startswith("#") and part.tag not in ("link", "iframe", "object", "base", "form")
    script = max(re.findall(r"<script>(.*?)</script>", text, re.DOTALL), key=len)
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|Function\(|fetch\(|XMLHttp|import\(", script)


def test_page_of_hostile_text_holds_it_as_text_only(make):
    text = make("html", hostile(), options=["--title", MARKUP])
    tree = parsed(text)
    assert next(tree.iter("title")).text == MARKUP
    assert len(list(tree.iter("script"))) == 3 and not list(tree.iter("img"))
    assert not UNPRINTABLE.search(text)
    data, transcripts = unpacked(text, "data"), unpacked(text, "transcripts")
    assert data["columns"][0]["label"].startswith(MARKUP) and "\\u{202e}" in data["columns"][0]["label"]
    assert re.fullmatch(r"[a-z0-9-]+~h1-h1", data["columns"][0]["key"])
    assert INVISIBLE[:1] not in transcripts[0][0][3]


PIECES = (
    "<", ">", "&", "'", '"', "`", "</script>", "<!--", "-->", "]]>", "&lt", "&#60;", "\\u003c", "</td>", "<img src=x>",
    "<svg/onload=x>", "<base href=//x>", "javascript:", "\0", "\x1b[31m", "\r\n", "\u2028", "\u202e", "\ufeff", "\ud800", "\U0001f600",
)  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_page_of_any_text_has_the_elements_of_a_plain_one(make, seed):
    rng = random.Random(seed)
    text = "".join(rng.choices(PIECES, k=20))
    page = make("html", hostile(text))
    plain = {part.tag for part in parsed(make("html", hostile("plain"))).iter()}
    tree = parsed(page)
    assert {part.tag for part in tree.iter()} == plain
    assert len(list(tree.iter("script"))) == 3
    assert not UNPRINTABLE.search(page)


def test_page_tells_what_interim_tells_of_a_case(make):
    data = unpacked(make("html", named(failed())), "data")
    case = data["cases"][0]
    assert case["id"] == "forward/102-then-200" and "client  sees   102" in case["steps"] and case["line"] == 7
    assert ["gateway", "EXPECTED", "RFC9110-7.6-1"] in case["seats"]
    assert data["requirements"]["RFC9110-15.2-4"][0] == "MUST"
    assert data["strictness"]["MUST"].startswith("The sentence binds this target with MUST")
    dropped = next(outcome for outcome in data["outcomes"] if outcome[0] == "dropped")
    assert dropped[1] == "No interim response arrived; the final one did."
    assert dropped[2].startswith("The client does not learn") and dropped[2].endswith("gain nothing.")


def test_page_shares_what_targets_have_in_common(make):
    documents = [named(result("forward/102-then-200"), name=f"server-{i}") for i in range(5)]
    data = unpacked(make("html", *documents), "data")
    assert len(data["columns"]) == 5 and len(data["kinds"]) == 1
    assert [column["rows"] for column in data["columns"]] == [[0]] * 5


def test_page_for_forty_targets_is_below_a_megabyte(make, run, plain, tmp_path):
    path = tmp_path / "base.json"
    assert run(plain, "run", "--quiet", "--json", path).returncode == 0
    documents = list(many(json.loads(path.read_text()), 40))
    text = make("html", *documents)
    assert len(text.encode()) < 1_000_000
    data, transcripts = unpacked(text, "data"), unpacked(text, "transcripts")
    numbers = sorted(number for column in data["columns"] for number in column["transcripts"].values())
    assert numbers == list(range(len(transcripts)))
    # One transcript for each fault of each target at least.
    for column in data["columns"]:
        faults = {data["kinds"][kind][7] for kind in column["rows"]} - {data["words"].index("")}
        shown = {data["kinds"][column["rows"][int(row)]][7] for row in column["transcripts"]}
        assert shown == faults, column["label"]


def test_page_leaves_transcripts_out_where_there_is_no_room(make):
    documents = [named(*(failed(f"a/{i}", fault=f"fault {i}") for i in range(5)))]
    text = make("html", *documents, options=["--max-bytes", "1000"])
    assert unpacked(text, "transcripts") == [] and unpacked(text, "data")["columns"][0]["transcripts"] == {}
