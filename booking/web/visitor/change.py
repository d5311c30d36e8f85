"""Change or cancel a booking oneself: see what it means first, then do it."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import ClassVar

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking.bookings.basket import moved_price
from booking.bookings.change import Changed, what_if_cancelled
from booking.bookings.change import cancel as cancel_booking
from booking.bookings.hold import Hold
from booking.bookings.models import State
from booking.bookings.numbers import NumbersAsked
from booking.bookings.on_sale import price_today
from booking.bookings.purse import purses
from booking.bookings.queries import BookedLine, BookingFacts
from booking.bookings.rules import Settlement, refund_deadline
from booking.capacity.availability import Availability, Free, slots_between
from booking.capacity.models import Channel
from booking.capacity.timetable import at
from booking.catalogue.queries import TicketOffer, offers_of
from booking.closures.answer import closed_for
from booking.kernel import clock
from booking.kernel.database import Texts, unit_of_work
from booking.kernel.refusals import Refusal
from booking.web.blueprints import visitor
from booking.web.guards.access import public
from booking.web.languages import centre
from booking.web.refusals import RefusalAnswer, sentence
from booking.web.typed import a_day, identity, sum_shown
from booking.web.visitor.changing import ChangeAsksPage, entry_slot, numbers_asked, press_change
from booking.web.visitor.checkout import held_booking, page_of_visit
from booking.web.visitor.tickets import warnings_read


@dataclass(frozen=True, slots=True)
class CancelPage:
    """What cancelling a booking would give back, before it is done."""

    facts: BookingFacts
    money: Settlement
    refund_until: datetime
    problem: RefusalAnswer | None


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
    back = url_for("visitor.change", secret=secret)
    return press_change(
        facts,
        "buyer",
        lambda problem: _page(facts, problem),
        lambda page: _asks_page(page, back),
        lambda done: on_from(done, secret),
    )


def _asks_page(page: ChangeAsksPage, back: str) -> str:
    return render_template("visitor/change_asks.html", page=page, back=back)


def on_from(done: Changed | Hold | None, secret: str) -> ResponseReturnValue:
    """On to the checkout with what costs something, else back to the booking."""
    if isinstance(done, Hold):
        return redirect(url_for("visitor.checkout", secret=done.secret), 303)
    return redirect(url_for("visitor.booking", secret=secret), 303)


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


def _page(facts: BookingFacts, problem: RefusalAnswer | None = None) -> str:
    return render_template("visitor/change.html", page=choices_of_change(facts, Channel.PUBLIC, problem))


@dataclass(frozen=True, slots=True)
class ChangedType:
    """A ticket type in a change: those they have at the prices paid, and what more of them cost.

    `kept` is what theirs cost at the time that is asked about, `price` one more of them there today, in minor units,
    None where no more are sold; `most` is what the stepper goes up to.
    """

    field: str
    title: Texts
    note: Texts
    paid: tuple[int, ...]  # a price for each, in the order in which they are kept
    kept: tuple[int, ...]
    price: int | None
    most: int
    quantity: str

    @property
    def paid_prices(self) -> list[tuple[int, int]]:
        """How many at which price."""
        return sorted(Counter(self.paid).items())


@dataclass(frozen=True, slots=True)
class _AtTime:
    """What a time of the day would mean for the prices of a visit that moves there."""

    choices: Sequence[ChangedType]

    @property
    def dearer(self) -> int:
        """What all that they have costs more there, in minor units."""
        return sum(sum(choice.kept) - sum(choice.paid) for choice in self.choices)

    @property
    def prices(self) -> str:
        """For the running sum on the page: of each field, what is kept there and what one more costs."""
        return json.dumps(
            {choice.field: [choice.price or 0, *choice.kept] for choice in self.choices}, separators=(",", ":")
        )


@dataclass(frozen=True, slots=True)
class ChangePage:
    """The form of a change: the times of a day and how many of each, as typed or as bought."""

    facts: BookingFacts
    entry: BookedLine
    day: date
    now: datetime
    times: list[tuple[Free, Availability, _AtTime]]
    wanted: int  # the slot that is chosen
    choices: list[ChangedType]
    extras: list[tuple[BookedLine, list[ChangedType]]]  # the shows and workshops they have besides
    problem: RefusalAnswer | None
    knows: list[str]  # the warnings that have been read
    numbers: list[tuple[NumbersAsked, str]]
    standings: ClassVar = Availability

    @property
    def shown_prices(self) -> str:
        """What the running sum counts with at the time that is shown."""
        return _AtTime(self.choices).prices

    @property
    def today(self) -> date:
        """The centre's day."""
        return centre().local(self.now).date()

    @property
    def late(self) -> bool:
        """Whether fewer people cost the same by now."""
        return self.now > refund_deadline(self.facts.starts_at, centre())


