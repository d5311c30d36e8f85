"""The page of a change: the same weeks and times as when buying, for this party, and what a press would mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import ClassVar
from urllib.parse import urlencode

from flask import request

from booking.bookings.basket import Pick
from booking.bookings.numbers import NumbersAsked
from booking.bookings.queries import BookedLine, BookingFacts, waiting_changes
from booking.bookings.refusals import BookingChanged
from booking.bookings.rules import refund_deadline
from booking.capacity.availability import Availability, Free, slots_between, start_of
from booking.capacity.models import Channel
from booking.capacity.timetable import at
from booking.catalogue.queries import TicketOffer, offers_of
from booking.centre.facts import is_public_holiday
from booking.kernel import clock
from booking.web.languages import centre
from booking.web.month_grid import five_weeks_with
from booking.web.refusals import RefusalAnswer, TooOdd, in_words
from booking.web.typed import a_day, identity
from booking.web.visitor.changes.choices import ChangedType, types_at
from booking.web.visitor.changes.meaning import ChangeMeaning, meaning_of, too_late
from booking.web.visitor.changes.prices import MovePrices
from booking.web.visitor.changing import entry_slot, mark_of_picks, numbers_asked, wished
from booking.web.visitor.month import FITTING, Month, PricedTime, month_with, next_free
from booking.web.visitor.tickets import warnings_read


@dataclass(frozen=True, slots=True)
class ChangeForm:
    """Whose change it is and who makes it: the booking, its entry, where its page is, and what was typed."""

    facts: BookingFacts
    entry: BookedLine
    channel: Channel
    actor: str  # "buyer", or whose account it is
    address: str
    typed: Mapping[str, str]
    own: Sequence[int]  # bookings whose places count as free: itself, and a change of it that waits for its money
    now: datetime

    def read(self, start: datetime, end: datetime) -> list[Free]:
        """The times of its entry that begin in [start, end)."""
        return slots_between(self.entry.activity_id, start, end, self.channel, self.now, own=self.own)

    def time(self, slot_id: int | None) -> Free | None:
        """One of them."""
        starts_at = start_of(slot_id) if slot_id is not None else None
        if starts_at is None:
            return None
        there = self.read(starts_at, starts_at + timedelta(seconds=1))
        return next((slot for slot in there if slot.slot_id == slot_id), None)


@dataclass(frozen=True, slots=True)
class BesidesEntry:
    """A show or a workshop that they have besides the entry; it is `lost` where it does not fit the time chosen."""

    line: BookedLine
    choices: list[ChangedType]
    lost: bool

    @property
    def fields(self) -> list[tuple[str, str]]:
        """What the form says of it: what was typed, none of what is lost."""
        return [(choice.field, "0" if self.lost else choice.quantity) for choice in self.choices]


@dataclass(frozen=True, slots=True)
class TimesAround:
    """The weeks around a day with what each comes to, its times, and what is near where none of them can be had."""

    month: Month
    day: date | None
    times: list[PricedTime]
    near: list[PricedTime] = field(default_factory=list)
    next_time: PricedTime | None = None


@dataclass(frozen=True, slots=True)
class ChangePage:
    """The whole change on one page, as far as it has come: the time, how many of each, what it means."""

    wish: ChangeWish
    around: TimesAround
    chosen: Free | None
    besides: list[BesidesEntry]
    meaning: ChangeMeaning | str | None  # none while a time is chosen; a sentence where it cannot be
    mark: str  # of the wishes that the meaning was told of
    problem: RefusalAnswer | None
    knows: list[str]  # the warnings that have been read
    numbers: list[tuple[NumbersAsked, str]]
    standings: ClassVar = Availability

    @property
    def form(self) -> ChangeForm:
        """Whose change it is."""
        return self.wish.form

    @property
    def facts(self) -> BookingFacts:
        """The booking as it is."""
        return self.form.facts

    @property
    def shows_month(self) -> bool:
        """Whether other times stand above the form: until one of them is chosen."""
        return not self.facts.has_pass and (self.chosen is None or self.wish.is_own)

    @property
    def refused(self) -> Free | None:
        """The time that was chosen and cannot be had."""
        return self.wish.slot if self.chosen is None else None

    @property
    def for_staff(self) -> bool:
        """Whether staff read it, who are told of the visitor."""
        return self.form.actor != "buyer"

    @property
    def means(self) -> ChangeMeaning | None:
        """What it means, where it can be."""
        return self.meaning if isinstance(self.meaning, ChangeMeaning) else None

    @property
    def hindrance(self) -> str:
        """Why it cannot be, where it cannot."""
        return self.meaning if isinstance(self.meaning, str) else ""

    @property
    def carries(self) -> list[tuple[str, str]]:
        """The numbers that are others than those they have, as fields of the form."""
        besides = (choice for show in self.besides for choice in show.choices)
        choices = (*self.wish.choices, *besides)
        return [(choice.field, choice.quantity) for choice in choices if choice.quantity != choice.had]

    @property
    def here(self) -> str:
        """The page with what was typed, up to the next parameter."""
        return f"{self.form.address}?{urlencode(self.carries)}{'&' if self.carries else ''}"

    @property
    def too_late(self) -> str:
        """Why nothing can be changed here any more, where that is so; never for staff."""
        return "" if self.for_staff else too_late(self.facts, self.form.now)

    @property
    def late(self) -> bool:
        """Whether fewer people cost the same by now."""
        return self.form.now > refund_deadline(self.facts.starts_at, centre())


@dataclass(frozen=True, slots=True)
class ChangeWish:
    """What is asked for: a time, if it is one of theirs, and how many of each ticket type there."""

    form: ChangeForm
    slot: Free | None
    choices: list[ChangedType]

    @property
    def is_own(self) -> bool:
        """Whether it is the time that they have."""
        return self.slot is not None and self.slot.slot_id == self.form.entry.slot_id

    @property
    def party(self) -> int:
        """So many people."""
        return sum(choice.wanted * choice.admits for choice in self.choices)

    @property
    def prices(self) -> MovePrices:
        """What they cost more at any time."""
        return MovePrices(tuple(choice.moving for choice in self.choices))

    @property
    def is_short(self) -> bool:
        """Whether their own time has no room for so many."""
        had = sum(len(choice.paid) * choice.admits for choice in self.choices)
        return self.slot is not None and self.is_own and self.party > max(self.slot.free, had)

    @property
    def fits(self) -> bool:
        """Whether the time can be chosen: their own always, others with room and for their tickets."""
        slot = self.slot
        if slot is None or self.is_own:
            return slot is not None
        return slot.standing(self.party, 0, self.form.now) in FITTING and self.price(slot) is not None

    def price(self, slot: Free) -> int | None:
        """What they cost more there, in minor units; None where one of their tickets is not for such times."""
        start = centre().local(slot.starts_at)
        return self.prices.price_at(start, is_public_holiday(centre().country, start.date()))


def change_page(
    facts: BookingFacts, channel: Channel, actor: str, address: str, problem: RefusalAnswer | None = None
) -> ChangePage:
    """What the page shows, of what its address or the form that was sent asks for."""
    form, sold = _form(facts, channel, actor, address), offers_of({line.activity_id for line in facts.lines})
    slot = form.time(_slot_asked(form))
    at_time, offers = slot.starts_at if slot else form.entry.starts_at, sold[form.entry.activity_id]
    wish = ChangeWish(form, slot, types_at(facts, form.entry, offers, at_time, channel, form.typed))
    chosen = slot if wish.fits or problem else None
    besides = _besides(form, sold, chosen)
    meaning, mark = _meaning(form, chosen, wish.choices, besides) if chosen else (None, "")
    return ChangePage(
        wish=wish,
        around=_around(wish, gone=problem is not None and problem.status == 409),
        chosen=chosen,
        besides=besides,
        meaning=meaning,
        mark=mark,
        problem=problem,
        knows=warnings_read(problem),
        numbers=numbers_asked(facts, form.typed),
    )


def _slot_asked(form: ChangeForm) -> int | None:
    """The time that is chosen; their own unless they look at days."""
    looks = form.typed.get("date") or form.typed.get("from")
    return identity(form.typed.get("slot")) or (None if looks and request.method == "GET" else form.entry.slot_id)


def _form(facts: BookingFacts, channel: Channel, actor: str, address: str) -> ChangeForm:
    entry_id = entry_slot(facts)
    return ChangeForm(
        facts=facts,
        entry=next(line for line in facts.lines if line.slot_id == entry_id),
        channel=channel,
        actor=actor,
        address=address,
        typed=request.form if request.method == "POST" else request.args,
        own=[facts.id, *waiting_changes(facts.id)],
        now=clock.now(),
    )


def _besides(form: ChangeForm, sold: Mapping[int, Sequence[TicketOffer]], chosen: Free | None) -> list[BesidesEntry]:
    """What they have besides the entry, with the ticket types that can be had there."""
    besides, entry_id = [], form.entry.slot_id
    for line in {line.slot_id: line for line in reversed(form.facts.bought)}.values():
        if line.slot_id != entry_id:
            choices = types_at(form.facts, line, sold[line.activity_id], line.starts_at, form.channel, form.typed)
            lost = chosen is not None and chosen.slot_id != entry_id and _is_lost(line, chosen)
            besides.append(BesidesEntry(line, [choice for choice in choices if choice.most], lost))
    return besides[::-1]


def _is_lost(line: BookedLine, chosen: Free) -> bool:
    """Whether it is on another day than the time, or needs entry and begins before one would be in."""
    there, then = centre().local(line.starts_at), centre().local(chosen.starts_at)
    return there.date() != then.date() or (line.needs_admission and line.starts_at < chosen.starts_at)


def _meaning(
    form: ChangeForm, chosen: Free, choices: Sequence[ChangedType], besides: Sequence[BesidesEntry]
) -> tuple[ChangeMeaning | str, str]:
    """What the form means as it stands, and the mark of what it stands at."""
    fields = [(choice.field, choice.quantity) for choice in choices]
    fields += [each for show in besides for each in show.fields]
    typed = dict(fields) | {"slot": str(chosen.slot_id)}
    try:
        picks: list[Pick] = wished(form.facts, typed)
    except (TooOdd, BookingChanged) as refusal:
        return in_words(refusal).text, ""
    entry_id = form.entry.slot_id
    return meaning_of(form.facts, picks, entry_id, chosen.slot_id, form.actor), mark_of_picks(picks)


def _around(wish: ChangeWish, *, gone: bool) -> TimesAround:
    """The weeks with the day that is looked at, its times, and what is near where the wish cannot be had."""
    form, slot, here = wish.form, wish.slot, centre()
    today = here.local(form.now).date()
    looks = None if slot else a_day(form.typed.get("date"))
    first = looks or (None if slot else a_day(form.typed.get("from"))) or today
    if not today.replace(day=1) <= first <= today + timedelta(days=here.on_sale_days + 60):
        first, looks = today, None
    day = here.local(slot.starts_at).date() if slot else looks
    month = month_with(five_weeks_with(day or first, today), wish.party, here, form.now, form.read, wish.prices)
    times = month.times(day, form.entry.slot_id) if day else []
    near: list[PricedTime] = []
    if day and _is_hard(wish, times, gone=gone):
        near = _near(wish, month, slot.starts_at if slot else at(day, time(12), here.zone))
    is_empty = not any(map(month.fits, month.slots))
    return TimesAround(month, day, times, near, next_free(month, here, form.now) if is_empty else None)


def _is_hard(wish: ChangeWish, times: Sequence[PricedTime], *, gone: bool) -> bool:
    """Whether what is asked for, or all of the day that is looked at, cannot be had."""
    if wish.slot is not None:
        return gone or wish.is_short or not wish.fits
    return not any(priced.standing in FITTING and priced.price is not None for priced in times)


def _near(wish: ChangeWish, month: Month, moment: datetime) -> list[PricedTime]:
    """Times near a moment that can be had with their tickets, other than the one asked for and their own."""
    left_out = {wish.slot.slot_id if wish.slot else None, wish.form.entry.slot_id}
    return [near for near in month.near(moment) if near.slot.slot_id not in left_out and near.price is not None]
