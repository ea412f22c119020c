"""The fuzz targets: their seeds and what they found once, and the build that OSS-Fuzz would do."""

import os
import pathlib
import shutil
import subprocess
import tomllib
import zipfile

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGETS = sorted(
    path.stem
    for path in (ROOT / "fuzz").glob("*.c")
    if "\nint LLVMFuzzerTestOneInput" in path.read_text() and path.stem != "empty"
)


@pytest.fixture(scope="module")
def seeds(tmp_path_factory, build):
    out = tmp_path_factory.mktemp("seeds")
    subprocess.run([ROOT / "scripts/fuzz-seeds", out, build / "h2-wire"], check=True, timeout=60)
    return out


def test_make_knows_every_target():
    done = subprocess.run(
        ["make", "-s", "fuzz-targets"], cwd=ROOT, check=True, capture_output=True, text=True, timeout=60
    )
    assert sorted(done.stdout.split()) == TARGETS


@pytest.mark.parametrize("target", TARGETS)
def test_seeds_and_finds_are_replayed(target, seeds, build, run):
    program = build / "replay-san" / target
    assert program.is_file(), f"{program} is missing: run make test"
    inputs = [seeds / target, ROOT / "fuzz/regress" / target]
    number = sum(len([path for path in where.iterdir() if path.name[0] != "."]) for where in inputs)
    done = run(program, *inputs, timeout=120)
    assert done.returncode == 0, done.stderr
    assert number > 0
    assert f"{number} inputs" in done.stderr


def test_each_fault_can_be_planted():
    faults = tomllib.loads((ROOT / "fuzz/planted.toml").read_text())["fault"]
    assert len({fault["name"] for fault in faults}) == len(faults) >= 20
    for fault in faults:
        assert fault["target"] in TARGETS
        assert (ROOT / "harness/core" / fault["file"]).read_text().count(fault["old"]) == 1, fault["name"]


def test_what_other_parsers_read_elsewise_is_known(build, run):
    program = build / "diff-corpus"
    streams = sorted((ROOT / "corpus/h1").glob("response-*.http"))
    done = run(program, *streams, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(streams)} streams" in done.stdout


def test_what_nghttp2_reads_elsewise_is_known(build, run):
    streams = sorted((ROOT / "corpus/h2").glob("response-*.h2"))
    done = run(build / "diff-corpus-h2", *streams, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(streams)} streams" in done.stdout


ADAPTER = """
#include "fuzz/adapter.h"

static struct adapter_log *log_of;

static void init(void *state, struct adapter_log *log, enum adapter_request request) {
  (void)state;
  (void)request;
  log_of = log;
}

static enum adapter_result feed(void *state, const uint8_t *bytes, size_t len) {
  (void)state;
  (void)bytes;
  (void)len;
  adapter_fail(log_of, "not-today");
  return ADAPTER_OVER;
}

static void finish(void *state) {
  (void)state;
}

const struct adapter adapter_mine = {"mine", 0, init, feed, finish, false};
"""


def read_corpus(build, *words, **environment):
    """make diff-corpus in a build directory of its own, with no make around it."""
    inherited = {key: os.environ[key] for key in os.environ.keys() - {"MAKEFLAGS", "MFLAGS", "BUILD"}}
    return subprocess.run(
        ["make", "-s", f"BUILD={build}", *words, "diff-corpus"],
        cwd=ROOT,
        env=inherited | environment,
        capture_output=True,
        text=True,
        timeout=300,
    )


def test_another_parser_can_be_held_against_ours(tmp_path):
    (tmp_path / "mine.c").write_text(ADAPTER)
    build = tmp_path / "build"
    done = read_corpus(build, f"ADAPTER={tmp_path}/mine.c")
    assert done.returncode != 0
    assert "NEW response-102-then-200.http: mine refuses what we take: not-today" in done.stdout
    assert "new differences" in done.stdout
    without = read_corpus(build)
    assert without.returncode == 0, without.stdout + without.stderr
    assert "mine" not in without.stdout
    misspelt = read_corpus(build, PEER="mien")
    assert misspelt.returncode != 0
    assert "0 peers" in misspelt.stdout


# libFuzzer needs clang; without it the build cannot be tried.
@pytest.mark.skipif(shutil.which("clang++") is None, reason="clang is not installed")
def test_the_build_for_oss_fuzz_leaves_what_it_wants(tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    environment = os.environ | {
        "CC": "clang",
        "CXX": "clang++",
        "CFLAGS": "-fsanitize=address,fuzzer-no-link",
        "CXXFLAGS": "-fsanitize=address,fuzzer-no-link",
        "LIB_FUZZING_ENGINE": "-fsanitize=fuzzer",
        "OUT": str(out),
        "WORK": str(tmp_path / "work"),
        "SRC": str(tmp_path),
    }
    for name in ("MAKEFLAGS", "MFLAGS", "BUILD"):
        environment.pop(name, None)
    done = subprocess.run(
        [ROOT / ".clusterfuzzlite/build.sh"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    needs = subprocess.run(["ldd", out / "h2_client"], check=True, capture_output=True, text=True, timeout=60)
    assert f"{out}/lib/libnghttp2" in needs.stdout
    for target in TARGETS:
        assert os.access(out / target, os.X_OK)
        assert len(zipfile.ZipFile(out / f"{target}_seed_corpus.zip").namelist()) > 0
        options = (out / f"{target}.options").read_text()
        assert options.startswith("[libfuzzer]\n")
        dictionary = out / f"{target}.dict"
        assert ("dict = " in options) == dictionary.is_file()
        words = [f"-dict={dictionary}"] if dictionary.is_file() else []
        tried = subprocess.run(
            [out / target, "-runs=20", "-seed=1", *words, str(tmp_path / "work/interim/seeds" / target)],
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert tried.returncode == 0, tried.stderr
    again = subprocess.run(
        [ROOT / "scripts/fuzz-refind", out / "diff_h1"], capture_output=True, text=True, timeout=120
    )
    absent = again.returncode == 77 and "llhttp is left out" in again.stderr
    assert absent or again.returncode == 0, again.stdout + again.stderr
