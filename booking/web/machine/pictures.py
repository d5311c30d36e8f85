"""Files of pictures and drawings, under addresses that change with their content: browsers keep them for good."""

from __future__ import annotations

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from booking.centre.facts import CentreFacts, the_centre
from booking.centre.motif import RECIPE, drawing
from booking.pictures.keeping import picture_file
from booking.web.blueprints import machine
from booking.web.guards.access import public
from booking.web.languages import centre

KEPT = "public, max-age=31536000, immutable"
LONGEST_NAME = 60
GONE_KEPT = "public, max-age=60"  # one that was just changed is asked for by pages opened before


@machine.get("/picture/<name>")
@public
def picture(name: str) -> ResponseReturnValue:
    """One file of a picture. Opened by itself it does nothing."""
    file = picture_file(name)
    if file is None:
        return "", 404, {"Cache-Control": GONE_KEPT}
    content, kind = file
    response = Response(content, mimetype=kind)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = KEPT
    response.set_etag(name)
    return response.make_conditional(request)


@machine.get("/motif/<name>")
@public
def drawn_motif(name: str) -> Response:
    """The drawing made from a name, which stands where there is no picture."""
    facts = the_centre()
    response = Response(drawing(name[:LONGEST_NAME], facts.brand, facts.accent), mimetype="image/svg+xml")
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    is_this = request.args.get("v") == _version(facts)
    response.headers["Cache-Control"] = KEPT if is_this else "no-cache"
    return response


@machine.app_template_global()
def motif(name: str, *, eager: bool = False) -> Markup:
    """The drawing of a name for a page: as large as a picture, and decoration only, so not read aloud."""
    address = url_for("machine.drawn_motif", name=name[:LONGEST_NAME], v=_version(centre()))
    loading = Markup("") if eager else Markup(' loading="lazy"')
    image = Markup('<img class="motif" src="{}" width="600" height="400" alt=""{} decoding="async">')
    return image.format(address, loading)


def _version(facts: CentreFacts) -> str:
    """What the address carries of all that the drawing is made of but its name."""
    return f"{RECIPE}{facts.brand}{facts.accent}".replace("#", "-")
