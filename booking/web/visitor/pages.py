"""Plain pages: terms, privacy, accessibility."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template
from flask.typing import ResponseReturnValue

from booking.bookings.forgetting import BASKETS_KEPT, CONTACT_KEPT
from booking.contests.forgetting import ENTRIES_KEPT
from booking.kernel import clock
from booking.kernel.clock import milliseconds
from booking.newsletter.forgetting import MARKS_KEPT, UNANSWERED_KEPT
from booking.payments.provider import PayWay
from booking.payments.providers import tills
from booking.web.blueprints import visitor
from booking.web.extensions import limiter
from booking.web.guards.access import public
from booking.web.languages import centre


@dataclass(frozen=True, slots=True)
class PrivacyPage:
    """How many days what people type is kept, and whether one may pay with Vipps."""

    days: int
    baskets: int
    unanswered: int
    with_vipps: bool
    entries: int
    mark_years: int


@visitor.get("/terms")
@public
def terms() -> str:
    """What holds when one buys."""
    return render_template("visitor/terms.html")


@visitor.get("/privacy")
@public
def privacy() -> str:
    """What we know of people and for how long."""
    return render_template(
        "visitor/privacy.html",
        page=PrivacyPage(
            days=CONTACT_KEPT.days,
            baskets=BASKETS_KEPT.days,
            unanswered=UNANSWERED_KEPT.days,
            with_vipps=PayWay.VIPPS in tills.ways(centre().currency),
            entries=ENTRIES_KEPT.days,
            mark_years=MARKS_KEPT.days // 365,
        ),
    )


@visitor.get("/accessibility")
@public
def accessibility() -> str:
    """How usable these pages are, and where to say that they are not."""
    return render_template("visitor/accessibility.html")


@visitor.get("/clock")
@limiter.limit("3000 per minute")
@public
def centre_clock() -> ResponseReturnValue:
    """What time it is here, in milliseconds: one clock for all."""
    return {"now": milliseconds(clock.now())}
