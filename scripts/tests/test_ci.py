"""What README gives to CI systems, run as their runners would, against the reference gateway: action.yml, the
recipes, and what a container needs."""

import json
import re
import subprocess
import textwrap

import pytest
import yaml

# The ports of README's recipes.
LISTEN, ORIGIN = "127.0.0.1:8080", "127.0.0.1:9000"


@pytest.fixture
def gateway(build, reserve):
    """Start the reference gateway: its address, and where it looks for its origin."""
    started = []

    def gateway(*options):
        origin = f"127.0.0.1:{reserve()}"
        command = [build / "interim", "relay", "--listen", "127.0.0.1:0", "--origin", origin, *options]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        started.append(process)
        return process.stdout.readline().split()[-1], origin

    yield gateway
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


class Runner:
    """Runs the steps of a composite action, as GitHub's runner does with what action.yml uses."""

    def __init__(self, root, run, directory):
        self.root, self.run, self.directory = root, run, directory
        self.action = yaml.safe_load((root / "action.yml").read_text())
        self.outputs, self.used, self.summary = {}, [], ""

    def value(self, text, inputs):
        """A text with its ${{ ... }} filled in."""

        def replace(found):
            words = found[1].split(".")
            if words[0] == "inputs":
                return inputs[words[1]]
            if words[0] == "steps":
                return self.outputs[words[1]][words[3]]
            assert words == ["github", "action_path"]
            return str(self.root)

        return re.sub(r"\$\{\{ *([\w.-]+) *\}\}", replace, str(text))

    def is_wanted(self, step, inputs):
        if "if" not in step:
            return True
        name, wanted = re.fullmatch(r"inputs\.([\w-]+) == '(\w+)'", step["if"]).groups()
        return inputs[name] == wanted

    def play(self, **given):
        """Run all steps; the status of the first that fails, and what was printed."""
        declared = self.action["inputs"]
        inputs = {name: given.get(name.replace("-", "_"), declared[name].get("default")) for name in declared}
        assert None not in inputs.values() and {name.replace("_", "-") for name in given} <= declared.keys()
        printed = ""
        for step in self.action["runs"]["steps"]:
            if not self.is_wanted(step, inputs):
                continue
            if "uses" in step:
                self.used.append((step["uses"], {key: self.value(word, inputs) for key, word in step["with"].items()}))
                continue
            done = self.run_step(step, inputs)
            printed += done.stdout + done.stderr
            if done.returncode != 0:
                return done.returncode, printed
        return 0, printed

    def run_step(self, step, inputs):
        assert step["shell"] == "bash"
        script, output, summary = (self.directory / name for name in ("step.sh", "output", "summary"))
        script.write_text(step["run"])
        output.write_text("")
        env = {key: self.value(word, inputs) for key, word in step.get("env", {}).items()}
        env |= {"GITHUB_OUTPUT": str(output), "GITHUB_STEP_SUMMARY": str(summary)}
        done = self.run("bash", "--noprofile", "--norc", "-eo", "pipefail", script, env=env, cwd=self.directory)
        if "id" in step:
            self.outputs[step["id"]] = dict(line.split("=", 1) for line in output.read_text().splitlines())
        self.summary = summary.read_text() if summary.exists() else ""
        return done


@pytest.fixture
def action(root, run, tmp_path):
    return Runner(root, run, tmp_path)


def test_the_action_passes_a_good_gateway(action, gateway, build, tmp_path):
    listen, origin = gateway()
    status, printed = action.play(target=f"http://{listen}", origin=origin, program=str(build / "interim"), front="h1 h2", name="it's mine")
    assert status == 0, printed
    results = json.loads((tmp_path / "interim-results/results.json").read_text())
    assert results["target"]["name"] == "it's mine" and results["target"]["fronts"] == ["h1", "h2"]
    assert results["summary"]["fail"] == 0 and results["summary"]["pass"] > 600
    assert (tmp_path / "interim-results/report.html").read_text().startswith("<!DOCTYPE html>")
    assert json.loads((tmp_path / "interim-results/results.sarif").read_text())["version"] == "2.1.0"
    assert (tmp_path / "interim-results/junit.xml").stat().st_size > 10000
    assert action.summary.startswith("### HTTP interim responses\n\n| target |")
    assert [name.split("@")[0] for name, _ in action.used] == ["github/codeql-action/upload-sarif", "actions/upload-artifact"]
    assert [words.get("sarif_file", words.get("path")) for _, words in action.used] == ["interim-results/results.sarif", "interim-results"]


