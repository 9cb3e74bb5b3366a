"""One page for a tree of decisions: what is done now, what waits for which news, and its worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from planner.core.case import Case
from planner.outputs import formats, page, svg

WIDE, GAP, LINE, PAD, ROOM = 300, 70, 17, 12, 14
"""Width of a node, room between stages, height of a line, inner margin, room between nodes [px]."""
MOST_LINES = 7
WORDS = {
    "modules": "modules", "centre": "centre", "buy": "fab bought", "refit": "fab refitted",
    "convert": "lots refitted", "close": "lots closed", "harden": "site hardened",
}  # fmt: skip
Found = Mapping[str, Any]


def write_wait_page(found: Found, case: Case, path: Path) -> None:
    """Write the page; it needs no network."""
    low, high = found["price_usd_bn"]
    context = {
        "title": f"{case.scenario.label}: the option to wait",
        "text": found["text"],
        "tree": page.drawn(drawing(found)),
        "worth": [
            ("decide everything now", *_span(found["now_usd_bn"]), f"{found['plan_gap']:.2%}"),
            ("wait for news", *_span(found["tree_usd_bn"]), f"{found['gap']:.2%}"),
            ("price of the option to wait", *_span((low, high)), ""),
        ],
        "rows": rows(found, case),
        "script": {},
    }
    page.write(path, page.render("wait.html.j2", context, ("page.js",)))


def _span(pair: Sequence[float]) -> tuple[str, str]:
    return formats.number(float(pair[0]), 2), formats.number(float(pair[1]), 2)


def rows(found: Found, case: Case) -> list[list[str]]:
    """Every move: news it waits for, its chance, year, where, what, how many."""
    table = []
    for node in found["nodes"]:
        for move in node["moves"]:
            always = node["stage"] and move["whatever"]
            news = "whatever the news" if always else _path(found, node)
            if always and node["number"]:
                continue  # said once, with the first of the nodes
            table.append(
                [
                    news, "100 %" if always else f"{node['chance']:.0%}", str(move["period"]),
                    case.name("countries", move["country"]), str(move["name"]),
                    WORDS.get(move["what"], move["what"]), str(move["of"]), str(move["number"]),
                ]
            )  # fmt: skip
    return table


def _path(found: Found, node: Found) -> str:
    """News on the way to a node."""
    words = [str(node["news"])]
    while node["stage"] > 1:
        up = node["stage"] - 1, node["parent"]
        node = next(n for n in found["nodes"] if (n["stage"], n["number"]) == up)
        words.insert(0, str(node["news"]))
    return "; then ".join(words)


def _lines(node: Found) -> list[tuple[str, bool]]:
    """Moves of a node by country, class and year, and whether all of a line waits for news."""
    sums: dict[tuple[int, str, str, str], int] = {}
    waits: dict[tuple[int, str, str, str], bool] = {}
    for move in node["moves"]:
        of = str(move["of"]).split(" ")[0]
        key = (int(move["period"]), str(move["country"]), of, str(move["what"]))
        sums[key] = sums.get(key, 0) + int(move["number"])
        waits[key] = waits.get(key, True) and not move["whatever"]
    made = []
    for (t, country, of, what), number in sorted(sums.items()):
        words = WORDS.get(what, what)
        many = "centre" if what == "centre" else f"{number} {words}"
        many = many.replace("modules", "module") if number == 1 else many
        made.append((f"{t} {country} {of}: {many}", waits[t, country, of, what]))
    if len(made) > MOST_LINES:
        more = len(made) - MOST_LINES + 1
        made = [*made[: MOST_LINES - 1], (f"and {more} more in the table", False)]
    return made or [("nothing more begins", False)]


def drawing(found: Found) -> str:
    """The tree as SVG: stages from left to right, nodes at the middle of their leaves."""
    nodes = {(n["stage"], n["number"]): n for n in found["nodes"]}
    height = {key: 2 * PAD + LINE * (2 + len(_lines(n))) for key, n in nodes.items()}
    tops = _tops(nodes, height)
    parts = []
    for key, node in nodes.items():
        x, y = key[0] * (WIDE + GAP), tops[key]
        if node["parent"] is not None:
            up = (key[0] - 1, int(node["parent"]))
            start = (up[0] * (WIDE + GAP) + WIDE, tops[up] + height[up] / 2)
            middle = start[0] + GAP / 2
            bends = (
                (*start, middle, start[1]),
                (middle, start[1], middle, y + height[key] / 2),
                (middle, y + height[key] / 2, x, y + height[key] / 2),
            )
            parts += [svg.rule(ends, "muted", "stroke-width:1.5") for ends in bends]
        parts.append(_box(node, (x, y), height[key]))
    width = (max(k[0] for k in nodes) + 1) * (WIDE + GAP) - GAP
    low = max(tops[k] + height[k] for k in nodes)
    return svg.drawing((width, low), "".join(parts), "What waits for which news", "chart heat")


def _tops(
    nodes: Mapping[tuple[int, int], Found], height: Mapping[tuple[int, int], int]
) -> dict[tuple[int, int], float]:
    """Upper edge of every node: each under the one before it, and near the middle of its own."""
    tops: dict[tuple[int, int], float] = {}
    for stage in sorted({k[0] for k in nodes}, reverse=True):
        end = 0.0
        for key in (k for k in nodes if k[0] == stage):
            under = [
                tops[k] + height[k] / 2
                for k, n in nodes.items()
                if k[0] == stage + 1 and n["parent"] == key[1]
            ]
            wish = sum(under) / len(under) - height[key] / 2 if under else end
            tops[key] = max(end, wish)
            end = tops[key] + height[key] + ROOM
    return tops


def _box(node: Found, spot: tuple[float, float], height: float) -> str:
    x, y = spot
    news = str(node["news"])
    short = news if len(news) <= 40 else news[:38] + "…"
    since = f"from {node['from']}, chance {node['chance']:.0%}"
    parts = [
        svg.bar((x, y, WIDE, height), "card", news, f"stroke:{svg.colour('line')}"),
        svg.text((x + PAD, y + PAD + 9), short, weight=600, size=13, tip=news),
        svg.text((x + PAD, y + PAD + 9 + LINE), since, fill="muted"),
    ]
    for n, (words, waits) in enumerate(_lines(node)):
        spot = (x + PAD, y + PAD + 9 + LINE * (n + 2))
        shade = "total" if waits and node["stage"] else "ink"
        parts.append(svg.text(spot, words, fill=shade, size=12))
    return "".join(parts)
