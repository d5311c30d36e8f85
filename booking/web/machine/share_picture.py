"""The drawing of the house as a picture, for those who show a link to us: they take no drawings."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from flask import Response, abort, current_app

from booking.centre.facts import CentreFacts, the_centre
from booking.centre.scene import scene_of
from booking.documents.picture import Undrawable, png_of
from booking.kernel.database import db
from booking.web.blueprints import machine
from booking.web.guards.access import public

HIGH = 315  # points: 630 dots, and 1200 across, as those who show links want it
ACROSS = "288 -4 903 474"  # what is seen of the drawing
RULES = "static/css/visitor/11-scene.css"
KEPT = "public, max-age=31536000, immutable"


@machine.app_template_global()
def share_picture_of(facts: CentreFacts) -> str:
    """The name of the picture, which changes with the centre's colours."""
    return f"{facts.brand}{facts.accent}.png".replace("#", "")


@machine.get("/share/<name>")
@public
def share_picture(name: str) -> Response:
    """The house in the centre's colours, 1200 by 630; drawn once by each process that is asked."""
    facts = the_centre()
    if name != share_picture_of(facts):
        abort(404)
    db.session.rollback()  # drawing takes its time
    try:
        picture = png_of(_drawing(facts.brand, facts.accent).encode(), HIGH)
    except Undrawable:
        abort(404)
    response = Response(picture, mimetype="image/png")
    response.headers["Cache-Control"] = KEPT
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _drawing(brand: str, accent: str) -> str:
    """The drawing by itself, with its colours in it: whoever makes it a picture knows no properties of a page."""
    colours = scene_of(brand, accent)
    scene = str(current_app.jinja_env.get_template("components/house.html").module.scene())  # type: ignore[attr-defined]
    scene = re.sub(r'viewBox="[^"]*"', f'viewBox="{ACROSS}" width="1200" height="630"', scene, count=1)
    rules = re.sub(r"var\(--scene-([a-z]+)\)", lambda part: colours[part[1]], _rules())
    sky = f'<rect x="0" y="-4" width="1200" height="480" fill="{colours["sky"]}"/>'
    return re.sub(r"(<svg[^>]*>)", rf"\1<style>{rules}</style>{sky}", scene, count=1)


@cache
def _rules() -> str:
    """What each part of the drawing is filled with, by day."""
    css = (Path(current_app.root_path).parent / RULES).read_text(encoding="utf-8")
    return re.sub(r"/\*.*?\*/|@media[^{]*\{.*\}", "", css)
