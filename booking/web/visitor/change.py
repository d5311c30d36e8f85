"""Change or cancel a booking oneself: see what it means first, then do it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, time, timedelta

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking.bookings.basket import Pick
from booking.bookings.change import cancel as cancel_booking
from booking.bookings.change import change as change_booking
from booking.bookings.hold import Hold
from booking.bookings.models import State
from booking.bookings.queries import BookedLine, BookingFacts
from booking.bookings.rules import change_deadline, comes_back, refund_deadline
from booking.capacity.availability import Standing, slots_between
from booking.capacity.models import Channel
from booking.capacity.timetable import at
from booking.catalogue.queries import TicketOffer, activities, offers_of
from booking.centre.facts import is_public_holiday
from booking.closures.answer import closed_for
from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.kernel.refusals import Refusal
from booking.web.access import public
from booking.web.forms import identity
from booking.web.languages import centre
from booking.web.refusals import Answer, TooOdd, sentence
from booking.web.visitor import visitor
from booking.web.visitor.checkout import held_booking, page_of_visit
from booking.web.visitor.tickets import Choice, read_picks


@visitor.get("/b/<secret>/change")
@public
def change(secret: str) -> str:
    """Another time, more or fewer people."""
    return _page(_changeable(secret))


@visitor.post("/b/<secret>/change")
@public
def make_change(secret: str) -> ResponseReturnValue:
    """Do it; what costs more goes by the checkout."""
    facts = _changeable(secret)
    try:
        picks = wished_change(facts)
        with unit_of_work():
            done = change_booking(facts.id, picks, centre=centre(), now=clock.now())
    except Refusal as refusal:
        answer = sentence(refusal)
        return _page(facts, answer), answer.status
    if isinstance(done, Hold):
        return redirect(url_for("visitor.checkout", secret=done.secret), 303)
    return redirect(url_for("visitor.booking", secret=secret), 303)


@visitor.get("/b/<secret>/cancel")
@public
def cancel(secret: str) -> str:
    """What cancelling means now."""
    return _cancel_page(_changeable(secret))


@visitor.post("/b/<secret>/cancel")
@public
def make_cancellation(secret: str) -> ResponseReturnValue:
    """Cancel; doing it twice is doing it once."""
    facts = held_booking(secret)
    _to_the_closed(facts)
    if (there := page_of_visit(facts)) is not None:
        return redirect(there, 303)
    try:
        with unit_of_work():
            cancel_booking(facts.id, centre=centre(), now=clock.now())
    except Refusal as refusal:
        answer = sentence(refusal)
        return _cancel_page(facts, answer), answer.status
    return redirect(url_for("visitor.booking", secret=secret), 303)


def wished_change(facts: BookingFacts) -> list[Pick]:
    """What the form says the booking should be. Raises TooOdd."""
    picks, unreadable = read_picks(request.form)
    if unreadable:
        raise TooOdd
    entry_id = _entry_slot(facts)
    target = identity(request.form.get("slot")) or entry_id
    return [
        Pick(target if pick.slot_id == entry_id else pick.slot_id, pick.ticket_type_id, pick.quantity) for pick in picks
    ]


def _changeable(secret: str) -> BookingFacts:
    facts = held_booking(secret)
    if facts.state is not State.CONFIRMED or facts.changes_id is not None:
        abort(404)
    _to_the_closed(facts)
    if (there := page_of_visit(facts)) is not None:
        abort(redirect(there, 303))
    return facts


def _to_the_closed(facts: BookingFacts) -> None:
    """What we closed is changed and cancelled by better rules than the ordinary ones."""
    if facts.state is State.CONFIRMED and closed_for(facts.id) is not None:
        abort(redirect(url_for("visitor.closed", secret=facts.secret), 303))


def _entry_slot(facts: BookingFacts) -> int:
    """The slot that the visit hangs on: the first that needs no other."""
    kinds = activities({line.activity_id for line in facts.lines})
    return next(
        (line.slot_id for line in facts.lines if not kinds[line.activity_id].needs_admission),
        facts.lines[0].slot_id,
    )


def _page(facts: BookingFacts, problem: Answer | None = None) -> str:
    now = clock.now()
    return render_template(
        "visitor/change.html",
        change_until=change_deadline(facts.starts_at, centre()),
        refund_until=refund_deadline(facts.starts_at, centre()),
        late=now > refund_deadline(facts.starts_at, centre()),
        problem=problem,
        **choices_of_change(facts, Channel.PUBLIC),
    )


def choices_of_change(facts: BookingFacts, channel: Channel) -> dict[str, object]:
    """What the form of a change shows: the times of a day and how many of each, as typed or as bought."""
    now = clock.now()
    entry_id = _entry_slot(facts)
    entry = next(line for line in facts.lines if line.slot_id == entry_id)
    day = _day(request.values.get("date")) or centre().local(entry.starts_at).date()
    start = at(day, time(0), centre().zone)
    times = slots_between(entry.activity_id, start, start + timedelta(days=1), channel, now, own=[facts.id])
    sold = offers_of({line.activity_id for line in facts.lines})
    offers = {(activity_id, one.ticket_type_id): one for activity_id, some in sold.items() for one in some}
    lines = {(line.slot_id, line.ticket_type_id): line for line in facts.lines}
    most = _most if channel is Channel.PUBLIC else _most_at_desk
    choices = _choices(facts, entry_id, sold[entry.activity_id])
    return {
        "facts": facts,
        "entry": entry,
        "day": day,
        "times": [(slot, slot.standing(1, centre().few_left, now)) for slot in times],
        "wanted": identity(request.values.get("slot")) or entry_id,
        "choices": [(one, most(one.offer, lines.get((entry_id, one.offer.ticket_type_id)))) for one in choices],
        "extras": [
            (line, most(offers.get((line.activity_id, line.ticket_type_id)), line))
            for line in facts.lines
            if line.slot_id != entry_id
        ],
        "standings": Standing,
        "typed": request.form,
        "today": centre().local(now).date(),
    }


def _most(offer: TicketOffer | None, line: BookedLine | None) -> int:
    """So many the stepper goes up to: what one booking may have, or what they have when that is more."""
    most = offer.tickets_at_most(centre().most_people) if offer else 0
    return max(most, line.quantity if line else 0)


def _most_at_desk(offer: TicketOffer | None, line: BookedLine | None) -> int:
    """At the desk no activity's limit counts."""
    return max(centre().most_people, line.quantity if line else 0)


def _choices(facts: BookingFacts, entry_id: int, offers: Sequence[TicketOffer]) -> list[Choice]:
    """The ticket types of the entry: those bought at their old price, the others at today's."""
    bought = {line.ticket_type_id: line for line in facts.lines if line.slot_id == entry_id}
    entry = next(iter(bought.values()))
    start = centre().local(entry.starts_at)
    holiday = is_public_holiday(centre().country, start.date())
    choices = []
    for offer in offers:
        line = bought.get(offer.ticket_type_id)
        price = line.unit_price if line else offer.price_at(start, holiday)
        if price is not None:
            name = f"q-{entry_id}-{offer.ticket_type_id}"
            choices.append(Choice(offer, price, request.form.get(name, str(line.quantity if line else 0))[:8]))
    return choices


def _cancel_page(facts: BookingFacts, problem: Answer | None = None) -> str:
    refund = comes_back(facts.total, facts.starts_at, clock.now(), centre())
    return render_template(
        "visitor/cancel.html",
        facts=facts,
        refund=refund,
        refund_until=refund_deadline(facts.starts_at, centre()),
        problem=problem,
    )


def _day(text: str | None) -> date | None:
    if not text or not re.fullmatch(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}", text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
