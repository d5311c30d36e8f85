"""The drawing of the house as a picture, for those who show a link to us: they take no drawings."""

from __future__ import annotations

import re

from booking.centre.facts import CentreFacts
from booking.centre.scene import scene_of
from booking.kernel.database import end_reading
from booking.pictures.drawn import png_of

HIGH = 315  # points: 630 dots, and 1200 across, as those who show links want it
TOP, ACROSS, DOWN, LEFT = -4, 903, 474, 288  # what is seen of the drawing


def shared_picture(drawing: str, css: str, centre: CentreFacts) -> bytes:
    """The page's own drawing, filled by the page's own rules, by day. Raises Undrawable. Not inside a unit of work."""
    end_reading()  # drawing takes its time
    return png_of(_by_itself(drawing, css, centre).encode(), HIGH)


def _by_itself(drawing: str, css: str, centre: CentreFacts) -> str:
    """The drawing with its colours in it: whoever makes it a picture knows no properties of a page."""
    colours = scene_of(centre.brand, centre.accent)
    by_day = re.sub(r"/\*.*?\*/|@media[^{]*\{.*\}", "", css)
    rules = re.sub(r"var\(--scene-([a-z]+)\)", lambda part: colours[part[1]], by_day)
    sky = f'<rect y="{TOP}" width="1200" height="{DOWN}" fill="{colours["sky"]}"/>'
    seen = f'viewBox="{LEFT} {TOP} {ACROSS} {DOWN}" width="1200" height="630"'
    framed = re.sub(r'viewBox="[^"]*"', seen, drawing, count=1)
    return re.sub(r"(<svg[^>]*>)", rf"\1<style>{rules}</style>{sky}", framed, count=1)
