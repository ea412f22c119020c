"""scripts/setup, with dpkg-query, apt-get and id played by scripts that write down what they were told."""

import os
import shutil
import time

import pytest


@pytest.fixture
def machine(tmp_path):
    """A directory of commands that play the package manager; calls.log is what they were told."""
    directory = tmp_path / "bin"
    directory.mkdir()

    def command(name, text):
        path = directory / name
        path.write_text(f'#!/bin/sh\necho "{name} $*" >>"{tmp_path}/calls.log"\n{text}\n')
        path.chmod(0o755)

    command("apt-get", "exit 0")
    command("id", "echo 0")
    command("sudo", "exit 1")
    # Nothing that it touches may be the machine's own.
    command("tee", "cat >/dev/null")
    command("chmod", "exit 0")
    command("rm", "exit 0")
    return command


def calls(tmp_path, *names):
    path = tmp_path / "calls.log"
    lines = path.read_text().splitlines() if path.is_file() else []
    return [line for line in lines if line.split()[0] in names]


@pytest.fixture
def setup(root, run, tmp_path):
    def setup(*arguments):
        env = {"PATH": f"{tmp_path}/bin:/usr/bin:/bin"}
        return run("sh", root / "scripts" / "setup", *arguments, env=env)

    return setup


# Says that everything asked for is installed, but what is in ABSENT.
DPKG = """
shift 2
for package in "$@"; do
  case " {absent} " in *" $package "*) status=1 ;; *) printf 'installed %s ' "$package" ;; esac
done
exit ${{status:-0}}
"""


def test_nothing_to_do_is_quick_and_changes_nothing(machine, setup, tmp_path):
    machine("dpkg-query", DPKG.format(absent=""))
    begin = time.monotonic()
    done = setup()
    assert done.returncode == 0
    assert done.stdout == "setup: all packages to build and test are there, nothing to do\n"
    assert time.monotonic() - begin < 1
    assert [line.split()[0] for line in calls(tmp_path, "dpkg-query", "apt-get", "id")] == ["dpkg-query"]


def test_on_this_machine_nothing_is_left_to_do(root, run):
    # `make test` ran it before.
    done = run(root / "scripts" / "setup")
    assert (done.returncode, done.stdout.count("\n")) == (0, 1)


def test_only_what_is_missing_is_installed(machine, setup, tmp_path):
    machine("dpkg-query", DPKG.format(absent="libuv1-dev mandoc"))
    done = setup()
    assert done.returncode == 0, done.stderr
    assert "setup: will install: libuv1-dev mandoc" in done.stdout
    (install,) = [line for line in calls(tmp_path, "apt-get") if "install" in line]
    assert install.split()[-2:] == ["libuv1-dev", "mandoc"]


def test_a_failed_install_is_tried_again_with_fresh_lists(machine, setup, tmp_path):
    machine("dpkg-query", DPKG.format(absent="mandoc"))
    machine("apt-get", f'case "$*" in *update*) touch "{tmp_path}/fresh" ;; *) [ -e "{tmp_path}/fresh" ] ;; esac')
    done = setup()
    assert done.returncode == 0, done.stderr
    assert "once more, with fresh package lists" in done.stdout
    assert [line.split()[1] for line in calls(tmp_path, "apt-get")][-2:] == ["update", "install"]


def test_an_install_that_cannot_work_fails(machine, setup):
    machine("dpkg-query", DPKG.format(absent="mandoc"))
    machine("apt-get", 'case "$*" in *update*) ;; *) exit 100 ;; esac')
    done = setup()
    assert done.returncode == 1
    assert "apt-get could not install: mandoc" in done.stderr


def test_without_root_it_says_what_to_do(machine, setup, tmp_path):
    machine("dpkg-query", DPKG.format(absent="mandoc"))
    machine("id", "echo 1000")
    done = setup()
    assert done.returncode == 1
    assert "needs root: run 'sudo scripts/setup'" in done.stderr
    assert "apt-get install mandoc" in done.stderr
    assert calls(tmp_path, "apt-get") == []


