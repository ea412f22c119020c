"""A pytest plugin: `interim run` once per target, one pytest item per result.

    pytest cases                                     the embedded reference gateway
    pytest cases --target haproxy --target nginx     real servers, started by their profiles
    pytest cases --target haproxy --tls --front h2   over TLS, with HTTP/2
    pytest cases --seat gateway --url URL --origin ADDR     a server that runs already

The run happens before collection, in the controller when there are xdist workers; they read its results
from a file. A case file's items are named FRONT-BACK, or VALUE[FRONT-BACK] where it has parameters, with
the target in front where there are several. FAIL fails with the text of its explanation, ERROR is an
error of the item's set-up, SKIP skips, WARN passes with a warning, INFO passes.
"""

import csv
import json
import shlex
import shutil
import tempfile
from pathlib import Path

import interim_targets
import pytest
from _pytest._code.code import ExceptionChainRepr, ReprFileLocation
from interim_play import EXIT_USAGE, arguments_of, failure_of, is_unexpected, read_report, run_bounded

ROOT = Path(__file__).resolve().parent.parent
CASES = ROOT / "cases"

SESSION_KEY = pytest.StashKey["Session"]()


class UnmetExpectation(UserWarning):
    """A result with the verdict WARN."""


class StaleCase(UserWarning):
    """A case file that is newer than the program that has the cases built in."""


def pytest_addoption(parser, pluginmanager):
    # Without arguments pytest finds cases/conftest.py while it collects: too late to run anything.
    if getattr(pluginmanager.getplugin("pytestconfig"), "args", None):
        raise pytest.UsageError("say which tests: pytest cases, or pytest scripts/tests cases")
    group = parser.getgroup("interim", "the interim conformance suite")
    group.addoption(
        "--build", default="build", metavar="DIR", help="build directory that holds interim"
    )
    group.addoption(
        "--target",
        action="append",
        default=[],
        metavar="NAME",
        help="start this server of scripts/targets and test it (repeatable)",
    )
    group.addoption(
        "--front",
        action="append",
        default=[],
        choices=interim_targets.VERSIONS,
        help="HTTP version towards the servers of --target (repeatable; default h1)",
    )
    group.addoption("--tls", action="store_true", help="ask the servers of --target over TLS")
    group.addoption("--seat", metavar="SEAT", help="seat of a server that runs already")
    group.addoption("--url", metavar="URL", help="where a server that runs already listens")
    group.addoption("--origin", metavar="ADDR", help="where that server expects its origin")
    group.addoption(
        "--interim-args", default="", metavar="ARGS", help="further arguments of interim run"
    )
    group.addoption(
        "--strict-warnings", action="store_true", help="let a result with the verdict WARN fail"
    )


# The run: what to test, `interim run`, and what came of it.


def build_directory(config):
    """The directory given by --build, absolute; a relative one is below the repository."""
    return ROOT / config.getoption("build")


def wants_cases(config):
    """Whether an argument of pytest is, holds or lies in cases/."""
    for argument in config.args:
        path = Path(config.invocation_params.dir, str(argument).split("::")[0]).resolve()
        if path == CASES or CASES in path.parents or path in CASES.parents:
            return True
    return False


class Run:
    """One `interim run`: plain data, as the workers read it from a file."""

    def __init__(self, label, **data):
        self.label = label
        self.skipped = data.get("skipped", "")  # why it did not take place
        self.failure = data.get("failure", "")  # what is wrong with it as a whole
        self.notes = data.get("notes", "")
        self.report = data.get("report")  # the result file

    @property
    def results(self):
        return self.report["cases"] if self.report else []


class Session:
    """All runs of a pytest session."""

    def __init__(self, runs):
        self.runs = runs

    def save(self, path):
        path.write_text(json.dumps([vars(run) for run in self.runs]), encoding="utf-8")

    @classmethod
    def load(cls, path):
        return cls([Run(**data) for data in json.loads(path.read_text(encoding="utf-8"))])