def test_the_action_fails_for_a_bad_gateway_and_still_reports(action, gateway, build, tmp_path):
    listen, origin = gateway("--bug", "final-kept")
    status, printed = action.play(target=f"http://{listen}", origin=origin, program=str(build / "interim"), arguments="forward/102-then-200 head/*")
    assert status == 1, printed
    assert "taken-as-final" in printed and "taken-as-final" in action.summary
    assert action.outputs["run"]["status"] == "1"
    sarif = json.loads((tmp_path / "interim-results/results.sarif").read_text())
    assert sarif["runs"][0]["results"][0]["ruleId"] == "RFC9110-15.2-4"


def test_the_action_can_leave_the_job_green(action, gateway, build, tmp_path):
    listen, origin = gateway("--bug", "final-kept")
    known = tmp_path / "known.txt"
    given = {"target": f"http://{listen}", "origin": origin, "program": str(build / "interim"), "arguments": "forward/102-then-200"}
    status, printed = action.play(**given, fail="false", upload_sarif="false", upload_report="false", output="out/here")
    assert status == 0, printed
    assert action.used == [] and (tmp_path / "out/here/report.html").is_file()
    known.write_text("forward/102-then-200 FAIL ticket 4711\n")
    status, printed = action.play(**given, expect=str(known))
    assert (status, action.outputs["run"]["status"]) == (0, "0"), printed


def test_the_action_takes_an_origin_server_with_triggers(action, build, tmp_path):
    command = [build / "interim", "serve", "--listen", "127.0.0.1:0"]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as server:
        try:
            url = f"http://{server.stdout.readline().split()[-1]}/"
            status, printed = action.play(target=url, seat="origin", program=str(build / "interim"), triggers="102=GET /102\n103=GET /103\n")
        finally:
            server.terminate()
    assert status == 0, printed
    results = json.loads((tmp_path / "interim-results/results.json").read_text())
    verdicts = {case["id"]: case["verdict"] for case in results["cases"]}
    assert verdicts["origin-102/then-final"] == verdicts["origin-103/then-final"] == "pass"


def test_the_action_tells_wrong_usage(action, build):
    status, printed = action.play(target="http://127.0.0.1:1", program=str(build / "interim"), seat="middle")
    assert status == 2 and "middle" in printed


def test_the_action_builds_what_is_not_built(action, build):
    """The step's commands, in a tree where others play their parts: what they do is tested elsewhere."""
    step = action.action["runs"]["steps"][0]
    tree = action.directory / "tree"
    (tree / "scripts").mkdir(parents=True)
    (tree / "scripts" / "setup").write_text('#!/bin/sh\necho "setup $*"\n')
    (tree / "scripts" / "setup").chmod(0o755)
    (tree / "Makefile").write_text("all:\n\t@echo 'building, WARN=$(WARN)'\n")
    action.root = tree
    done = action.run_step(step, {"program": ""})
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "setup --build"), done.stderr
    assert "building, WARN=\n" in done.stdout
    assert action.outputs["build"] == {"program": f"{tree}/build/interim"}


# README's recipes


def recipe(root, heading):
    """The indented block behind a line of README that ends so."""
    text = (root / "README.md").read_text().split(f"{heading}\n\n", 1)[1]
    return textwrap.dedent(re.match(r"(?:    .*\n|\n)+", text)[0])