def choices_of_change(facts: BookingFacts, channel: Channel, problem: RefusalAnswer | None = None) -> ChangePage:
    """What the form of a change shows, of the day that is asked for."""
    now, entry_id = clock.now(), entry_slot(facts)
    entry = next(line for line in facts.lines if line.slot_id == entry_id)
    day = a_day(request.values.get("date")) or centre().local(entry.starts_at).date()
    times = _times(entry.activity_id, day, facts.id, channel)
    wanted = identity(request.values.get("slot")) or entry_id
    sold = offers_of({line.activity_id for line in facts.lines})
    at_time = next((slot.starts_at for slot in times if slot.slot_id == wanted), entry.starts_at)
    entry_offers = sold[entry.activity_id]
    return ChangePage(
        facts=facts,
        entry=entry,
        day=day,
        now=now,
        times=[
            (
                slot,
                slot.standing(1, centre().few_left, now),
                _AtTime(_choices(facts, entry, entry_offers, slot.starts_at, channel)),
            )
            for slot in times
        ],
        wanted=wanted,
        choices=_choices(facts, entry, entry_offers, at_time, channel),
        extras=_extras(facts, entry_id, sold, channel),
        problem=problem,
        knows=warnings_read(problem),
        numbers=numbers_asked(facts),
    )


def _times(activity_id: int, day: date, booking_id: int, channel: Channel) -> list[Free]:
    """The times of a day, where the booking's own places count as free."""
    start = at(day, time(0), centre().zone)
    return slots_between(activity_id, start, start + timedelta(days=1), channel, clock.now(), own=[booking_id])


def _extras(
    facts: BookingFacts, entry_id: int, sold: Mapping[int, Sequence[TicketOffer]], channel: Channel
) -> list[tuple[BookedLine, list[ChangedType]]]:
    """What they have besides the entry, one line of each slot, with the ticket types that can be had there."""
    extras = []
    for line in _one_of_each_slot(facts):
        if line.slot_id != entry_id:
            choices = _choices(facts, line, sold[line.activity_id], line.starts_at, channel)
            extras.append((line, [choice for choice in choices if choice.most]))
    return extras


def _one_of_each_slot(facts: BookingFacts) -> list[BookedLine]:
    return list({line.slot_id: line for line in reversed(facts.lines)}.values())[::-1]


def _choices(
    facts: BookingFacts, there: BookedLine, offers: Sequence[TicketOffer], starts_at: datetime, channel: Channel
) -> list[ChangedType]:
    """The ticket types of a slot that they have: all of theirs, sold today or not, and what else is sold.

    `starts_at` is the time that they would have it at.
    """
    had: dict[int, list[BookedLine]] = defaultdict(list)
    for line in facts.lines:
        if line.slot_id == there.slot_id:
            had[line.ticket_type_id].append(line)
    here = {offer.ticket_type_id: price_today(offer, there.starts_at, centre()) for offer in offers}
    prices = {offer.ticket_type_id: price_today(offer, starts_at, centre()) for offer in offers}
    sold = {offer.ticket_type_id: offer for offer in offers if prices[offer.ticket_type_id] is not None}
    order = {offer.ticket_type_id: place for place, offer in enumerate(offers)}
    type_ids = sorted(dict.fromkeys((*had, *sold)), key=lambda type_id: order.get(type_id, len(order)))
    return [
        _changed_type(
            f"q-{there.slot_id}-{type_id}",
            had[type_id],
            sold.get(type_id),
            (here.get(type_id), prices.get(type_id)),
            channel,
            can_add=there.starts_at > clock.now(),
        )
        for type_id in type_ids
    ]


def _changed_type(
    field: str,
    lines: Sequence[BookedLine],
    offer: TicketOffer | None,
    prices: tuple[int | None, int | None],
    channel: Channel,
    *,
    can_add: bool,
) -> ChangedType:
    """A ticket type from the lines that have it; `prices` are those of today at their own time and at the other."""
    here, price = prices
    quantity = sum(line.quantity for line in lines)
    return ChangedType(
        field=field,
        title=offer.title if offer else lines[0].ticket_title,
        note=offer.note if offer else {},
        paid=tuple(each for line in lines for each in [line.unit_price] * line.quantity),
        kept=tuple(each for line in lines for each in [moved_price(line.unit_price, here, price)] * line.quantity),
        price=price,
        most=_most(offer, quantity, channel) if quantity or can_add else 0,
        quantity=request.form.get(field, str(quantity))[:8],
    )


def _most(offer: TicketOffer | None, had: int, channel: Channel) -> int:
    """So many the stepper goes up to: what one booking may have, or what they have when that is more.

    At the desk no activity's limit counts.
    """
    if offer is None:
        return had
    most = offer.tickets_at_most(centre().most_people) if channel is Channel.PUBLIC else centre().most_people
    return max(most, had)


def _cancel_page(facts: BookingFacts, problem: RefusalAnswer | None = None) -> str:
    return render_template(
        "visitor/cancel.html",
        page=CancelPage(
            facts=facts,
            money=what_if_cancelled(facts, purses.purse.holding(facts.id), centre=centre(), now=clock.now()),
            refund_until=refund_deadline(facts.starts_at, centre()),
            problem=problem,
        ),
    )
