"""Results as Markdown tables, for a README or the summary of a job."""

from interim_report.results import group_of, pair_word, worst

# What Markdown, in any of its dialects, could take for markup.
MARKUP = "\\`*_{}[]()<>#+-.!|~&$@:"


def escaped(text):
    """Text for one cell: no markup, no HTML, no link, no mention."""
    return "".join(f"&#{ord(character)};" if character in MARKUP and character not in "-.()+:" else character for character in text)


def table(rows, align):
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "| " + " | ".join(align) + " |", *lines[1:]]) + "\n"


def columns_of(runs):
    return [(run, pair) for run in runs for pair in run.pairs()]


def by_target(runs):
    """A row for each target and pair of versions: the counts, and its faults in words."""
    rows = [["target", "seat", "versions", "pass", "fail", "warn", "info", "skip", "error", "what went wrong"]]
    for run, pair in columns_of(runs):
        counts = run.counts(pair)
        numbers = [str(counts[verdict]) for verdict in ("pass", "fail", "warn", "info", "skip", "error")]
        if counts["fail"]:
            numbers[1] = f"**{numbers[1]}**"
        words = [escaped(run.label), run.target["seat"], pair_word(pair)]
        rows.append([*words, *numbers, wrong_words(run, pair)])
    return table(rows, ["---", "---", "---", *["---:"] * 6, "---"])


def wrong_words(run, pair):
    """The outcomes of what failed or warned, most frequent first."""
    counts = {}
    for case in run.of_pair(pair):
        if case["verdict"] in ("fail", "warn"):
            counts[case["outcome"]] = counts.get(case["outcome"], 0) + 1
    words = [f"{word} ({count})" for word, count in sorted(counts.items(), key=lambda item: -item[1])]
    if not run.is_whole():
        words.append("this run is not whole")
    return ", ".join(words) or "nothing"


def by_group(runs):
    """A row for each group of cases, a column for each target: how many passed of how many judged."""
    columns = columns_of(runs)
    groups = sorted({group_of(case["id"]) for run in runs for case in run.cases})
    head = [f"{escaped(run.label)}<br>{pair_word(pair)}" for run, pair in columns]
    rows = [["cases", *head]]
    for group in groups:
        rows.append([escaped(group), *(cell(run, pair, group) for run, pair in columns)])
    return table(rows, ["---"] * len(rows[0]))


def cell(run, pair, group):
    return cell_of([case for case in run.of_pair(pair) if group_of(case["id"]) == group])


def cell_of(cases):
    """The worst verdict of some results, and how many have it."""
    if not cases:
        return ""
    verdict = worst(case["verdict"] for case in cases)
    if verdict in ("pass", "info", "skip"):
        return verdict
    bad = sum(case["verdict"] == verdict for case in cases)
    words = f"{verdict.upper()} {bad} of {len(cases)}"
    return f"**{words}**" if verdict == "fail" else words
