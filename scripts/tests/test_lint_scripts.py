"""The repository's own checks find what they are for."""

import pytest


@pytest.fixture
def tree(tmp_path):
    """Write files below harness/ and fuzz/ of a tree of its own."""

    def tree(**files):
        for name, text in files.items():
            path = tmp_path / name.replace("__", "/")
            path = path.with_name(path.name + ".c")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return tmp_path

    return tree


def check(run, root, tree):
    return run(root / "scripts" / "check-layers", tree)


def test_the_repository_keeps_its_arrows(run, root):
    done = check(run, root, root)
    assert (done.returncode, done.stdout) == (0, "")


def test_allowed_arrows(run, root, tree):
    files = {
        "harness__core__a": '#include "base/span.h"\n#include "core/h1.h"\n#include <string.h>\n',
        "harness__net__a": '#include "script/a.h"\n#include <uv.h>\n#include <sys/socket.h>\n',
        "harness__cli__a": '#include "net/loop.h"\n#include "report/report.h"\n',
        "harness__tests__core_a_test": '#include "core/h1.h"\n#include "tests/guard.h"\n#include <poll.h>\n',
        "fuzz__a": '#include "core/h1.h"\n',
    }
    done = check(run, root, tree(**files))
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize(
    "name, text, message",
    [
        ("harness__core__a", '\n#include "net/loop.h"\n', 'harness/core/a.c:2: core may not include net ("net/'),
        ("harness__judge__a", '#include "base/span.h"\n', "harness/judge/a.c:1: judge may not include base"),
        ("harness__base__a", '#  include "core/h1.h"\n', "harness/base/a.c:1: base may not include core"),
        ("harness__peer__a", '#include "script/x.h"\n', "peer may not include script"),
        ("harness__report__a", '#include "script/x.h"\n', "report may not include script"),
        ("harness__core__a", "#include <sys/socket.h>\n", "core may not include <sys/socket.h>: it belongs to"),
        ("harness__script__a", "#include <netinet/in.h>\n", "script may not include <netinet/in.h>"),
        ("harness__case__a", "#include <libxml/tree.h>\n", "case may not include <libxml/tree.h>"),
        ("harness__tests__core_a_test", '#include "net/loop.h"\n', "core may not include net"),
        ("fuzz__a", '#include "net/loop.h"\n', "fuzz/a.c:1: fuzz may not include net"),
        ("harness__core__a", '#include "h1.h"\n', 'names no layer: write "LAYER/h1.h"'),
        ("harness__extra__a", "\n", 'no layer is named "extra"'),
    ],
    ids=lambda value: value if "__" in value else "",
)
def test_a_breach_is_found_at_its_line(run, root, tree, name, text, message):
    done = check(run, root, tree(**{name: text}))
    assert done.returncode == 1
    assert message in done.stdout
    assert "check-layers: 1 breaches" in done.stdout


def test_lint_names_its_steps(run, root):
    done = run(root / "scripts" / "lint", "tidyy")
    assert done.returncode == 2
    assert "no step is named 'tidyy'; known: format layers" in done.stderr
