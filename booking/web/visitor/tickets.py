"""Choose: how many you are, a day, a time, tickets, something more that day; then hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import ClassVar

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from booking.bookings.by_code.beforehand import Beforehand, ShownSum, beforehand
from booking.bookings.by_code.discounted import as_it_stands
from booking.bookings.hold import drop, hold
from booking.bookings.models import State
from booking.bookings.queries import OwnBasket, by_secret
from booking.bookings.refusals import TooMany
from booking.capacity.availability import Availability, Free, FreeShow, add_ons_between, first_choice, slots_between
from booking.capacity.models import Channel
from booking.capacity.timetable import at
from booking.catalogue.queries import offers_of
from booking.centre.facts import CentreFacts
from booking.contests.room import Teams, teams_in
from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.kernel.refusals import Refusal
from booking.payments import pay
from booking.web.blueprints import visitor
from booking.web.extensions import limiter
from booking.web.guards.access import public
from booking.web.guards.network import holder
from booking.web.languages import centre, language
from booking.web.month_grid import five_weeks_with
from booking.web.refusals import RefusalAnswer, TooOdd, sentence
from booking.web.typed import a_day, identity, whole_number
from booking.web.visitor.basket import forget, own_basket, remember
from booking.web.visitor.best import BestOffer, best_offer
from booking.web.visitor.choosing import TicketChoice, choices_of, read_picks, sum_of, with_days
from booking.web.visitor.month import FITTING, Month, PricedTime, month_of, next_free

DEFAULT_PARTY = 2
OTHER_TIMES = 6  # of an event
WARNINGS = ("TwoAtOnce", "ChildrenAlone")


@dataclass(frozen=True, slots=True)
class TicketsPage:
    """The whole choice on one page, as far as it has come: what is chosen is a line, what comes next is shown."""

    month: Month | None  # none where a time is chosen that can be had
    day: date | None
    times: list[PricedTime]
    chosen: Free | None
    refused: Free | None  # was chosen, and cannot be had
    near: list[PricedTime]  # what is near a wish that cannot be had
    choices: list[TicketChoice]
    shows: list[tuple[FreeShow, list[TicketChoice]]]
    show_id: int | None  # the show that one comes for
    best: BestOffer | None  # cheaper tickets for the same people
    next_time: PricedTime | None  # where none is free in all that is shown
    standings: ClassVar = Availability
    party: int
    basket: OwnBasket | None
    problem: RefusalAnswer | None
    knows: list[str]  # the warnings that have been read
    sum: ShownSum  # of all that is chosen
    lowering: Beforehand  # what takes itself off

    @property
    def event(self) -> FreeShow | None:
        """What was chosen, where it is no entry: an event that is sold alone."""
        slot = self.chosen or self.refused
        return slot if isinstance(slot, FreeShow) else None

    @property
    def comes_for(self) -> FreeShow | None:
        """The show that one comes for, where it can be added to the chosen time."""
        return next((show for show, _choices in self.shows if show.slot_id == self.show_id and show.free), None)

    @property
    def cheapest(self) -> PricedTime | None:
        """The first of the times that cost least, where not all of them cost the same."""
        saving = [priced for priced in self.times if priced.saves and priced.standing in FITTING]
        return max(saving, key=lambda priced: priced.saves, default=None)

    @property
    def usual(self) -> PricedTime | None:
        """One of three times or more that cost the same, the dearest of the day: it is said once, not at each."""
        usual = [priced for priced in self.times if priced.standing in FITTING and priced.price and not priced.saves]
        return usual[0] if len(usual) > 2 else None

    def is_usual(self, priced: PricedTime) -> bool:
        """Whether a time costs what was said once."""
        return self.usual is not None and (priced.price, priced.full) == (self.usual.price, self.usual.full)


@dataclass(frozen=True, slots=True)
class TicketWish:
    """What the address asks to see; anything unreadable counts as not asked."""

    party: int
    first: date
    day: date | None
    slot_id: int | None
    show_id: int | None


@visitor.get("/tickets")
@public
def tickets() -> ResponseReturnValue:
    """The whole choice on one page, as far as it has come."""
    most = centre().most_people
    if (whole_number(request.args.get("party"), 1, 99_999) or 0) <= most:
        return _page(_wish(request.args), request.args)
    too_many = sentence(TooMany(most))
    return _page(replace(_wish(request.args), party=most), request.args, problem=too_many), too_many.status


@visitor.post("/tickets")
@limiter.limit("30 per minute")
@public
def hold_tickets() -> ResponseReturnValue:
    """Hold what was chosen and go on to the checkout."""
    picks, unreadable = read_picks(request.form)
    basket = own_basket()
    if unreadable:
        return _again(TooOdd(), basket)
    changing = basket.secret if basket else None
    before = by_secret(changing) if changing else None
    try:
        if basket is not None and basket.state is State.PENDING and pay.withdraw(basket.booking_id) is not State.HELD:
            changing = None  # its money is on the way: this is another purchase
        held = as_it_stands(
            lambda: hold(
                picks,
                centre=centre(),
                now=clock.now(),
                lang=language(),
                holder=holder(),
                basket_secret=changing,
                knows=warnings_read(),
            )
        )
    except Refusal as refusal:
        return _again(refusal, basket)
    # What was put together in another tab does not vanish silently.
    had = {line.slot_id for line in before.lines} if before and changing else set()
    replaced = "1" if had and had.isdisjoint(pick.slot_id for pick in picks) else None
    answer = redirect(url_for("visitor.checkout", secret=held.secret, replaced=replaced), 303)
    return remember(make_response(answer), held.secret)


@visitor.post("/basket/empty")
@public
def empty_basket() -> ResponseReturnValue:
    """Give the visitor's own basket up."""
    basket = own_basket()
    if basket is not None:
        try:
            if basket.state is State.PENDING:
                pay.withdraw(basket.booking_id)
            with unit_of_work():
                drop(basket.booking_id, clock.now())
        except Refusal as refusal:
            return _again(refusal, basket)
    return forget(make_response(redirect(url_for("visitor.tickets"), 303)), basket.secret if basket else "")


