"""Draws results as SVG: plain horizontal bars that can be read on a light and on a dark page."""

from html import escape
import math

from .catalogue import OWN, TITLES
from .machine import names
from .tables import of_group

WIDTH = 760
LEFT = 140
RIGHT = 70
BAR = 9
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif"

# The peers that are drawn.
DRAWN = ["go", "erlang", "c", "rust"]

# A colour for each language, on a light and on a dark page. They differ in lightness too, not only in hue.
STYLE = f"""
  text {{ font: 12px {FONT}; fill: #24292f; }}
  .title {{ font-size: 15px; font-weight: 600; }}
  .group {{ font-weight: 600; }}
  .small {{ font-size: 10.5px; fill: #57606a; }}
  .grid {{ stroke: #d0d7de; stroke-width: 1; }}
  .one {{ stroke: #24292f; stroke-width: 1.5; }}
  .inko {{ fill: #6f42c1; }}
  .go {{ fill: #0a7ea4; }}
  .erlang {{ fill: #e08a3c; }}
  .c {{ fill: #57606a; }}
  .rust {{ fill: #b5403a; }}
  .later {{ opacity: 0.55; }}
  @media (prefers-color-scheme: dark) {{
    text {{ fill: #e6edf3; }}
    .small {{ fill: #9da7b1; }}
    .grid {{ stroke: #3a424c; }}
    .one {{ stroke: #e6edf3; }}
    .inko {{ fill: #b392f0; }}
    .go {{ fill: #39b6dd; }}
    .erlang {{ fill: #f0a860; }}
    .c {{ fill: #b1bac4; }}
    .rust {{ fill: #f0857d; }}
  }}
"""


class Picture:
    """An SVG that grows downwards."""

    def __init__(self, title):
        self.parts = []
        self.y = 24
        self.title = title
        self.text(16, title, "title")
        self.y += 14

    def text(self, x, content, style="", anchor="start", y=None):
        place = self.y if y is None else y
        self.parts.append(
            f'<text x="{x:.1f}" y="{place:.1f}" class="{style}" text-anchor="{anchor}">{escape(content)}</text>'
        )

    def line(self, x, top, bottom, style):
        self.parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{top:.1f}" y2="{bottom:.1f}" class="{style}"/>')

    def bar(self, x, width, style, description):
        self.parts.append(
            f'<rect x="{x:.1f}" y="{self.y:.1f}" width="{max(width, 1):.1f}" height="{BAR}" rx="1.5" class="{style}">'
            f"<title>{escape(description)}</title></rect>"
        )

    def legend(self, entries):
        """Names beside squares of their colours."""
        x = 16
        for style, name in entries:
            self.parts.append(f'<rect x="{x}" y="{self.y - 9:.1f}" width="10" height="10" rx="2" class="{style}"/>')
            self.text(x + 15, name)
            x += 27 + 7 * len(name)
        self.y += 20

    def svg(self):
        height = self.y + 8
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" width="{WIDTH}" '
            f'height="{height:.0f}" role="img" aria-label="{escape(self.title)}">\n<style>{STYLE}</style>\n'
            + "\n".join(self.parts)
            + "\n</svg>\n"
        )


def bounds(values):
    """The powers of two around some ratios, with 1 between them."""
    low = min(-1, math.floor(math.log2(min(values))))
    high = max(1, math.ceil(math.log2(max(values))))
    return low, high


def ratios(results):
    """Bars of the ratios to the peers on a logarithmic scale, or None if there are none."""
    named = names(results["machine"])
    groups = {group: of_group(results, group) for group in TITLES}
    values = [
        found["languages"][peer]["ratio"]
        for programs in groups.values()
        for _, found in programs
        for peer in DRAWN
        if "ratio" in found["languages"].get(peer, {})
    ]
    if not values:
        return None
    low, high = bounds(values)

    def place(ratio):
        return LEFT + (math.log2(ratio) - low) / (high - low) * (WIDTH - LEFT - RIGHT)

    picture = Picture("How many times as fast as others")
    picture.text(16, "The peer's time divided by ours. To the right of 1 we are faster.", "small")
    picture.y += 22
    measured = {peer for programs in groups.values() for _, found in programs for peer in found["languages"]}
    picture.legend([(peer, named[peer]) for peer in DRAWN if peer in measured and peer in named])
    top = picture.y
    picture.y += 8
    marks = []
    for group, programs in groups.items():
        if not programs:
            continue
        picture.y += 12
        picture.text(16, TITLES[group], "group")
        picture.y += 10
        for name, found in programs:
            drawn = [peer for peer in DRAWN if "ratio" in found["languages"].get(peer, {})]
            if not drawn:
                continue
            picture.text(LEFT - 8, name, "", "end", picture.y + (BAR + 1) * len(drawn) / 2 + 4)
            for peer in drawn:
                ratio = found["languages"][peer]["ratio"]
                start, end = sorted((place(1), place(ratio)))
                picture.bar(start, end - start, peer, f"{name} beside {named.get(peer, peer)}: {ratio:.2f}")
                outside = (end + 4, "start") if ratio >= 1 else (start - 4, "end")
                marks.append((outside[0], f"{ratio:.2f}", outside[1], picture.y + BAR - 0.5))
                picture.y += BAR + 1
            picture.y += 7
        picture.y += 8
    bottom = picture.y - 6
    grid = Picture("")
    grid.parts = []
    for power in range(low, high + 1):
        grid.line(place(2**power), top, bottom, "one" if power == 0 else "grid")
        label = f"{2**power}" if power >= 0 else f"1/{2**-power}"
        grid.text(place(2**power), label, "small", "middle", bottom + 14)
    # The grid is drawn first, so that it lies below the bars.
    picture.parts = grid.parts + picture.parts
    for x, label, anchor, y in marks:
        picture.text(x, label, "small", anchor, y)
    picture.y = bottom + 18
    return picture.svg()


def memory(results):
    """Bars of the memory of a waiting process in each language."""
    waiting, named = results["alive_memory"], names(results["machine"])
    languages = {name: found for name, found in waiting["languages"].items() if name in named}
    if not languages:
        return None
    most = max(found[key] for found in languages.values() for key in ("started_bytes_each", "idle_bytes_each"))
    scale = (WIDTH - LEFT - RIGHT) / most
    picture = Picture("Memory of a waiting process, in bytes")
    picture.text(16, f"Resident memory with {waiting['processes']} of them, divided by their number.", "small")
    picture.y += 20
    for language, found in languages.items():
        name = named[language]
        picture.text(LEFT - 8, name, "", "end", picture.y + BAR + 5)
        shown = [
            ("started_bytes_each", language, "at once"),
            ("idle_bytes_each", f"{language} later", f"after {waiting['idle_seconds']:g} idle seconds"),
        ]
        for key, style, when in shown:
            picture.bar(LEFT, found[key] * scale, style, f"{name}, {when}: {found[key]:.0f} bytes")
            label = f"{found[key]:.0f}" + (f" {when}" if language == OWN else "")
            picture.text(LEFT + found[key] * scale + 4, label, "small", "start", picture.y + BAR - 0.5)
            picture.y += BAR + 2
        picture.y += 10
    return picture.svg()
