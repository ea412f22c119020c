"""Result files for the tests of scripts/report: harmless, hostile, and many."""

import copy
import json
import random

from fake_project import report, result

# What a target may call itself, if it wants to run in a reader's browser.
MARKUP = "</script><script>document.title='owned'</script><img src=x onerror=alert(1)>\"'`|[a](javascript:b) @all ]]>"
INVISIBLE = "\u202egnp.exe\x1b[31m\ud800"

TRANSCRIPT = [
    {"t_us": 100, "lane": "client", "dir": "sent", "text": "GET /n/forward/102-then-200 HTTP/1.1\\r\\n\\r\\n"},
    {"t_us": 200, "lane": "origin", "dir": "received", "text": "GET / HTTP/1.1\\r\\n\\r\\n"},
    {"t_us": 210, "lane": "origin", "dir": "sent", "text": "HTTP/1.1 102 Processing\\r\\n\\r\\n"},
    {"t_us": 250900, "lane": "client", "dir": "note", "text": "nothing came"},
    {"t_us": 251000, "lane": "origin", "dir": "sent", "text": "HTTP/1.1 200 OK\\r\\n\\r\\ndone"},
    {"t_us": 251300, "lane": "client", "dir": "received", "text": "HTTP/1.1 200 OK\\r\\n\\r\\ndone"},
]


def failed(name="forward/102-then-200", verdict="fail", **changes):
    """A FAIL with all that belongs to one."""
    words = {
        "outcome": "dropped",
        "outcomes": ["dropped"],
        "observed": "200",
        "reason": 'line 9, "client  sees   102": nothing came',
        "fault": "RFC9110-15.2-4 dropped",
        "transcript": TRANSCRIPT,
    }
    return result(name, verdict, **(words | changes))


def hostile(text=MARKUP + INVISIBLE):
    """A result file in which each text that a target can choose is markup."""
    lines = [line | {"text": text} for line in TRANSCRIPT]
    bad = failed(observed=text, reason=text, fault=text, known=text, reproduce=f"interim run {text}", transcript=lines)
    foreign = failed(f"{MARKUP}/../../etc/passwd".replace(" ", ""), title=text)
    document = report(bad, foreign)
    document["target"] |= {"name": text, "version": text, "url": f"javascript:alert(1)//{text}"}
    document["profile"] = {text: 1}
    return document


def write(path, document):
    # As JSON allows: even halves of characters.
    path.write_text(json.dumps(document))
    return path


def many(document, count, seed=1):
    """count result files like one, each with faults of its own; every fourth fails nearly everything."""
    rng = random.Random(seed)
    for number in range(count):
        made = copy.deepcopy(document)
        made["target"] |= {"name": f"server-{number}", "version": f"{rng.randrange(9)}.{rng.randrange(30)}"}
        share = 0.8 if number % 4 == 0 else 0.05
        # As of real servers: most of what fails is one fault or two.
        outcomes = rng.sample(["dropped", "hang", "closed", "replaced", "taken-as-final", "unmet"], 2)
        for case in made["cases"]:
            if rng.random() < share:
                outcome = rng.choice(outcomes)
                nonce = f"{rng.getrandbits(64):016x}"
                lines = [line | {"t_us": rng.randrange(10**6), "text": line["text"] + nonce} for line in TRANSCRIPT * 2]
                case |= {"verdict": "fail", "outcome": outcome, "transcript": lines}
                case |= {"fault": f"{rng.choice(['RFC9110-15.2-4', case['requirements'][0]])} {outcome}"}
                case |= {"observed": rng.choice(["200", "nothing", "502", "102, nothing"]), "reason": f"line {rng.randrange(9, 30)}, lost"}
        yield made


def mutants(**changes):
    """What make mutants writes, with two bugs; the second noticed by a case that no report has."""
    change = {"id": "forward/any-code:104", "seat": "gateway", "front": "h1", "back": "h1", "was": "pass"}
    change |= {"verdict": "fail", "outcome": "hang", "worse": True}
    bug = {"name": "loses-104", "target": "gateway", "says": "A 104 is lost.", "breaks": "RFC9110-15.2-4", "caught": True}
    caught = [change, change | {"outcome": "taken-as-final"}, change | {"id": "forward/102-then-200", "verdict": "warn"}]
    other = [change | {"id": "origin-expect/twice"}, change | {"id": "head/102", "verdict": "info", "worse": False}]
    bugs = [bug | {"changed": caught}, bug | {"name": MARKUP, "says": MARKUP, "changed": other}]
    return {"schema": "interim-mutants/1", "bugs": bugs} | changes
