"""A badge: one small SVG image with the result in words."""

from xml.sax.saxutils import escape, quoteattr

# Of a sans-serif face at 11 pixels; textLength makes up for what the reader's own face differs.
WIDTHS = {**dict.fromkeys("iljtfr.,:;|'!I()[] ", 4.0), **dict.fromkeys("mwMW%@", 10.0)}
COLOURS = {"error": "#5b6270", "fail": "#b3261e", "warn": "#8a5a00", "pass": "#1a7340"}


def width_of(text):
    return sum(WIDTHS.get(character, 6.6) for character in text)


def message_of(runs):
    """(words, colour): of all runs together."""
    counts = {}
    for run in runs:
        for verdict, count in run.counts().items():
            counts[verdict] = counts.get(verdict, 0) + count
    if not all(run.is_whole() for run in runs) or not sum(counts.values()):
        return "not judged", COLOURS["error"]
    words = ", ".join(f"{counts[verdict]} {verdict}" for verdict in ("fail", "warn", "pass") if counts[verdict])
    for verdict in ("fail", "error", "warn", "pass"):
        if counts[verdict]:
            return words if verdict != "error" else f"{words}, {counts['error']} error".lstrip(", "), COLOURS[verdict]
    return "nothing judged", COLOURS["error"]


def badge(runs, label):
    words, colour = message_of(runs)
    left, right = round(width_of(label) + 12), round(width_of(words) + 12)
    title = f"{label}: {words}"
    texts = "".join(
        f'<text x="{x}" y="14" textLength="{width - 12}" lengthAdjust="spacingAndGlyphs">{escape(text)}</text>'
        for x, width, text in ((6, left, label), (left + 6, right, words))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img" '
        f"aria-label={quoteattr(title)}><title>{escape(title)}</title>"
        f'<clipPath id="round"><rect width="{left + right}" height="20" rx="3"/></clipPath>'
        f'<g clip-path="url(#round)"><rect width="{left}" height="20" fill="#30343c"/>'
        f'<rect x="{left}" width="{right}" height="20" fill="{colour}"/></g>'
        f'<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">{texts}</g></svg>\n'
    )