@pytest.fixture
def place(root, build, gateway, tmp_path):
    """A directory where `git clone` gives this tree, built, and ./start-gateway starts the reference gateway."""
    directory, commands = tmp_path / "place", tmp_path / "bin"
    for path in (directory, commands, tmp_path / "clone/scripts", tmp_path / "clone/build"):
        path.mkdir(parents=True)
    for name in ("setup", "report", "interim_report", "targets"):
        (tmp_path / "clone/scripts" / name).symlink_to(root / "scripts" / name)
    (tmp_path / "clone/build/interim").symlink_to(build / "interim")

    def command(path, text):
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)

    command(commands / "git", f'[ "$1" = clone ] && cp -RL "{tmp_path}/clone" interim')
    command(commands / "apt-get", "exit 0")
    command(commands / "make", "exit 0")
    command(directory / "start-gateway", "exit 0")

    def place(text, *options):
        listen, origin = gateway(*options)
        return text.replace(LISTEN, listen).replace(ORIGIN, origin)

    place.directory, place.env = directory, {"PATH": f"{commands}:/usr/bin:/bin:/usr/sbin:/sbin"}
    return place


@pytest.mark.parametrize(("bug", "status"), [([], 0), (["--bug", "final-150"], 1)])
def test_the_shell_recipe_works(root, run, place, bug, status):
    script = place(recipe(root, "Anywhere else, as a shell script:"), *bug)
    assert LISTEN not in script and ORIGIN not in script
    done = run("sh", "-e", "-c", script, cwd=place.directory, env=place.env)
    assert done.returncode == status, done.stdout + done.stderr
    for name in ("results.json", "junit.xml", "report.html"):
        assert (place.directory / name).stat().st_size > 10000


def test_the_gitlab_recipe_works(root, run, place):
    job = yaml.safe_load(place(recipe(root, "In GitLab, where the pipeline shows each result as a test:")))["interim"]
    script = "\n".join([*job["before_script"], *job["script"]])
    done = run("bash", "-eo", "pipefail", "-c", script, cwd=place.directory, env=place.env)
    assert done.returncode == 0, done.stdout + done.stderr
    done = run("bash", "-eo", "pipefail", "-c", "\n".join(job["after_script"]), cwd=place.directory, env=place.env)
    assert (done.returncode, done.stderr) == (0, "")
    for name in [*job["artifacts"]["paths"], job["artifacts"]["reports"]["junit"]]:
        assert (place.directory / name).stat().st_size > 10000


def test_the_github_recipe_names_inputs_that_there_are(root):
    job = yaml.safe_load(recipe(root, "(`action.yml` lists the inputs):"))["jobs"]["interim"]
    declared = yaml.safe_load((root / "action.yml").read_text())["inputs"]
    (step,) = [step for step in job["steps"] if step.get("uses", "").startswith("OWNER/interim@")]
    assert step["with"].keys() <= declared.keys()
    required = {name for name, words in declared.items() if words.get("required")}
    assert required <= step["with"].keys()
    assert job["permissions"]["security-events"] == "write"


# The container


def test_the_container_has_the_libraries_of_the_program(root, build, run):
    """Each library that the program loads is of a package that the last stage installs, or of what has no choice."""
    last = (root / "Containerfile").read_text().rpartition("FROM ")[2]
    words = set(re.search(r"--no-install-recommends ((?:.*\\\n)*.*)", last)[1].split())
    loaded = re.findall(r"=> (/\S+)", run("ldd", build / "interim").stdout)
    wanted = {"libuv", "libjansson", "libxml2", "libssl", "libnghttp2"}
    direct = {path for path in loaded if any(f"/{name}." in path for name in wanted)}
    assert len(direct) == len(wanted)
    for path in direct:
        # As dpkg knows it: below /usr or not.
        owners = run("dpkg-query", "-S", f"*{path.rpartition('/')[2]}").stdout
        assert words & {line.partition(":")[0] for line in owners.splitlines()}, path
    assert {"python3", "ca-certificates"} <= words


def test_what_building_needs_is_what_the_container_installs(root, run):
    assert "RUN scripts/setup --build\n" in (root / "Containerfile").read_text()
    done = run(root / "scripts/setup", "--build")
    assert (done.returncode, done.stdout) == (0, "setup: all packages to build are there, nothing to do\n")
