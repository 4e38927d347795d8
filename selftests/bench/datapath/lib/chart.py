# SPDX-License-Identifier: GPL-2.0-or-later
"""A chart of the figures, as SVG: for each size a bar for each contender, sending and receiving."""

from xml.sax.saxutils import escape

WIDTH, LABEL, VALUE, BAR, GAP, TITLE = 760, 190, 110, 16, 4, 34
SEND, RECEIVE, BARE = "#31688e", "#8fb8d0", "#b0b0b0"


def text(x, y, content, size=12, anchor="start", weight="normal"):
    return (f'<text x="{x}" y="{y}" font-size="{size}" text-anchor="{anchor}" '
            f'font-weight="{weight}">{escape(content)}</text>')


def rectangle(x, y, width, colour):
    return (f'<rect x="{x:.1f}" y="{y}" width="{max(width, 0.5):.1f}" height="{BAR}" '
            f'fill="{colour}"/>')


def bar(figures, name, size, y, scale):
    send, receive = (figures.median(name, size, column) for column in ("send", "receive"))
    bare = name.startswith("limit-")
    yield text(LABEL - 8, y + BAR - 4, name, anchor="end")
    yield rectangle(LABEL, y, send * scale, BARE if bare else SEND)
    yield rectangle(LABEL + send * scale, y, receive * scale, BARE if bare else RECEIVE)
    yield text(LABEL + (send + receive) * scale + 6, y + BAR - 4, f"{send + receive:,.0f} ns")


def panel(figures, size, y):
    names = figures.names
    longest = max(figures.median(name, size, "total") for name in names)
    scale = (WIDTH - LABEL - VALUE) / longest
    title = "60 KB in one call" if size == "super" else f"{size} octets"
    yield text(LABEL, y + TITLE - 12, title, 14, weight="bold")
    for number, name in enumerate(names):
        yield from bar(figures, name, size, y + TITLE + number * (BAR + GAP), scale)


def legend():
    for x, colour, words in ((LABEL, SEND, "send"), (LABEL + 80, RECEIVE, "receive"),
                             (LABEL + 180, BARE, "cipher and MAC alone, both ways")):
        yield rectangle(x, 34, BAR, colour)
        yield text(x + BAR + 6, 34 + BAR - 4, words)


def draw(figures, title):
    """The whole file."""
    height = TITLE + len(figures.names) * (BAR + GAP)
    total = 60 + len(figures.sizes) * height + 10
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{total}" '
             f'viewBox="0 0 {WIDTH} {total}" font-family="sans-serif">',
             f'<rect width="{WIDTH}" height="{total}" fill="white"/>',
             text(10, 20, title, 14, weight="bold"), *legend()]
    for number, size in enumerate(figures.sizes):
        parts.extend(panel(figures, size, 60 + number * height))
    return "\n".join([*parts, "</svg>", ""])
