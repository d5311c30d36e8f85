"""Change or cancel a booking oneself: see what it means first, then do it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import groupby

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking.bookings.basket import Pick
from booking.bookings.change import cancel as cancel_booking
from booking.bookings.change import change as change_booking
from booking.bookings.change import preview, what_if, what_if_cancelled
from booking.bookings.hold import Hold
from booking.bookings.models import State
from booking.bookings.purse import purses
from booking.bookings.queries import BookedLine, BookingFacts
from booking.bookings.rules import AnotherSum, Settlement, change_deadline, refund_deadline
from booking.capacity.availability import Standing, slots_between, slots_by_id
from booking.capacity.models import Channel
from booking.capacity.timetable import at
from booking.catalogue.queries import TicketOffer, activities, offers_of
from booking.centre.facts import is_public_holiday
from booking.closures.answer import closed_for
from booking.kernel import clock
from booking.kernel.database import Texts, unit_of_work
from booking.kernel.refusals import Refusal
from booking.web.access import public
from booking.web.forms import identity, sum_shown
from booking.web.languages import centre
from booking.web.network import holder
from booking.web.refusals import Answer, TooOdd, sentence
from booking.web.visitor import visitor
from booking.web.visitor.checkout import held_booking, page_of_visit
from booking.web.visitor.tickets import read_quantities


@visitor.get("/b/<secret>/change")
@public
def change(secret: str) -> str:
    """Another time, more or fewer people."""
    return _page(changeable(secret))


@visitor.post("/b/<secret>/change")
@public
def make_change(secret: str) -> ResponseReturnValue:
    """Do it; where something is given up, first say what comes back and ask; what costs more goes by the checkout."""
    facts = changeable(secret)
    try:
        picks = wished_change(facts)
        shown = sum_shown(request.form.get("shown"))
        if shown is None:
            money = what_if(facts, picks, centre=centre(), now=clock.now())
            if money.given_up:
                return _asking(facts, picks, money)
        with unit_of_work():
            done = change_booking(facts.id, picks, centre=centre(), now=clock.now(), shown=shown, holder=holder())
    except AnotherSum as other:
        money = what_if(facts, picks, centre=centre(), now=clock.now())
        return _asking(facts, picks, money, sentence(other)), 409
    except Refusal as refusal:
        answer = sentence(refusal)
        return _page(facts, answer), answer.status
    if isinstance(done, Hold):
        return redirect(url_for("visitor.checkout", secret=done.secret), 303)
    return redirect(url_for("visitor.booking", secret=secret), 303)


def _asking(facts: BookingFacts, picks: Sequence[Pick], money: Settlement, problem: Answer | None = None) -> str:
    back = url_for("visitor.change", secret=facts.secret)
    return render_template("visitor/change_asks.html", problem=problem, back=back, **asked_change(facts, picks, money))


@visitor.get("/b/<secret>/cancel")
@public
def cancel(secret: str) -> str:
    """What cancelling means now."""
    return _cancel_page(changeable(secret))


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
            cancel_booking(facts.id, centre=centre(), now=clock.now(), shown=sum_shown(request.form.get("shown")))
    except Refusal as refusal:
        answer = sentence(refusal)
        return _cancel_page(facts, answer), answer.status
    return redirect(url_for("visitor.booking", secret=secret), 303)


def wished_change(facts: BookingFacts) -> list[Pick]:
    """What the form says the booking should be; what it does not speak of stays as it was bought. Raises TooOdd."""
    sent, unreadable = read_quantities(request.form)
    if unreadable:
        raise TooOdd
    entry_id = _entry_slot(facts)
    target = identity(request.form.get("slot")) or entry_id
    return [
        Pick(target if slot_id == entry_id else slot_id, ticket_type_id, quantity)
        for (slot_id, ticket_type_id), quantity in (_owned(facts) | sent).items()
        if quantity
    ]


def asked_change(facts: BookingFacts, picks: Sequence[Pick], money: Settlement) -> dict[str, object]:
    """What a page shows that asks before something is given up: what the booking becomes, and the money."""
    now = clock.now()
    slots = slots_by_id({pick.slot_id for pick in picks}, facts.channel, now)
    return {
        "facts": facts,
        "becomes": preview(facts, picks, centre=centre(), now=now),
        "starts": {slot.slot_id: slot.starts_at for slot in slots},
        "money": money,
        "sent": [(name, value) for name, value in request.form.items() if name not in ("shown", "csrf_token")],
        "refund_until": refund_deadline(facts.starts_at, centre()),
    }


def _owned(facts: BookingFacts) -> dict[tuple[int, int], int]:
    """How many of each ticket type they have in each slot."""
    owned: dict[tuple[int, int], int] = defaultdict(int)
    for line in facts.lines:
        owned[line.slot_id, line.ticket_type_id] += line.quantity
    return owned


def changeable(secret: str) -> BookingFacts:
    """The confirmed booking of a visitor; ends the request where there is none, or where better rules hold."""
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


@dataclass(frozen=True, slots=True)
class Keep:
    """A ticket type in a change: those they have at the prices paid, and what more of them cost.

    `price` is today's in minor units, None where no more are sold; `most` is what the stepper goes up to.
    """

    field: str
    title: Texts
    note: Texts
    paid: tuple[int, ...]  # a price for each, in the order in which they are kept
    price: int | None
    most: int
    quantity: str
    starts_at: datetime | None = None  # said of shows, not of the entry

    @property
    def paid_prices(self) -> list[tuple[int, int]]:
        """How many at which price."""
        return sorted(Counter(self.paid).items())


def choices_of_change(facts: BookingFacts, channel: Channel) -> dict[str, object]:
    """What the form of a change shows: the times of a day and how many of each, as typed or as bought."""
    now = clock.now()
    entry_id = _entry_slot(facts)
    entry = next(line for line in facts.lines if line.slot_id == entry_id)
    day = _day(request.values.get("date")) or centre().local(entry.starts_at).date()
    start = at(day, time(0), centre().zone)
    times = slots_between(entry.activity_id, start, start + timedelta(days=1), channel, now, own=[facts.id])
    wanted = identity(request.values.get("slot")) or entry_id
    sold = offers_of({line.activity_id for line in facts.lines})
    at_time = next((slot.starts_at for slot in times if slot.slot_id == wanted), entry.starts_at)
    return {
        "facts": facts,
        "entry": entry,
        "day": day,
        "times": [(slot, slot.standing(1, centre().few_left, now)) for slot in times],
        "wanted": wanted,
        "choices": _choices(facts, entry_id, sold[entry.activity_id], at_time, channel),
        "extras": [
            one
            for slot_id, lines in groupby(facts.lines, key=lambda line: line.slot_id)
            if slot_id != entry_id
            for one in _extras(facts, next(lines), sold, channel)
        ],
        "standings": Standing,
        "today": centre().local(now).date(),
    }


def _choices(
    facts: BookingFacts, slot_id: int, offers: Sequence[TicketOffer], starts_at: datetime, channel: Channel
) -> list[Keep]:
    """The ticket types of a time: all that they have, sold today or not, and what else is sold."""
    had: dict[int, list[BookedLine]] = defaultdict(list)
    for line in facts.lines:
        if line.slot_id == slot_id:
            had[line.ticket_type_id].append(line)
    start = centre().local(starts_at)
    holiday = is_public_holiday(centre().country, start.date())
    prices = {offer.ticket_type_id: offer.price_at(start, holiday) for offer in offers}
    sold = {offer.ticket_type_id: offer for offer in offers if prices[offer.ticket_type_id] is not None}
    found = []
    for ticket_type_id in dict.fromkeys((*had, *sold)):
        offer, lines = sold.get(ticket_type_id), had[ticket_type_id]
        quantity = sum(line.quantity for line in lines)
        field = f"q-{slot_id}-{ticket_type_id}"
        found.append(
            Keep(
                field=field,
                title=offer.title if offer else lines[0].ticket_title,
                note=offer.note if offer else {},
                paid=tuple(price for line in lines for price in [line.unit_price] * line.quantity),
                price=prices.get(ticket_type_id),
                most=_most(offer, quantity, channel),
                quantity=request.form.get(field, str(quantity))[:8],
            )
        )
    order = {offer.ticket_type_id: n for n, offer in enumerate(offers)}
    return sorted(found, key=lambda one: order.get(int(one.field.rpartition("-")[2]), len(order)))


def _extras(
    facts: BookingFacts, line: BookedLine, sold: Mapping[int, Sequence[TicketOffer]], channel: Channel
) -> list[Keep]:
    """What they have of a show or workshop; other ticket types of it are bought anew, not by a change."""
    found = _choices(facts, line.slot_id, sold[line.activity_id], line.starts_at, channel)
    return [replace(one, title=line.activity_title, starts_at=line.starts_at) for one in found if one.paid]


def _most(offer: TicketOffer | None, had: int, channel: Channel) -> int:
    """So many the stepper goes up to: what one booking may have, or what they have when that is more.

    At the desk no activity's limit counts.
    """
    if offer is None:
        return had
    most = offer.tickets_at_most(centre().most_people) if channel is Channel.PUBLIC else centre().most_people
    return max(most, had)


def _cancel_page(facts: BookingFacts, problem: Answer | None = None) -> str:
    return render_template(
        "visitor/cancel.html",
        facts=facts,
        money=what_if_cancelled(facts, purses.purse.holding(facts.id), centre=centre(), now=clock.now()),
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
