"""Mutants of C source: its tokens, and the small wrong changes that a unit test should notice."""

import re
from typing import NamedTuple

TOKEN = re.compile(
    r"""(?P<blank>\s+|//[^\n]*|/\*.*?\*/)
      | (?P<directive>(?<![^\n])[ \t]*\#(?:[^\\\n]|\\.)*)
      | (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
      | (?P<number>\.?[0-9](?:[eEpP][+-]|[\w.])*)
      | (?P<word>[A-Za-z_]\w*)
      | (?P<sign><<=|>>=|\.\.\.|->|\+\+|--|<<|>>|&&|\|\||[-+*/%&|^<>=!]=|.)""",
    re.VERBOSE | re.DOTALL,
)
SWAPS = {"==": "!=", "!=": "==", "<": "<=", "<=": "<", ">": ">=", ">=": ">", "&&": "||", "||": "&&"}
SWAPS |= {"true": "false", "false": "true"}
ASSIGNMENTS = ("=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>=")
BLOCKS = ("if", "else", "for", "while", "switch", "do")
ASSERTS = ("assert", "static_assert", "_Static_assert")
JUMPS = ("break", "continue", "goto")
NO_EXPRESSION = (*BLOCKS, "return")


class Token(NamedTuple):
    kind: str
    text: str
    start: int

    @property
    def end(self):
        return self.start + len(self.text)


class Mutant(NamedTuple):
    """The text from start to end becomes new. Its name (file, source, change) outlives an edit elsewhere."""

    file: str
    line: int
    source: str
    change: str
    start: int
    end: int
    new: str

    @property
    def name(self):
        return self.file, self.source, self.change

    def apply(self, text):
        return text[: self.start] + self.new + text[self.end :]


def read_tokens(text):
    """What the compiler proper would read: no comments, no directives."""
    found = [Token(match.lastgroup, match.group(), match.start()) for match in TOKEN.finditer(text)]
    return [token for token in found if token.kind not in ("blank", "directive")]


def find_close(tokens, at):
    """The index of the bracket that closes the one at this index."""
    depth = 0
    for index in range(at, len(tokens)):
        if tokens[index].kind == "sign":
            depth += (tokens[index].text in "([{") - (tokens[index].text in ")]}")
        if depth == 0:
            return index
    raise ValueError(f"the bracket at offset {tokens[at].start} is never closed")


def without_asserts(tokens):
    index = 0
    while index < len(tokens):
        if tokens[index].text in ASSERTS:
            index = find_close(tokens, index + 1)
        else:
            yield tokens[index]
        index += 1


def find_swaps(tokens):
    for token in tokens:
        if token.text in SWAPS and token.kind in ("sign", "word"):
            yield token.start, token.end, SWAPS[token.text], f"{token.text} to {SWAPS[token.text]}"


def find_lost_nots(tokens):
    for token in tokens:
        if token.kind == "sign" and token.text == "!":
            yield token.start, token.end, "", "! dropped"


def find_turned_ifs(tokens):
    """A condition that is one comparison, or begins with "!", is turned by the changes above."""
    for index, token in enumerate(tokens):
        if token.text != "if":
            continue
        close = find_close(tokens, index + 1)
        inner = [part.text for part in tokens[index + 2 : close]]
        if {"&&", "||"} & set(inner) or not ({"==", "!="} & set(inner) or inner[0] == "!"):
            yield tokens[index + 1].end, tokens[close].start, None, "if turned"


def find_numbers(tokens):
    """One more than each integer, but for "{0}" and the length of an array that is declared."""
    for index, token in enumerate(tokens):
        match = re.fullmatch(r"(0[xX][0-9a-fA-F]+|[0-9]+)([uUlL]*)", token.text)
        if token.kind != "number" or not match or index < 3 or index + 1 == len(tokens):
            continue
        around = tokens[index - 1].text, tokens[index + 1].text
        declares = tokens[index - 3].kind == "word" or tokens[index - 3].text == "*"
        if around == ("{", "}") or (around == ("[", "]") and declares and tokens[index - 3].text != "return"):
            continue
        digits, suffix = match.groups()
        more = int(digits, 0 if digits[:2] in ("0x", "0X") else 10) + 1
        new = (hex(more) if digits[:2] in ("0x", "0X") else str(more)) + suffix
        yield token.start, token.end, new, f"{token.text} to {new}"


def is_droppable(statement):
    """Whether this is an expression or a jump that leaves no value undefined: no declaration, no "(void)x"."""
    texts = [token.text for token in statement[:3]]
    if texts[0] in JUMPS or texts[:2] == ["return", ";"]:
        return True
    if texts[0] == "(":
        return texts[1] != "void"
    if texts[0] in ("*", "++", "--"):
        return True
    if statement[0].kind != "word" or texts[0] in NO_EXPRESSION:
        return False
    return texts[1] in ("(", "->", ".", "[", "++", "--", *ASSIGNMENTS)


def find_dropped(tokens):
    """The statements of each function. A brace inside an expression or a declaration opens no block."""
    first, index, in_function, depth = 0, 0, False, 0
    while index < len(tokens):
        text = tokens[index].text if tokens[index].kind == "sign" else ""
        begins = tokens[first].text
        if text == "{" and (first == index or begins in BLOCKS or depth == 0):
            in_function = tokens[index - 1].text == ")" if depth == 0 else in_function
            depth += 1
            first = index + 1
        elif text in ("(", "[", "{"):
            index = find_close(tokens, index)
        elif text == "}":
            depth -= 1
            first = index + 1
        elif text == ":" and (begins in ("case", "default") or index == first + 1):
            first = index + 1
        elif text == ";":
            if in_function and depth > 0 and index > first and is_droppable(tokens[first : index + 1]):
                yield tokens[first].start, tokens[index].end, ";", None
            first = index + 1
        index += 1


def describe_drop(text):
    words = " ".join(text.split())
    return "dropped: " + (words if len(words) <= 60 else words[:57] + "...")


def find_mutants(file, text):
    """All mutants of one source file, in the order of its text."""
    tokens = list(without_asserts(read_tokens(text)))
    finders = (find_swaps, find_lost_nots, find_turned_ifs, find_numbers, find_dropped)
    lines = text.split("\n")
    seen, mutants = {}, []
    for start, end, new, change in sorted(
        (found for finder in finders for found in finder(tokens)), key=lambda found: found[:2]
    ):
        old = text[start:end]
        line = text.count("\n", 0, start) + 1
        source = lines[line - 1].strip()
        change = change or describe_drop(old)
        seen[source, change] = seen.get((source, change), 0) + 1
        if seen[source, change] > 1:
            change += f" ({seen[source, change]})"
        mutants.append(Mutant(file, line, source, change, start, end, f"!({old})" if new is None else new))
    return mutants