def test_sudo_is_used_where_it_asks_nothing(machine, setup, tmp_path):
    machine("dpkg-query", DPKG.format(absent="mandoc"))
    machine("id", "echo 1000")
    machine("sudo", 'shift; exec "$@"')
    assert setup().returncode == 0
    assert any(line.endswith("mandoc") and "apt-get install" in line for line in calls(tmp_path, "sudo"))


def test_targets_are_announced_and_installed(machine, setup, tmp_path):
    machine("dpkg-query", DPKG.format(absent="haproxy nginx"))
    done = setup("--targets", "haproxy", "nginx")
    assert done.returncode == 0, done.stderr
    assert "setup: will install: haproxy nginx" in done.stdout
    (install,) = [line for line in calls(tmp_path, "apt-get") if "install" in line]
    assert install.split()[-2:] == ["haproxy", "nginx"]


@pytest.mark.parametrize("absent", ["squid", "squid-openssl"])
def test_of_two_packages_either_will_do(machine, setup, absent):
    machine("dpkg-query", DPKG.format(absent=absent))
    assert "nothing to do" in setup("--targets", "squid").stdout


def test_of_two_packages_the_first_is_installed(machine, setup, tmp_path):
    machine("dpkg-query", DPKG.format(absent="squid squid-openssl"))
    assert setup("--targets", "squid").returncode == 0
    (install,) = [line for line in calls(tmp_path, "apt-get") if "install" in line]
    assert install.split()[-1] == "squid"


@pytest.fixture
def setup_copy(root, run, tmp_path):
    """scripts/setup in a tree of its own, where nothing of npm is installed."""
    scripts = tmp_path / "tree" / "scripts"
    shutil.copytree(root / "scripts" / "targets", scripts / "targets")
    shutil.copy(root / "scripts" / "setup", scripts)

    def setup(*arguments):
        return run("sh", scripts / "setup", *arguments, env={"PATH": f"{tmp_path}/bin:/usr/bin:/bin"})

    return setup


def test_packages_of_npm_go_below_build(machine, setup_copy, tmp_path):
    machine("dpkg-query", DPKG.format(absent=""))
    machine("npm", "exit 0")
    (tmp_path / "tree" / "build" / "npm" / "node_modules" / "fastify").mkdir(parents=True)
    done = setup_copy("--targets", "node-fastify", "haproxy")
    assert done.returncode == 0, done.stderr
    (install,) = calls(tmp_path, "npm")
    words = install.split()
    prefix = words[words.index("--prefix") + 1]
    assert os.path.realpath(prefix) == os.path.realpath(tmp_path / "tree" / "build" / "npm")
    # What is there already is not asked for; nor do install scripts run.
    assert words[-1].startswith("@fastify/http-proxy@") and "fastify@" not in install.replace(words[-1], "")
    assert "--ignore-scripts" in words
    assert calls(tmp_path, "apt-get") == []


def test_an_npm_that_fails_fails_the_setup(machine, setup_copy):
    machine("dpkg-query", DPKG.format(absent=""))
    machine("npm", "exit 1")
    done = setup_copy("--targets", "node-http2-proxy")
    assert done.returncode == 1
    assert "npm could not install: http2-proxy@" in done.stderr


def test_targets_ask_for_no_more_than_their_packages(machine, setup, tmp_path):
    machine("dpkg-query", DPKG.format(absent=""))
    done = setup("--targets", "haproxy")
    assert done.stdout == "setup: all packages for haproxy are there, nothing to do\n"
    (query,) = calls(tmp_path, "dpkg-query")
    assert query.split()[-1] == "haproxy" and "gcc" not in query


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["--targets", "haproxy", "ngin"], "no target is named 'ngin'; known: "),
        (["--targets", "../targets/haproxy"], "no target is named '../targets/haproxy'"),
        (["--targets"], "--targets needs a name; known: "),
        (["--bogus"], "usage: scripts/setup"),
    ],
)
def test_wrong_usage(setup, arguments, message):
    done = setup(*arguments)
    assert done.returncode == 2
    assert message in done.stderr
