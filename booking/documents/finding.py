"""Where the centre is, for whoever has to drive there."""

from __future__ import annotations

from urllib.parse import urlencode


def map_of(address: str) -> str:
    """A link to an address on a map that asks nobody for anything (OpenStreetMap)."""
    return "https://www.openstreetmap.org/search?" + urlencode({"query": address})
