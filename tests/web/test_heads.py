"""Headings begin as sentences do, also where they begin with a day."""

from __future__ import annotations

import re
from pathlib import Path

from booking.web.languages import starting

TEMPLATES = Path(__file__).parents[2] / "templates"
# A heading, a legend or a summary whose first words are a day, a moment or a month.
BEGINS_WITH_A_DAY = re.compile(
    r"<(?:h[1-6]|legend|summary|caption)\b[^>]*>\s*\{\{-?\s*[\w.\[\]]+\|(?:day|moment|month|short_day)\s*-?\}\}"
)


def test_a_heading_that_begins_with_a_day_begins_with_a_capital() -> None:
    small = [
        f"{file.relative_to(TEMPLATES)}: {match[0]}"
        for file in sorted(TEMPLATES.rglob("*.html"))
        for match in BEGINS_WITH_A_DAY.finditer(file.read_text(encoding="utf-8"))
    ]
    assert small == []


def test_only_the_first_letter_of_a_line_is_made_large() -> None:
    assert starting("søndag 6. desember kl. 10:30") == "Søndag 6. desember kl. 10:30"
    assert starting("ābolu diena") == "Ābolu diena"
    assert starting("") == ""