def pytest_configure(config):
    worker = getattr(config, "workerinput", {})
    if "interim_session" in worker:
        config.stash[SESSION_KEY] = Session.load(Path(worker["interim_session"]))


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session):
    config = session.config
    if hasattr(config, "workerinput") or not wants_cases(config):
        return
    check_options(config)
    if not any(CASES.glob("*/*.case")):
        return
    directory = Path(tempfile.mkdtemp(prefix="interim-driver-"))
    config.add_cleanup(lambda: shutil.rmtree(directory))
    config.stash[SESSION_KEY] = Session(run_all(config, directory))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node):
    """Tell an xdist worker where the results are."""
    session = node.config.stash.get(SESSION_KEY, None)
    if session is None:
        return
    directory = Path(tempfile.mkdtemp(prefix="interim-driver-"))
    node.config.add_cleanup(lambda: shutil.rmtree(directory))
    path = directory / "session.json"
    session.save(path)
    node.workerinput["interim_session"] = str(path)


def pytest_report_header(config):
    session = config.stash.get(SESSION_KEY, None)
    return [f"interim: {describe(run)}" for run in session.runs] if session else None


def describe(run):
    if run.skipped:
        return f"{run.label}: {run.skipped}"
    if not run.report:
        return f"{run.label}: no results"
    target, summary = run.report["target"], run.report["summary"]
    counts = ", ".join(f"{count} {verdict}" for verdict, count in summary.items() if count)
    version = f" {target['version']}" if target.get("version") else ""
    return f"{run.label}{version}: {counts} in {run.report['duration_ms']:.0f} ms"


def check_options(config):
    option = config.getoption
    if option("url") is None and (option("seat") or option("origin")):
        raise pytest.UsageError("--seat and --origin describe a server that runs: add --url URL")
    if option("url") is not None:
        if option("target"):
            raise pytest.UsageError("--target starts a server, --url names one: give one of them")
        if (option("seat") or "gateway") in ("gateway", "proxy") and option("origin") is None:
            raise pytest.UsageError("--url needs --origin ADDR: where the server expects its origin")
    if (option("front") or option("tls")) and not option("target"):
        raise pytest.UsageError("--front and --tls choose how to ask a server: add --target NAME")
    for name in option("target"):
        load_profile(name)


def load_profile(name):
    try:
        return interim_targets.load_profile(name)
    except interim_targets.ProfileError as error:
        raise pytest.UsageError(str(error)) from error


def run_all(config, directory):
    program = build_directory(config) / "interim"
    if not program.is_file():
        raise pytest.UsageError(f"{program} is missing: run make first")
    option = config.getoption
    if option("url") is not None:
        seat = option("seat") or "gateway"
        arguments = ["--seat", seat, "--target", option("url")]
        arguments += ["--origin", option("origin")] if option("origin") else []
        return [run_interim(config, program, seat, arguments, directory)]
    if not option("target"):
        return [run_interim(config, program, "embedded", [], directory)]
    return [run_target(config, program, name, directory) for name in option("target")]


def fronts_of(config, profile):
    """The versions in which a profile's server is asked, and why it cannot be asked so: one is empty."""
    tls = config.getoption("tls")
    asked = config.getoption("front") or ["h1"]
    offered = profile.tls_fronts if tls else profile.fronts
    fronts = [version for version in asked if version in offered]
    if not fronts:
        return [], f"takes no {' nor '.join(asked)} {'over' if tls else 'without'} TLS"
    return fronts, ""


def run_target(config, program, name, directory):
    """Start a profile's server, run the suite against it, stop it."""
    profile = load_profile(name)
    fronts, why_not = fronts_of(config, profile)
    if why_not:
        return Run(name, skipped=f"{name} {why_not}")
    try:
        with interim_targets.Server(profile) as server:
            url = server.tls_url if config.getoption("tls") else server.url
            arguments = arguments_of(server, dict.fromkeys(fronts, url))
            run = run_interim(config, program, name, arguments, directory)
            if server.process.poll() is not None:
                run.notes += f"\n{name} died in the run, status {server.process.returncode}"
            if server.log():
                run.notes += f"\nend of {name}'s log:\n{server.log()}"
            return run
    except interim_targets.NotInstalled as error:
        return Run(name, skipped=str(error))
    except interim_targets.StartFailed as error:
        return Run(name, failure=str(error))


