"""Numbers that tickets ask for, such as those of annual passes: which are wanted, and whether they look right.

What is free because of a card is refused without the card's number, so that places are not taken for nothing. They are
kept with the booking by ticket type, shown at the door, and forgotten with the contact.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import bindparam, or_, select

from booking.bookings.models import Booking, Line
from booking.bookings.refusals import NeedsNumber, OddNumber
from booking.catalogue.models import TicketType
from booking.kernel.database import Texts, as_values, run

LONGEST = 40
Numbers = Mapping[int, Sequence[str]]  # ticket type id → a number for each ticket
_SIGNS = {"#": "[0-9]", "@": r"[^\W\d_]"}


class HasType(Protocol):
    """A line of a booking."""

    @property
    def ticket_type_id(self) -> int: ...
    @property
    def quantity(self) -> int: ...


@dataclass(frozen=True, slots=True)
class NumbersAsked:
    """A ticket type of a booking that asks for a number: how many are wanted, and those that are known."""

    ticket_type_id: int
    name: Texts
    shape: str
    wanted: int
    known: tuple[str, ...]
    of_passes: bool = False


_ASKS = or_(TicketType.asks_number, TicketType.of_passes)
_ASKING = select(
    TicketType.id, TicketType.number_name, TicketType.number_shape, TicketType.of_passes, TicketType.title
).where(TicketType.id.in_(bindparam("types", expanding=True)), _ASKS)
_LINES = (
    select(Line.ticket_type_id, Line.quantity)
    .join(TicketType, TicketType.id == Line.ticket_type_id)
    .where(Line.booking_id == bindparam("booking"), _ASKS)
)
_KNOWN = select(Booking.numbers).where(Booking.id == bindparam("booking"))


def fits(shape: str, typed: str) -> bool:
    """Whether a number looks as it should: # is a digit, @ a letter, any other sign itself; "" lets all pass."""
    if not 0 < len(typed) <= LONGEST:
        return False
    pattern = "".join(_SIGNS.get(sign, re.escape(sign)) for sign in shape)
    return not shape or re.fullmatch(pattern, typed, re.IGNORECASE) is not None


@dataclass(frozen=True, slots=True)
class _Line:
    ticket_type_id: int
    quantity: int


def lines_that_ask(booking_id: int) -> list[HasType]:
    """The lines of a booking whose tickets ask for a number, in one statement."""
    return [*as_values(_Line, run(_LINES, {"booking": booking_id}))]


def asked_of(booking_id: int, lines: Iterable[HasType]) -> list[NumbersAsked]:
    """Which numbers a booking with these lines asks for; one statement where it asks for none, none without lines."""
    wanted = Counter[int]()
    for line in lines:
        wanted[line.ticket_type_id] += line.quantity
    if not wanted:
        return []
    asking = run(_ASKING, {"types": sorted(wanted)}).all()
    if not asking:
        return []
    known = run(_KNOWN, {"booking": booking_id}).scalar_one()
    return [
        NumbersAsked(
            kind, title if of_passes else name, "" if of_passes else shape, wanted[kind],
            () if of_passes else tuple(known.get(str(kind), ())), of_passes,
        )
        for kind, name, shape, of_passes, title in asking
    ]  # fmt: skip


def numbers_for(
    booking_id: int, lines: Iterable[HasType], sent: Numbers | None = None, *, must: bool = True
) -> dict[str, list[str]]:
    """The numbers that a booking with these lines has: those sent now, else those it had, no more than tickets.

    Staff see the card itself, so they are not asked: `must` is False. Raises NeedsNumber, OddNumber.
    """
    by_type = {}
    for numbers_asked in asked_of(booking_id, lines):
        if numbers_asked.of_passes:
            continue  # codes of passes are no numbers; see products/by_pass.py
        numbers = list(dict.fromkeys((sent or {}).get(numbers_asked.ticket_type_id) or numbers_asked.known))[
            : numbers_asked.wanted
        ]
        odd = next((number for number in numbers if not fits(numbers_asked.shape, number)), None)
        if odd is not None and odd not in numbers_asked.known:
            raise OddNumber(numbers_asked.name, odd, numbers_asked.shape)
        if must and len(numbers) < numbers_asked.wanted:
            raise NeedsNumber(numbers_asked.name, numbers_asked.wanted)
        if numbers:
            by_type[str(numbers_asked.ticket_type_id)] = numbers
    return by_type
