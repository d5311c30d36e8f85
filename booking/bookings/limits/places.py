"""How many places one buyer, and one network address, may keep that are not paid for.

Counted are places that are held, being paid or offered from the waiting list, and those that cost nothing, until the
day of the visit is over. What is paid for is nobody's limit. Staff's own sales carry no mark and are never counted.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache

from sqlalchemy import Executable, Select, and_, bindparam, case, func, literal, or_, select, union_all

from booking.bookings.models import Booking, State, Waiting, WaitingSlot, WaitingState
from booking.bookings.refusals import AlreadyWaiting, TooManyHolds
from booking.capacity.models import Channel, Slot
from booking.capacity.timetable import at
from booking.centre.facts import CentreFacts, the_centre
from booking.kernel.database import one_at_a_time, run

OVER_ALL_DAYS = 3  # times what may be kept of one day
MARK_LENGTH = 32
_DOTS_MEAN_NOTHING = frozenset({"gmail.com", "googlemail.com"})


def fold_email(email: str) -> str:
    """One mailbox, however its address is written: kari+zoo@ is kari@, and Gmail reads over dots."""
    local, _at, domain = email.strip().lower().rpartition("@")
    local = local.partition("+")[0] or local
    if domain in _DOTS_MEAN_NOTHING:
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"


def person_of(email: str) -> str:
    """An opaque mark of a mailbox, for counting; kept no longer than the address itself."""
    return hashlib.sha256(f"person:{fold_email(email)}".encode()).hexdigest()[:MARK_LENGTH] if email else ""


@dataclass(frozen=True, slots=True)
class Keeper:
    """Who keeps places: opaque marks of a network address and of a mailbox; "" for what is not known."""

    holder: str
    person: str = ""

    @property
    def marks(self) -> list[str]:
        """Those that are known."""
        return [mark for mark in (self.holder, self.person) if mark]


_DAY = and_(Booking.starts_at >= bindparam("start"), Booking.starts_at < bindparam("end"))
# Marks are taken off what is paid for or over, so all that carries one counts; but not a basket whose time is up.
_LIVES = or_(Booking.state != State.HELD, Booking.held_until > bindparam("now"))


@cache
def _kept_of(marks: tuple[str, ...]) -> Executable:
    return union_all(*(_sums(mark) for mark in marks))


def _sums(mark: str) -> Select[tuple[str, int, int, int]]:
    column = getattr(Booking, mark)
    return select(
        literal(mark, literal_execute=True),
        func.coalesce(func.sum(case((_DAY, Booking.people), else_=0)), 0),
        func.coalesce(func.sum(Booking.people), 0),
        func.coalesce(func.sum(case((and_(_DAY, Booking.state == State.CONFIRMED), Booking.people), else_=0)), 0),
    ).where(
        column == bindparam(mark),
        column != "",  # said, so that the partial index is used
        Booking.id != bindparam("but"),
        Booking.starts_at >= bindparam("today"),
        _LIVES,
    )


@dataclass(frozen=True, slots=True)
class KeptPlaces:
    """Places of one keeper: of one day, of all days, and of that day those that are confirmed and cost nothing."""

    on_the_day: int
    in_all: int
    free: int


def check_places(
    keeper: Keeper, people: int, starts_at: datetime, centre: CentreFacts, now: datetime, but: int = 0
) -> None:
    """Whether so many places more may be kept; call inside a unit of work. `but` is a booking that is not counted.

    Whoever asks with one of the same marks meanwhile waits until this unit of work ends. Raises TooManyHolds.
    """
    if not keeper.holder:
        return
    one_at_a_time(keeper.marks)
    limits = {"holder": centre.most_places_address, "person": centre.most_places_person}
    for mark, kept in kept_by(keeper, starts_at, centre, now, but).items():
        most = limits[mark]
        if kept.on_the_day + people > most or kept.in_all + people > most * OVER_ALL_DAYS:
            raise TooManyHolds(most)


def check_buyer(booking: Booking, centre: CentreFacts, now: datetime) -> None:
    """Count a booking that is locked for the mailbox that it now names. Raises TooManyHolds."""
    if not booking.holder:
        return
    booking.person = person_of(booking.email)
    keeper = Keeper(booking.holder, booking.person)
    check_places(keeper, booking.people, booking.starts_at, centre, now, but=booking.id)


def asks_by_mail(booking: Booking, now: datetime) -> bool:
    """Whether a booking that costs nothing is to be confirmed from its mailbox first.

    It is where it would be more than a few places, with what the same buyer or network address has for nothing that
    day.
    """
    if not booking.holder or booking.total or booking.channel is not Channel.PUBLIC:
        return False
    centre = the_centre()
    free = _free_of(Keeper(booking.holder, booking.person), booking.starts_at, centre, now, booking.id)
    return booking.people + free > centre.most_free_places


def check_more_free(
    booking: Booking, people: int, starts_at: datetime, total: int, now: datetime, holder: str = ""
) -> None:
    """Whether a buyer may let a locked booking be for so many who cost nothing; more takes a booking of its own.

    One that was confirmed by mail, or was free and is for no more than before, stays under the limits alone. One that
    was paid was nobody's limit: from now on it counts for its mailbox, and for the `holder` who asks.
    Raises TooManyHolds.
    """
    if total:
        return
    centre = the_centre()
    if booking.total and holder:
        keeper = Keeper(holder, person_of(booking.email))
        check_places(keeper, people, starts_at, centre, now, but=booking.id)
        if people + _free_of(keeper, starts_at, centre, now, booking.id) > centre.most_free_places:
            raise TooManyHolds(centre.most_free_places)
        booking.holder, booking.person = keeper.holder, keeper.person
    elif booking.holder and (
        people > booking.people or _day_of(starts_at, centre) != _day_of(booking.starts_at, centre)
    ):
        if booking.asked_at is None and people > max(centre.most_free_places, booking.people):
            raise TooManyHolds(centre.most_free_places)
        check_places(Keeper(booking.holder, booking.person), people, starts_at, centre, now, but=booking.id)


def _free_of(keeper: Keeper, starts_at: datetime, centre: CentreFacts, now: datetime, but: int) -> int:
    """How many places a buyer or a network address has for nothing that day already, whichever has more."""
    return max((kept.free for kept in kept_by(keeper, starts_at, centre, now, but).values()), default=0)


def kept_by(
    keeper: Keeper, moment: datetime, centre: CentreFacts, now: datetime, but: int = 0
) -> dict[str, KeptPlaces]:
    """What a keeper has of the day of a moment, by each mark that is known, "holder" and "person"; one statement."""
    marks = {mark: of for mark, of in (("holder", keeper.holder), ("person", keeper.person)) if of}
    if not marks:
        return {}
    start, end = _day_of(moment, centre)
    today, _tomorrow = _day_of(now, centre)
    values = marks | {"but": but, "start": start, "end": end, "today": today, "now": now}
    rows = run(_kept_of(tuple(marks)), values)
    return {mark: KeptPlaces(*map(int, counts)) for mark, *counts in rows}


def check_waiting(keeper: Keeper, people: int, slot_ids: list[int], centre: CentreFacts, now: datetime) -> None:
    """Whether a party may stand in line for these slots; call inside a unit of work.

    A mailbox stands in line for a slot once, whoever asks. Raises AlreadyWaiting, TooManyHolds.
    """
    one_at_a_time(keeper.marks)
    living = Waiting.state != WaitingState.ENDED
    twice = (
        select(Waiting.id)
        .join(WaitingSlot, WaitingSlot.waiting_id == Waiting.id)
        .where(Waiting.person == keeper.person, Waiting.person != "", living, WaitingSlot.slot_id.in_(slot_ids))
    )
    if run(twice.limit(1)).first() is not None:
        raise AlreadyWaiting
    if not keeper.holder:
        return
    first = run(select(func.min(Slot.starts_at)).where(Slot.id.in_(slot_ids))).scalar_one()
    start, end = _day_of(first, centre)
    on_the_day = (
        select(WaitingSlot.waiting_id)
        .join(Slot, Slot.id == WaitingSlot.slot_id)
        .where(Slot.starts_at >= start, Slot.starts_at < end)
    )
    for column, of, most in (
        (Waiting.holder, keeper.holder, centre.most_places_address),
        (Waiting.person, keeper.person, centre.most_places_person),
    ):
        if not of:
            continue
        standing = select(func.coalesce(func.sum(Waiting.people), 0)).where(
            column == of, column != "", Waiting.state == WaitingState.WAITING, Waiting.id.in_(on_the_day)
        )
        if int(run(standing).scalar_one()) + people > most:
            raise TooManyHolds(most)


def _day_of(moment: datetime, centre: CentreFacts) -> tuple[datetime, datetime]:
    day = centre.local(moment).date()
    return at(day, time(0), centre.zone), at(day + timedelta(days=1), time(0), centre.zone)
