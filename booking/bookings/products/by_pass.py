"""Where a booking and annual passes meet: its tickets for who has a pass are held by the codes of passes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select

from booking.annual_passes import uses
from booking.annual_passes.refusals import NoSuchPass, PassOnlyWhenBooking
from booking.bookings.models import Booking, Line, State
from booking.bookings.numbers import Numbers
from booking.bookings.refusals import NeedsNumber
from booking.catalogue.models import TicketType
from booking.centre.facts import the_centre
from booking.kernel.codes import is_secret
from booking.kernel.database import Texts, run

_GAPS = re.compile(r"[\s\-–—.]")
_LOOKALIKES = str.maketrans({"I": "1", "L": "1", "O": "0"})
_LINES = (
    select(Line.slot_id, Line.ticket_type_id, TicketType.title, func.sum(Line.quantity * Line.admits))
    .join(TicketType, TicketType.id == Line.ticket_type_id)
    .where(Line.booking_id == bindparam("booking"), TicketType.of_passes)
    .group_by(Line.slot_id, Line.ticket_type_id, TicketType.title)
)


@dataclass(frozen=True, slots=True)
class _OnPasses:
    """How many come on passes at once, by which ticket types, and what these are called."""

    heads: int
    types: frozenset[int]
    title: Texts


def read_pass_code(typed: str) -> str:
    """The code that somebody meant, forgiving case, gaps and look-alikes. Raises NoSuchPass for what cannot be one."""
    plain = _GAPS.sub("", typed).upper().removeprefix("BST1").translate(_LOOKALIKES)
    if not is_secret(plain):
        raise NoSuchPass
    return plain


def hold_passes(booking: Booking, typed: Numbers, now: datetime, *, must: bool = True) -> None:
    """Let a locked booking have the passes that its tickets ask for; call inside a unit of work.

    By the codes that are typed, else by those that it has. Staff see the pass itself: `must` is False. Raises
    NeedsNumber, PassOnlyWhenBooking, and what `uses.hold` raises.
    """
    wanted = _on_passes(booking.id)
    if wanted is None:
        let_passes_go(booking, now)
        return
    codes = [read_pass_code(code) for kind in wanted.types for code in typed.get(kind, ())]
    codes = codes or (uses.passes_of(booking.id) if booking.by_pass else [])
    if not codes:
        if must and booking.state is State.CONFIRMED:
            raise PassOnlyWhenBooking
        if must:
            raise NeedsNumber(wanted.title, 1)
        return
    uses.let_go([booking.id], now)
    local = the_centre().local
    uses.hold(booking.id, codes, wanted.heads, local(booking.starts_at).date(), local(now).date(), now)
    booking.by_pass = wanted.heads


def let_passes_go(booking: Booking, now: datetime) -> None:
    """What a locked booking has of passes is free again."""
    if booking.by_pass:
        uses.let_go([booking.id], now)
        booking.by_pass = 0


def follow(booking: Booking, now: datetime) -> None:
    """A locked, confirmed booking has other lines or another day: so has what it has of passes. Raises as before."""
    if booking.by_pass:
        hold_passes(booking, {}, now)


def hold_again(booking: Booking, now: datetime) -> None:
    """A booking whose time had run out is bought after all; its passes may be gone. Raises what `uses.hold` raises."""
    local = the_centre().local
    codes = uses.passes_had(booking.id)
    uses.hold(booking.id, codes, booking.by_pass, local(booking.starts_at).date(), local(now).date(), now)


def _on_passes(booking_id: int) -> _OnPasses | None:
    rows = run(_LINES, {"booking": booking_id}).all()
    if not rows:
        return None
    at_once: dict[int, int] = {}
    for slot_id, _kind, _title, heads in rows:
        at_once[slot_id] = at_once.get(slot_id, 0) + int(heads)
    return _OnPasses(max(at_once.values()), frozenset(kind for _slot, kind, *_rest in rows), rows[0][2])


def with_passes(bookings: Iterable[Booking]) -> list[int]:
    """Those of bookings that come on passes."""
    return [booking.id for booking in bookings if booking.by_pass]
