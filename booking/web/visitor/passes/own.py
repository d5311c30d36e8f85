"""A pass's own page, opened by its secret link: what is shown at the entrance, and how it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from flask import Response, abort, render_template
from flask_babel import gettext as _

from booking.annual_passes.own import PassFacts, pass_by_secret
from booking.annual_passes.standing import PassStanding
from booking.documents.annual_passes import annual_pass_paper
from booking.documents.looks import look_of, motif_of
from booking.documents.pdf import annual_pass_pdf
from booking.documents.qr import qr_svg
from booking.kernel import clock
from booking.kernel.codes import is_secret
from booking.kernel.database import end_reading
from booking.web.blueprints import visitor
from booking.web.extensions import limiter
from booking.web.files import download
from booking.web.guards.access import public
from booking.web.languages import centre, wording

MOTIF = "gift-card"


@dataclass(frozen=True, slots=True)
class OwnPassPage:
    """A pass as whoever has its link sees it."""

    bought: PassFacts
    today: date
    standings: ClassVar = PassStanding

    @property
    def stands(self) -> PassStanding:
        """How it stands today."""
        return self.bought.standing(self.today)

    @property
    def qr(self) -> str:
        """What is scanned at the entrance."""
        return qr_svg(self.bought.code, _("QR code of the pass"))


@visitor.get("/pass/<secret>")
@public
def annual_pass(secret: str) -> str:
    """The pass as it stands."""
    return render_template("visitor/annual_pass.html", page=OwnPassPage(_pass(secret), _today()))


@visitor.get("/pass/<secret>/pass.pdf")
@limiter.limit("60 per minute")
@public
def annual_pass_file(secret: str) -> Response:
    """The same to print."""
    bought, facts = _pass(secret), centre()
    if bought.standing(_today()) in (PassStanding.WITHDRAWN, PassStanding.BLOCKED):
        abort(404)
    paper = annual_pass_paper(bought, facts, look_of(facts, motif_of(facts, MOTIF), wording()), wording())
    end_reading()
    return download(annual_pass_pdf(paper), "application/pdf", _("annual-pass.pdf"))


def _today() -> date:
    return centre().local(clock.now()).date()


def _pass(secret: str) -> PassFacts:
    bought = pass_by_secret(secret) if is_secret(secret) else None
    if bought is None:
        abort(404)
    return bought
