"""What the program itself says of its cases and requirements: interim list and interim explain."""

import json
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor

from interim_report.results import ReportError

SEAT_LINE = re.compile(r"  at seat (?P<seat>\w+): (?P<requirement>\S+), (?P<level>[A-Z ]+)$")
FIRST_SENTENCE = re.compile(r"(.*?(?:\.(?= |$)|$)) ?(.*)")
# What stands before each line of a case.
NUMBER = re.compile(r"^ *\d+ {0,2}")
OUTCOME_LINE = re.compile(r"  (?P<word>[a-z-]+) {2,}\S")


class Suite:
    """The cases and requirements of one interim program; asked once for each thing."""

    def __init__(self, program, cases=None):
        self.program = str(program)
        self.options = ["--cases", str(cases)] if cases else []
        self.cases = {case["id"]: case for case in self.ask_json("list")["cases"]}
        listed = self.ask_json("list", "--requirements")["requirements"]
        self.requirements = {requirement["id"]: requirement for requirement in listed}

    def ask(self, command, *arguments):
        words = [self.program, command, *self.options, *arguments]
        try:
            done = subprocess.run(words, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False)
        except OSError as error:
            raise ReportError(f"{self.program}: {error.strerror}; build it (make all), or name it with --program") from error
        if done.returncode != 0:
            raise ReportError(f"{' '.join(words)}: {done.stderr.strip()}")
        return done.stdout

    def ask_json(self, command, *arguments):
        text = self.ask(command, *arguments, "--json")
        try:
            return json.loads(text)
        except json.JSONDecodeError as error:
            raise ReportError(f"{self.program} {command} --json: is no JSON: {error}") from error

    def explain(self, names):
        """{case id: Explanation} for those names that this suite has."""
        known = [name for name in names if name in self.cases]
        with ThreadPoolExecutor(2) as pool:
            texts = pool.map(lambda name: self.ask("explain", name), known)
            return {name: Explanation(text) for name, text in zip(known, texts)}


class Explanation:
    """The parts of what interim explain prints.

    text        the case in its canonical form
    strictness  {level: why nothing less strict fits}
    outcomes    {word: (what happened, what it does to users or "")}
    """

    def __init__(self, text):
        sections = split_sections(text)
        self.text = "\n".join(NUMBER.sub("", line) for line in sections.get("The case", [])).strip("\n")
        self.strictness = strictness_of(sections.get("What decides", []))
        self.outcomes = outcomes_of(sections.get("What each outcome means for it", []))


def split_sections(text):
    """{heading: lines}: what is indented below a line that is not."""
    sections, lines = {}, []
    for line in text.splitlines():
        if line and not line.startswith(" "):
            lines = sections.setdefault(line, [])
        else:
            lines.append(line)
    return sections


def strictness_of(lines):
    found, level, after_address = {}, None, []
    for line in lines:
        seat = SEAT_LINE.match(line)
        if seat:
            level, after_address = seat["level"], None
        elif line.strip().startswith("https://"):
            after_address = []
        elif level and after_address is not None and line.strip():
            after_address.append(line.strip())
            found[level] = " ".join(after_address)
    return found


def outcomes_of(lines):
    """A sentence of what happened, which may take lines, then one of what it does to users."""
    found, word, sentences = {}, None, []
    for line in lines:
        head = OUTCOME_LINE.match(line)
        if head:
            word, sentences = head["word"], []
        elif word and line.strip():
            sentences.append(line.strip())
            meaning = FIRST_SENTENCE.match(" ".join(sentences))
            found[word] = (meaning[1], meaning[2])
    return found