def warnings_read(problem: RefusalAnswer | None = None) -> list[str]:
    """The warnings that have been read, as the form brings them back, and the one that it gets now."""
    read = [name for name in WARNINGS if name in request.form.getlist("knows")]
    return [*read, problem.warning] if problem is not None and problem.warning else read


def _wish(typed: Mapping[str, str]) -> TicketWish:
    today = centre().local(clock.now()).date()
    day = a_day(typed.get("date"))
    first = day or a_day(typed.get("from")) or a_day(f"{typed.get('month', '')}-01") or today
    far = today + timedelta(days=centre().on_sale_days + 60)
    if not today.replace(day=1) <= first <= far:
        first, day = today, None
    party = whole_number(typed.get("party"), 1, centre().most_people)
    slot_id, show_id = identity(typed.get("slot")), identity(typed.get("show"))
    return TicketWish(party or DEFAULT_PARTY, five_weeks_with(first, today), day, slot_id, show_id)


def _again(refusal: Refusal, basket: OwnBasket | None) -> ResponseReturnValue:
    """The page once more, with what was typed, why it did not do, and what is near."""
    answer = sentence(refusal)
    form: MultiDict[str, str] = MultiDict(request.form)
    return _page(_wish(form), form, basket, answer), answer.status


def _page(
    wish: TicketWish, typed: Mapping[str, str], basket: OwnBasket | None = None, problem: RefusalAnswer | None = None
) -> str:
    return render_template("visitor/tickets.html", page=_choice(wish, typed, basket or own_basket(), problem))


def _choice(
    wish: TicketWish, typed: Mapping[str, str], basket: OwnBasket | None, problem: RefusalAnswer | None
) -> TicketsPage:
    now, own = clock.now(), [basket.booking_id] if basket else []
    slot = first_choice(wish.slot_id, Channel.PUBLIC, now, own) if wish.slot_id else None
    gone = problem is not None and problem.status == 409
    fits = slot is not None and _teams(slot).standing(slot, 0, now, wish.party) in FITTING
    chosen = slot if slot and (fits or problem) else None
    day = centre().local(slot.starts_at).date() if slot else wish.day
    order = _order(chosen, typed, basket, wish, afresh=problem is None) if chosen else _Order()
    around = _around(wish, slot, day, own) if isinstance(slot, FreeShow) or chosen is None or gone else _Around()
    return TicketsPage(
        month=around.month if chosen is None else None,
        day=day,
        times=around.times if chosen is None else [],
        chosen=chosen,
        refused=slot if slot and chosen is None else None,
        near=around.near,
        choices=order.choices,
        best=order.best,
        shows=order.shows,
        show_id=wish.show_id,
        next_time=around.next_time,
        party=wish.party,
        basket=basket,
        problem=problem,
        knows=warnings_read(problem),
        sum=order.sum,
        lowering=order.lowering,
    )


@dataclass(frozen=True, slots=True)
class _Order:
    choices: list[TicketChoice] = field(default_factory=list)
    shows: list[tuple[FreeShow, list[TicketChoice]]] = field(default_factory=list)
    best: BestOffer | None = None
    sum: ShownSum = field(default_factory=lambda: ShownSum(0, 0))
    lowering: Beforehand = field(default_factory=Beforehand)


