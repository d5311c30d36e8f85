"""Plain pages: terms, privacy, accessibility."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, render_template
from flask.typing import ResponseReturnValue

from booking.annual_passes.forgetting import PASSES_KEPT
from booking.bookings.forgetting import BASKETS_KEPT, CONTACT_KEPT
from booking.contests.forgetting import ENTRIES_KEPT
from booking.gift_cards.forgetting import CARDS_KEPT
from booking.kernel import clock
from booking.kernel.clock import milliseconds
from booking.newsletter.forgetting import MARKS_KEPT, UNANSWERED_KEPT
from booking.payments.provider import PayWay
from booking.payments.providers import tills
from booking.settings import settings_of
from booking.wallet.forgetting import PHONES_KEPT
from booking.web.blueprints import visitor
from booking.web.extensions import limiter
from booking.web.guards.access import public
from booking.web.languages import centre


@dataclass(frozen=True, slots=True)
class PrivacyPage:
    """How many days what people type is kept, and what there is: Vipps, passes for a wallet."""

    days: int
    baskets: int
    unanswered: int
    with_vipps: bool
    with_wallet: bool
    with_google: bool
    entries: int
    cards: int
    passes: int
    phones: int
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
            with_wallet=settings_of(current_app).apple_wallet is not None,
            with_google=settings_of(current_app).google_wallet is not None,
            entries=ENTRIES_KEPT.days,
            cards=CARDS_KEPT.days,
            passes=PASSES_KEPT.days,
            phones=PHONES_KEPT.days,
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
