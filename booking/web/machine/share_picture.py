"""The picture that stands beside a link to us, wherever somebody shares one."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from flask import Response, abort, current_app

from booking.centre.facts import the_centre
from booking.centre.scene import scene_name
from booking.documents.shared_picture import shared_picture
from booking.pictures.drawn import Undrawable
from booking.web.blueprints import machine
from booking.web.guards.access import public

RULES = "static/css/visitor/11-scene.css"
KEPT = "public, max-age=31536000, immutable"


@machine.get("/share/<name>")
@public
def share_picture(name: str) -> Response:
    """The house in the centre's colours, 1200 by 630; drawn once by each process that is asked."""
    facts = the_centre()
    if name != scene_name(facts.brand, facts.accent):
        abort(404)
    scene = current_app.jinja_env.get_template("components/house.html").module.scene()  # type: ignore[attr-defined]
    try:
        picture = shared_picture(str(scene), _rules(), facts)
    except Undrawable:
        abort(404)
    response = Response(picture, mimetype="image/png")
    response.headers["Cache-Control"] = KEPT
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@cache
def _rules() -> str:
    """What each part of the drawing is filled with."""
    return (Path(current_app.root_path).parent / RULES).read_text(encoding="utf-8")