def _order(
    chosen: Free, typed: Mapping[str, str], basket: OwnBasket | None, wish: TicketWish, *, afresh: bool
) -> _Order:
    """What is sold at a chosen time and what is chosen of it; `afresh` it begins with what is in the basket."""
    kept = _kept(basket, chosen) if basket and afresh else {}
    lowering = beforehand(Channel.PUBLIC, centre(), clock.now())
    choices, shows = _sold(chosen, typed, kept, wish, [basket.booking_id] if basket else [], lowering)
    counted = sum_of([(chosen, choices), *shows], lowering, centre())
    return _Order(choices, shows, best_offer(chosen, choices, typed, lowering), counted, lowering)


def _teams(slot: Free) -> Teams:
    """In which parties a time is sold; what is no event is entry, which is sold to each by themselves."""
    return teams_in([slot]) if isinstance(slot, FreeShow) else Teams()


def _sold(
    chosen: Free,
    typed: Mapping[str, str],
    kept: Mapping[tuple[int, int], int],
    wish: TicketWish,
    own: list[int],
    lowering: Beforehand,
) -> tuple[list[TicketChoice], list[tuple[FreeShow, list[TicketChoice]]]]:
    """The ticket types of a chosen time, and what can be added that day with its own; first what one comes for."""
    facts, now = centre(), clock.now()
    shows = _shows(facts.local(chosen.starts_at).date(), chosen, facts, now, own)
    shows.sort(key=lambda show: show.slot_id != wish.show_id)
    offers = offers_of({there.activity_id for there in (chosen, *shows)})
    added = []
    for show in shows:
        party = min(wish.party, show.free) if show.slot_id == wish.show_id else 0
        has = kept if not party or any(slot_id == show.slot_id for slot_id, _type in kept) else {}
        added.append((show, choices_of(show, offers, facts, typed, has, party, lowering)))
    sold = choices_of(chosen, offers, facts, typed, kept, wish.party, lowering)
    return with_days(chosen, sold, Channel.PUBLIC, facts, own), added


@dataclass(frozen=True, slots=True)
class _Around:
    """The weeks around a wish, the times of its day, and what is near when it cannot be had."""

    month: Month | None = None
    times: list[PricedTime] = field(default_factory=list)
    near: list[PricedTime] = field(default_factory=list)
    next_time: PricedTime | None = None


def _around(wish: TicketWish, slot: Free | None, day: date | None, own: list[int]) -> _Around:
    if isinstance(slot, FreeShow):
        return _other_times(slot, wish.party)
    facts, now = centre(), clock.now()
    today = facts.local(now).date()
    first = five_weeks_with(day, today) if slot and day else wish.first
    month = month_of(first, wish.party, facts, now, own)
    times = month.times(day) if day else []
    can_be_had = slot is None and any(priced.standing in FITTING for priced in times)
    near = []
    if day and not can_be_had:
        near = month.near(slot.starts_at if slot else at(day, time(12), facts.zone))
    is_empty = not any(map(month.fits, month.slots))
    return _Around(month, times, near, next_free(month, facts, now) if is_empty else None)


def _other_times(event: FreeShow, party: int) -> _Around:
    """When else an event runs, where it has room."""
    facts, now = centre(), clock.now()
    until = now + timedelta(days=max(facts.on_sale_days, event.on_sale_days or 0))
    others = slots_between(event.activity_id, now, until, Channel.PUBLIC, now)
    teams = teams_in([event])
    standings = [(slot, teams.standing(slot, 0, now, party)) for slot in others if slot.slot_id != event.slot_id]
    fitting = [PricedTime(slot, standing, None, 0) for slot, standing in standings if standing in FITTING]
    return _Around(near=fitting[:OTHER_TIMES])


def _shows(day: date, entry: Free, facts: CentreFacts, now: datetime, own: list[int]) -> list[FreeShow]:
    """What can be added that day, once one is in; what is full is shown as full, what is closed not at all."""
    start = at(day, time(0), facts.zone)
    shows = add_ons_between(start, start + timedelta(days=1), Channel.PUBLIC, now, own)
    teams = teams_in(shows)
    told = (Availability.FREE, Availability.FEW, Availability.FULL)
    lets_in = not isinstance(entry, FreeShow) or entry.gives_entry
    return [
        show
        for show in shows
        if show.slot_id != entry.slot_id
        and show.starts_at >= entry.starts_at
        and show.goes_with(entry.activity_id, lets_in)
        and teams.standing(show, 0, now) in told
    ]


def _kept(basket: OwnBasket, chosen: Free) -> dict[tuple[int, int], int]:
    """How many of each the basket has; at a time it does not have yet, as many as it has at its own."""
    booking_facts = by_secret(basket.secret)
    lines = booking_facts.lines if booking_facts else ()
    carried = {(chosen.slot_id, line.ticket_type_id): line.quantity for line in lines}
    return carried | {(line.slot_id, line.ticket_type_id): line.quantity for line in lines}
