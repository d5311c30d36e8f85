"""Drawings made from names: the same for the same name, light, one shape, in the centre's colours, for ever kept."""

from __future__ import annotations

import gzip
import re
from xml.etree import ElementTree

import pytest
from flask import Flask, g

from booking.centre.motif import FAMILIES, Chance, drawing
from booking.centre.queries import the_row
from booking.kernel.database import db, unit_of_work
from booking.pictures.logo_files import SVG, checked_logo
from tests.builders import a_centre
from tests.web.browsing import Visitor

BRAND, ACCENT = "#0b4f6c", "#f2a541"
NAMES = [f"activity-{number}" for number in range(150)]


def test_every_family_and_tone_is_drawn_somewhere_and_no_drawing_is_heavy() -> None:
    drawn = [drawing(name, BRAND, ACCENT) for name in NAMES]
    assert {Chance(name).whole(0, len(FAMILIES) - 1) for name in NAMES} == set(range(len(FAMILIES)))
    assert len({svg.partition("</style>")[0] for svg in drawn}) == 6
    assert len(set(drawn)) == len(drawn)
    assert max(len(gzip.compress(svg.encode())) for svg in drawn) < 3000


@pytest.mark.parametrize("name", ["", "ild-og-is", "ķ&<script>", "x" * 500])
def test_a_drawing_does_nothing_but_draw(name: str) -> None:
    svg = drawing(name, BRAND, ACCENT)
    assert checked_logo(svg.encode()) == SVG
    root = ElementTree.fromstring(svg)
    assert root.attrib["viewBox"] == "0 0 600 400" and "script" not in svg
    assert not re.search(r"nan|inf|e-[0-9]", svg)


def test_the_same_name_is_the_same_drawing_on_every_machine() -> None:
    """Browsers keep drawings for good: whoever changes one of a family counts up RECIPE."""
    assert drawing("ild-og-is", BRAND, ACCENT) == drawing("ild-og-is", BRAND, ACCENT)
    assert [Chance("ild-og-is").whole(0, 255), round(Chance("lyd").between(0, 1000))] == [244, 23]


def test_the_centres_colours_are_in_it_and_its_address_changes_with_them(app: Flask, visitor: Visitor) -> None:
    a_centre()

    def address() -> str:
        with app.test_request_context("/nb/"):
            g.pop("centre", None)  # the context is the test's own
            shown: str = app.jinja_env.globals["motif"]("lyd")  # type: ignore[operator]  # a function of ours
        sought = re.search(r'src="([^"]+)" width="600" height="400" alt=""', shown)
        assert sought is not None
        return sought[1].replace("&amp;", "&")

    first = address()
    answer = visitor.get(first)
    assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    with unit_of_work():
        row = the_row()
        assert row is not None
        row.brand = "#7a1f5c"
        db.session.flush()
    assert address() != first
    assert visitor.get(first).headers["Cache-Control"] == "no-cache"
