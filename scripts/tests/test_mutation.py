"""scripts/mutate: which small wrong changes it makes in C, and what it says of the tests."""

import pathlib
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from interim_mutation import find_mutants, read_tokens  # noqa: E402


def changes(text):
    return [mutant.change for mutant in find_mutants("a.c", text)]


def in_function(statement):
    return changes(f"int f(int a, int b) {{ {statement} }}")


def test_tokens_are_what_the_compiler_reads():
    text = '#define A \\\n  1 == 2\n/* 3 < 4 */ x >>= 0x1fU; // y\nputs("a \\" == 5");\nc = \'"\';\n'
    assert [token.text for token in read_tokens(text)] == [
        *("x", ">>=", "0x1fU", ";"),
        *("puts", "(", '"a \\" == 5"', ")", ";"),
        *("c", "=", "'\"'", ";"),
    ]


@pytest.mark.parametrize(
    "statement, expected",
    [
        ("return a == b;", ["== to !="]),
        ("return a < b;", ["< to <="]),
        ("return a << b | a->b - a;", []),
        ("return a && b;", ["&& to ||"]),
        ("return !a;", ["! dropped"]),
        ("return true;", ["true to false"]),
        ("return 0x7fU;", ["0x7fU to 0x80U"]),
        ("return 1.5;", []),
        ("if (a) { return; }", ["if turned", "dropped: return;"]),
        ("if (a == b) { }", ["== to !="]),
        ("if (!a) { }", ["! dropped"]),
        ("if (a == b || g(b)) { }", ["if turned", "== to !=", "|| to &&"]),
        ("a = b;", ["dropped: a = b;"]),
        ("*p++ = b;", ["dropped: *p++ = b;"]),
        ("g(a, (struct s){.b = a});", ["dropped: g(a, (struct s){.b = a});"]),
        ("for (;;) { break; }", ["dropped: break;"]),
        ("switch (a) { case B: g(); }", ["dropped: g();"]),
        ("a = b ? g(a) : h(a);", ["dropped: a = b ? g(a) : h(a);"]),
        ("struct s s = {0};", []),
        ("char text[16];", []),
        ("int c = b[16];", ["16 to 17"]),
        ("(void)a;", []),
        ("return (a);", []),
        ("while (a) { }", []),
    ],
)
def test_what_is_changed_in_a_function(statement, expected):
    assert in_function(statement) == expected


@pytest.mark.parametrize(
    "text, expected",
    [
        ("static_assert(A == 4, \"A\");", []),
        ("int f(int);\nint g(void);", []),
        ("struct s {\n  bool (*call)(int);\n};", []),
        ("enum e { A = 8, B = 1 << 4 };", ["8 to 9", "1 to 2", "4 to 5"]),
        ("static const struct s table[] = {{A, true}, {B, 3}};", ["true to false", "3 to 4"]),
        ("#if A == B\n#endif\n", []),
    ],
)
def test_what_is_changed_elsewhere(text, expected):
    assert changes(text) == expected


def test_a_mutant_is_one_change_at_its_line():
    text = "int f(int a) {\n  if (a) {\n    g(0);\n  }\n  return a;\n}\n"
    turned, dropped, number = find_mutants("x/a.c", text)
    assert turned.apply(text) == text.replace("if (a)", "if (!(a))")
    assert dropped.apply(text) == text.replace("g(0);", ";")
    assert number.apply(text) == text.replace("g(0)", "g(1)")
    assert (number.line, number.name) == (3, ("x/a.c", "g(0);", "0 to 1"))


def test_the_name_of_a_mutant_outlives_an_edit_elsewhere_and_tells_twins_apart():
    text = "int f(int a) {\n  return a < 1 || a < 2 || a < 3;\n}\n"
    names = [mutant.name for mutant in find_mutants("a.c", text)]
    assert [mutant.name for mutant in find_mutants("a.c", "int x;\n\n" + text)] == names
    assert len(set(names)) == len(names)


def test_our_own_code_is_changed_in_code_alone(root):
    for path in sorted((root / "harness").glob("*/*.[ch]")):
        for mutant in find_mutants(str(path), path.read_text()):
            assert not mutant.source.startswith(("#", "//", "/*", "* ")), mutant


def test_a_sample_is_the_same_for_the_same_seed(root):
    def listed(*options):
        order = [root / "scripts/mutate", "--list", *options]
        return subprocess.run(order, check=True, capture_output=True, text=True).stdout.splitlines()

    every = listed("--layer", "judge")
    sample = listed("--layer", "judge", "--sample", "10", "--seed", "4")
    assert len(sample) == 10 and set(sample) < set(every)
    assert sample == listed("--layer", "judge", "--sample", "10", "--seed", "4")
    assert all(line.startswith("harness/judge/verdict.c:") for line in listed("--file", "*/judge/verdict.c"))