def run_interim(config, program, label, arguments, directory):
    """Run the suite once and read its result file."""
    path = directory / f"{label}.json"
    command = [str(program), "run", *arguments, "--json", str(path), "--color", "never"]
    command += shlex.split(config.getoption("interim_args"))
    status, output = run_bounded(command)
    if status == EXIT_USAGE:
        pytest.exit(f"{shlex.join(command)}\n{output}", returncode=EXIT_USAGE)
    report, unread = read_report(path)
    failure = failure_of(status, report) or unread
    return Run(label, failure=failure, notes=f"{shlex.join(command)}\n{output}", report=report)


# The items.


def case_of(result):
    """The id of a result's case: forward/any-code of forward/any-code:102."""
    return result["id"].partition(":")[0]


def item_name(run, result, several):
    versions = "-".join(filter(None, (result["front"], result["back"])))
    if several:
        versions = f"{run.label}-{versions}"
    value = result["id"].partition(":")[2]
    return f"{value}[{versions}]" if value else versions


def pytest_collect_file(file_path, parent):
    session = parent.config.stash.get(SESSION_KEY, None)
    if session is None or CASES not in file_path.parents:
        return None
    if file_path.suffix == ".case" and file_path.parent.parent == CASES:
        return CaseFile.from_parent(parent, path=file_path)
    if file_path == CASES / "conftest.py":
        return RunFile.from_parent(parent, path=file_path, name="run", nodeid="cases/run")
    return None


class CaseFile(pytest.File):
    """One case file: its results of every run."""

    def collect(self):
        session = self.config.stash[SESSION_KEY]
        case = f"{self.path.parent.name}/{self.path.stem}"
        several = len(session.runs) > 1
        for run in session.runs:
            own = [result for result in run.results if case_of(result) == case]
            for result in own:
                name = item_name(run, result, several)
                yield ResultItem.from_parent(self, name=name, run=run, result=result)
            # Only arguments of the caller may leave a case out without a word.
            if run.report and not own and not self.config.getoption("interim_args"):
                name = f"{run.label}-no-result" if several else "no-result"
                yield MissingItem.from_parent(self, name=name)


class RunFile(pytest.File):
    """The runs themselves, and results without a case file of their own (the sanity conversations)."""

    def collect(self):
        session = self.config.stash[SESSION_KEY]
        for run in session.runs:
            yield RunItem.from_parent(self, name=run.label, run=run)
            for result in run.results:
                if not (CASES / f"{case_of(result)}.case").is_file():
                    name = f"{result['id']}[{item_name(run, result, True)}]"
                    yield ResultItem.from_parent(self, name=name, run=run, result=result)


class RunItem(pytest.Item):
    """One run: it ended as it should, and had a result for each case file."""

    def __init__(self, *, run, **kwargs):
        super().__init__(**kwargs)
        self.run = run

    def runtest(self):
        if self.run.skipped:
            pytest.skip(self.run.skipped)
        if self.run.notes:
            self.add_report_section("call", "interim", self.run.notes)
        if self.run.failure:
            pytest.fail(self.run.failure, pytrace=False)
        program = build_directory(self.config) / "interim"
        newer = [
            str(path.relative_to(ROOT))
            for path in sorted(CASES.glob("*/*.case"))
            if path.stat().st_mtime > program.stat().st_mtime
        ]
        if newer:
            names = ", ".join(newer[:3]) + (" ..." if len(newer) > 3 else "")
            self.warn(StaleCase(f"newer than {program.name}, which has the cases built in: {names}"))

    def reportinfo(self):
        return self.path, 0, f"interim run: {self.name}"


