"""Colours, markers and sizes, the same on printed maps and on pages.

Product classes run from dark violet to yellow as nodes get older: readable for the colour-blind and
in grey. Shape always says the kind as well: disc = fab, diamond = research centre.
"""

from __future__ import annotations

from collections.abc import Mapping

PRODUCTS: Mapping[str, str] = {
    "N2": "#440154",
    "N3": "#3b528b",
    "N5": "#21918c",
    "N7": "#5ec962",
    "N16": "#e8a317",
    "N28": "#b0532a",
    "N40": "#7a7a7a",
    "PKG": "#c94f9b",
    "MEM": "#21918c",
    "LOG": "#e8a317",
}
OTHER = "#5b6675"
"""Any product class the ramp does not know."""

INK, MUTED, FAINT = "#1c2430", "#56606e", "#8b93a0"
SEA, LAND, LAND_EDGE = "#eaf1f6", "#e6e6e1", "#c9c9c3"
HOST, OUTLINE, FRAME = "#d3c5ab", "#6b6b66", "#9aa3ad"
NO_DATA, NO_DATA_HATCH = "#f1f0ec", "#e0dfda"
RESEARCH = "#24384f"
"""Research centres belong to no product class."""
LINK = "#1f4e79"
"""Dashed lines of co-creation."""
CANDIDATE_EDGE = "#4a4a4a"

RAMPS: Mapping[str, tuple[str, ...]] = {
    "risk": ("#fbf6ea", "#f3dcb8", "#e3a880", "#bf655c"),
    "hazard": ("#fbf6ea", "#f3dcb8", "#e3a880", "#bf655c"),
    "subsidy": ("#f4f7ee", "#d3e3c6", "#a3c4a0", "#6d9f86"),
    "wage": ("#f5f3f8", "#dad5e8", "#b6b0d2", "#8a86b5"),
    "water": ("#eef6f8", "#c3dfe8", "#8fc3d4", "#4a8fa8"),
    "water-price": ("#eef6f8", "#c3dfe8", "#8fc3d4", "#4a8fa8"),
    "power": ("#fbf7e4", "#f3e3ad", "#dfc27b", "#b99350"),
}
"""Shading of the map layers, low to high."""

ALWAYS, SOMETIMES, NEVER, REGRETTED = "#1f4e79", "#e3a04f", "#4a4a4a", "#b3243b"
"""How often a site is chosen: dark, pale and hollow, so that they are told apart in grey."""

DIFFERENCES: Mapping[str, tuple[str, str]] = {
    "opened": ("#1b6ca8", "+"),
    "dropped": ("#b3243b", "\u00d7"),
    "moved": ("#d9820f", "\u2192"),
    "resized": ("#7b3294", "\u2195"),
    "changed": ("#5a5a5a", "~"),
    "same": ("#b9bec5", ""),
}
"""Kind of difference between two plans -> colour, sign inside the marker."""

SMALLEST_PT, LARGEST_PT = 3.0, 31.0
PT2_PER_KWPM = 2.6
CANDIDATE_PT, RESEARCH_PT = 3.9, 8.4


def product_colour(product: str) -> str:
    """Colour of a product class."""
    return PRODUCTS.get(product, OTHER)


def tint(colour: str, white: float = 0.62) -> str:
    """Colour mixed with white: what stands today is paler than what is new."""
    parts = (int(colour[n : n + 2], 16) for n in (1, 3, 5))
    return "#" + "".join(f"{round(v + (255 - v) * white):02x}" for v in parts)


def marker_points(kwpm: float, largest: float) -> float:
    """Diameter of a disc whose area grows with capacity [pt].

    `largest` is the largest capacity on the map; it never gets more than `LARGEST_PT`.
    """
    room = LARGEST_PT**2 - SMALLEST_PT**2
    slope = PT2_PER_KWPM if largest <= 0 else min(PT2_PER_KWPM, room / largest)
    return float((SMALLEST_PT**2 + slope * max(kwpm, 0.0)) ** 0.5)
