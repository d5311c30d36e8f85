"""From a time of a show to tickets: an entry in good time for it, with as many places in it, in one go."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from booking.bookings.queries import by_secret
from booking.capacity.availability import Free, FreeShow, entry_between, slots_between
from booking.capacity.models import Channel
from booking.capacity.timetable import at
from booking.centre.facts import CentreFacts
from booking.kernel import clock
from booking.web.blueprints import visitor
from booking.web.guards.access import public
from booking.web.languages import centre
from booking.web.typed import identity, whole_number
from booking.web.visitor.basket import own_basket
from booking.web.visitor.choosing import event_at
from booking.web.visitor.month import FITTING
from booking.web.visitor.tickets import DEFAULT_PARTY

IN_GOOD_TIME = timedelta(minutes=30)  # from the door to a seat, coats and all


@visitor.get("/tickets/with")
@public
def tickets_with() -> ResponseReturnValue:
    """To the tickets with this show chosen, at an entry that fits; to the day's entries where none does.

    What is sold alone is chosen by itself.
    """
    facts, now = centre(), clock.now()
    show_id = identity(request.args.get("show"))
    party = whole_number(request.args.get("party"), 1, facts.most_people) or DEFAULT_PARTY
    show = event_at(show_id, now) if show_id else None
    if show is None:
        return redirect(url_for("visitor.whats_on"), 303)
    if not show.needs_admission:
        return redirect(url_for("visitor.tickets", party=party, slot=show_id, _anchor="choose"), 303)
    entry_id = _entry_in_basket(show) or entry_before(show, party, facts, now)
    if entry_id is not None:
        return redirect(url_for("visitor.tickets", party=party, slot=entry_id, show=show_id, _anchor="choose"), 303)
    day = facts.local(show.starts_at).date().isoformat()
    return redirect(url_for("visitor.tickets", party=party, date=day, show=show_id, _anchor="times"), 303)


def entry_before(show: FreeShow, party: int, facts: CentreFacts, now: datetime) -> int | None:
    """The last entry that lets so many in well before the show begins, else the last before it; one statement.

    Of what is on the programme of a festival, it is a time of the festival.
    """
    midnight = at(facts.local(show.starts_at).date(), time(0), facts.zone)
    until = show.starts_at + timedelta(seconds=1)
    entries = (
        entry_between(midnight, until, Channel.PUBLIC, now)
        if show.part_of is None
        else slots_between(show.part_of, midnight, until, Channel.PUBLIC, now)
    )
    fitting = [slot for slot in entries if slot.standing(party, 0, now) in FITTING]
    in_good_time = [slot for slot in fitting if slot.starts_at <= show.starts_at - IN_GOOD_TIME]
    return _last(in_good_time) or _last(fitting)


def _last(slots: Sequence[Free]) -> int | None:
    return slots[-1].slot_id if slots else None


def _entry_in_basket(show: FreeShow) -> int | None:
    """The entry of that day that the visitor has in the basket already, if it comes before the show."""
    basket = own_basket() if show.part_of is None else None
    facts = by_secret(basket.secret) if basket else None
    day = centre().local(show.starts_at).date()
    for line in facts.lines if facts else ():
        is_there = centre().local(line.starts_at).date() == day and line.starts_at <= show.starts_at
        if is_there and line.lets_in:
            return line.slot_id
    return None
