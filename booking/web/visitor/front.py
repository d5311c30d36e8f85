"""The front page: what is on, when there is room next, and the three doors."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from flask import render_template

from booking.capacity.availability import Free, FreeShow, Standing, add_ons_between, entry_between
from booking.capacity.models import Channel
from booking.centre.facts import CentreFacts
from booking.kernel import clock
from booking.web.access import public
from booking.web.languages import centre
from booking.web.visitor import visitor
from booking.web.visitor.basket import own_basket

PARTY = 2


@visitor.get("/")
@public
def front() -> str:
    """What is on."""
    now, facts = clock.now(), centre()
    entries = entry_between(now - timedelta(hours=1), now + timedelta(days=14), Channel.PUBLIC, now)
    fitting = [slot for slot in entries if slot.standing(PARTY, facts.few_left, now) in (Standing.FREE, Standing.FEW)]
    shows = [show for show in add_ons_between(now, now + timedelta(days=10), Channel.PUBLIC, now) if show.free > 0]
    return render_template(
        "visitor/front.html",
        next_times=_spread(fitting, facts),
        shows=_one_each(shows)[:6],
        basket=own_basket(),
        party=PARTY,
    )


def _spread(slots: Sequence[Free], facts: CentreFacts) -> list[Free]:
    """The next two times of each of the next days."""
    shown: dict[date, list[Free]] = {}
    for slot in slots:
        shown.setdefault(facts.local(slot.starts_at).date(), []).append(slot)
    return [slot for day in list(shown.values())[:3] for slot in day[:2]]


def _one_each(shows: Sequence[FreeShow]) -> list[FreeShow]:
    """The next run of each show."""
    return list({show.activity_id: show for show in reversed(shows)}.values())[::-1]
