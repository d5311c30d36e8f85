"""What a browser calls itself, in words that a person recognises."""

from __future__ import annotations

import re

# The first that fits counts: Edge and Opera say Chrome too, Chrome says Safari, phones say Linux or Mac.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrom", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def device(user_agent: str) -> str:
    """Browser and system, "Firefox, Windows"; "" when it says neither. Nothing it says is passed on as it stands."""
    header = re.sub(r"[^\x20-\x7e]", "", user_agent[:400])
    names = [next((name for mark, name in known if mark in header), "") for known in (BROWSERS, SYSTEMS)]
    return ", ".join(name for name in names if name)