class MissingItem(pytest.Item):
    """A case file of which a run told no result."""

    def runtest(self):
        pytest.skip("no result: the case is slow, or interim was built before it: run make")

    def reportinfo(self):
        return self.path, 0, f"{self.path.stem}: no result"


class ResultItem(pytest.Item):
    """One result of a run."""

    def __init__(self, *, run, result, **kwargs):
        super().__init__(**kwargs)
        self.run = run
        self.result = result
        for key in ("verdict", "level", "outcome", "fault"):
            if result.get(key):
                self.user_properties.append((key, result[key]))

    @property
    def known(self):
        """The reason of a deviation that is there as an expect file says, else ""."""
        result = self.result
        expected = not is_unexpected(result) and result["verdict"] != "pass"
        return result.get("known", "") if expected else ""

    def setup(self):
        if self.result["verdict"] == "error" and not self.known:
            pytest.fail(explain(self.result), pytrace=False)

    def runtest(self):
        result, verdict = self.result, self.result["verdict"]
        if self.known:
            pytest.xfail(f"known: {self.known}")
        if verdict == "skip":
            pytest.skip(result["reason"] or "the target lacks the feature")
        if verdict == "fail" or is_unexpected(result):
            pytest.fail(explain(result), pytrace=False)
        if verdict == "warn":
            if self.config.getoption("strict_warnings"):
                pytest.fail(explain(result), pytrace=False)
            self.warn(UnmetExpectation(f"{headline(result)} {result['reason']}".strip()))
        if verdict == "info":
            self.add_report_section("call", "interim", explain(result))

    def repr_failure(self, excinfo):
        """The explanation; its headline and reason are what the short summary shows."""
        if isinstance(excinfo.value, pytest.xfail.Exception):
            # Nobody sees it, and pytest's own takes a tenth of a second.
            return str(excinfo.value)
        shown = super().repr_failure(excinfo)
        message = f"{headline(self.result)} {self.result['reason']}".strip()
        where = ReprFileLocation(str(self.path), 1, message)
        return ExceptionChainRepr([(shown.reprtraceback, where, None)])

    def reportinfo(self):
        return self.path, 0, f"{self.result['id']} [{self.run.label}]: {self.result['title']}"


def headline(result):
    """FAIL taken-as-final, MUST RFC9110-15.2-4: forward/102-then-200."""
    requirement = " ".join([result["level"], *result["requirements"][:1]])
    verdict = result["verdict"].upper()
    return f"{verdict} {result['outcome']}, {requirement}: {result['id']}"


def explain(result):
    """What a person needs to know of a result, the headline first."""
    lines = [headline(result), result["title"], ""]
    lines += [describe_requirement(name) for name in result["requirements"]]
    for key in ("expected", "observed", "reason", "known", "fault"):
        if result.get(key):
            lines.append(f"{key + ':':<12} {result[key]}")
    if result["outcomes"] and result["outcomes"] != [result["outcome"]]:
        lines.append(f"{'outcomes:':<12} {', '.join(result['outcomes'])}")
    for name, value in (result.get("measured") or {}).items():
        lines.append(f"{'measured:':<12} {name} {value:g}")
    lines.append(f"{'reproduce:':<12} {result['reproduce']}")
    if result.get("transcript"):
        lines += ["", "transcript:"]
        lines += [
            f"{line['t_us'] / 1000:10.3f} ms  {line['lane']:<10} {line['dir']:<9} {line['text']}"
            for line in result["transcript"]
        ]
    return "\n".join(lines)


def describe_requirement(name):
    """A requirement in the registry's words, with its address."""
    path = CASES / "requirements.tsv"
    if path.is_file():
        with open(path, encoding="utf-8", newline="") as table:
            for row in csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE):
                if row.get("id") == name:
                    return f"{'requirement:':<12} {name}: {row['wording']} <{row['address']}>"
    return f"{'requirement:':<12} {name}"
