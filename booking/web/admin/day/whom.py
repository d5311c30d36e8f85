"""Whom a closing would hit, shown before it is made: the same on every page that closes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from flask import render_template, request

from booking.closures import close, preview
from booking.closures.close import ClosureImpact, ClosureRequest
from booking.closures.preview import Ahead
from booking.door.inside import Inside, parties_since
from booking.kernel import clock
from booking.web.forms.dates import moment
from booking.web.languages import centre


@dataclass(frozen=True, slots=True)
class ClosingAskedPage:
    """Whom a closing would hit, before it is done. `typed` is what was sent, to be sent again with a yes."""

    back: str
    looked: Sequence[tuple[ClosureRequest, ClosureImpact, list[Ahead], list[Inside]]]
    typed: Sequence[tuple[str, str]]


def ask_whether(wishes: Sequence[ClosureRequest], back: str) -> str:
    """The page that says whom these would hit and asks for a yes; what was typed goes along ("sure" with it)."""
    return render_template(
        "admin/closing_asked.html",
        page=ClosingAskedPage(
            back=back,
            looked=[(wish, close.look_ahead(wish), preview.named(wish), inside_ahead(wish)) for wish in wishes],
            typed=[
                (name, value) for name, value in request.form.items(multi=True) if name not in ("csrf_token", "sure")
            ],
        ),
    )


def inside_ahead(wish: ClosureRequest) -> list[Inside]:
    """Parties in the house today who are still there when it closes: of a part of the house, those it hits."""
    there = staying(wish.starts_at, wish.ends_at)
    if not there or (wish.space_id is None and wish.activity_id is None and wish.only is None):
        return there
    hit = preview.booked_by(wish, {inside.booking_id for inside in there})
    return [inside for inside in there if inside.booking_id in hit]


def staying(starts_at: datetime, ends_at: datetime) -> list[Inside]:
    """Parties in the house today who stay into this stretch of time."""
    now = clock.now()
    midnight = moment(centre().local(now).date(), time(0))
    if ends_at <= now or starts_at >= midnight + timedelta(days=1):
        return []
    shut_from = max(now, starts_at)
    return [inside for inside in parties_since(midnight) if inside.leaves_at > shut_from]
