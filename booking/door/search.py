"""Find a booking by anything the person at the desk says: reference, name, class, team, mail address, phone number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, not_, or_, select

from booking.bookings.models import Booking, State, Ticket
from booking.capacity.models import Channel
from booking.contests.finding import teams_named
from booking.kernel.database import as_values, db
from booking.occupancy.finding import fits, looser, typed_words, whole, with_reference

MOST = 20
MOST_ASKED = 200  # for who wants to see more
CANDIDATES = 300  # bookings of other days that are looked at before the nearest are chosen
LONGEST_QUERY = 100
WORTH_FINDING = (State.CONFIRMED, State.CANCELLED, State.PENDING)


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A booking that was found; by its `team` in a contest, where that is what fits."""

    booking_id: int
    reference: str
    state: State
    channel: Channel
    name: str
    group_name: str
    phone: str
    starts_at: datetime
    people: int
    admitted: int
    team: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What fits, best first: the one with that very reference, those of today, other days. `total` is how many fit."""

    exact: SearchHit | None = None
    today: tuple[SearchHit, ...] = ()
    others: tuple[SearchHit, ...] = ()
    total: int = 0

    @property
    def hits(self) -> tuple[SearchHit, ...]:
        """All that is shown, in order."""
        first = (self.exact,) if self.exact is not None else ()
        return (*first, *self.today, *self.others)


_CAME = (
    select(func.coalesce(func.sum(Ticket.admitted), 0))
    .where(Ticket.booking_id == Booking.id, Ticket.void.is_(False))
    .correlate(Booking)
    .scalar_subquery()
)
_HIT = (
    Booking.id, Booking.reference, Booking.state, Booking.channel, Booking.name, Booking.group_name, Booking.phone,
    Booking.starts_at, Booking.people, _CAME,
)  # fmt: skip


def search(typed: str, start: datetime, end: datetime, most: int = MOST) -> Found:
    """Bookings that all the typed words fit, those of [start, end) first, then the nearest other days.

    Of today's those come first who are named just so, and who have not come yet. Among today's a word may be any part
    of what is known, on other days the beginning of a word. Letters fold: "ase" finds "Åse". Where nothing fits, the
    last letter of each word may be another. A whole reference finds its booking whatever its day and state. A team in
    a contest is found by any part of its name.
    """
    typed = typed[:LONGEST_QUERY]
    words = typed_words(typed)
    if len("".join(words)) < 2:
        return Found()
    matches = _find(words, _exact(typed), start, end, most)
    return matches if matches.total else _find(looser(words), None, start, end, most)


def _find(words: Sequence[str], exact: SearchHit | None, start: datetime, end: datetime, most: int) -> Found:
    room = most - (exact is not None)
    has_begun = and_(Booking.last_at.is_not(None), Booking.last_at >= start, Booking.starts_at < start)
    is_today = or_(and_(Booking.starts_at >= start, Booking.starts_at < end), has_begun)
    others_than = Booking.id != exact.booking_id if exact is not None else Booking.id.is_not(None)
    came_all = case((Booking.state != State.CONFIRMED, 2), (Booking.people <= _CAME, 1), else_=0)
    teams = teams_named(words)
    has_team = Booking.id.in_(teams) if teams else false()
    fits_today = or_(fits(words, anywhere=True), has_team)
    today, todays = _hits(and_(is_today, fits_today, others_than), (whole(words).desc(), came_all), room)
    others: list[SearchHit] = []
    rest, elsewhere = _hits(and_(fits(words, anywhere=False), not_(is_today), others_than), (), CANDIDATES)
    if teams:  # asked by themselves: with "or" the database would go through all bookings there ever were
        by_team, _all = _hits(and_(has_team, not_(is_today), others_than), (), CANDIDATES)
        more = [hit for hit in by_team if hit not in rest]
        rest, elsewhere = [*rest, *more], elsewhere + len(more)
    if len(today) < room:
        rest.sort(key=lambda hit: abs((hit.starts_at - start).total_seconds()))
        others = rest[: room - len(today)]
    total = (exact is not None) + todays + elsewhere
    return Found(exact, _with_teams(today, teams), _with_teams(others, teams), total)


def _with_teams(hits: Sequence[SearchHit], teams: Mapping[int, str]) -> tuple[SearchHit, ...]:
    return tuple(replace(hit, team=teams.get(hit.booking_id, "")) for hit in hits)


def _exact(typed: str) -> SearchHit | None:
    booking_id = with_reference(typed)
    if booking_id is None:
        return None
    return as_values(SearchHit, db.session.execute(select(*_HIT).where(Booking.id == booking_id)))[0]


def _hits(condition: ColumnElement[bool], order: Sequence[Any], most: int) -> tuple[list[SearchHit], int]:
    """The first of those that fit, and how many fit."""
    rows = db.session.execute(
        select(func.count().over(), *_HIT)
        .where(condition, Booking.changes_id.is_(None), Booking.state.in_(WORTH_FINDING))
        .order_by(*order, Booking.starts_at, Booking.id)
        .limit(most)
    ).all()
    return as_values(SearchHit, (row[1:] for row in rows)), rows[0][0] if rows else 0
