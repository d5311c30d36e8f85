"""The outbox as a list: letters and what became of them, newest first, a page at a time by key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from booking.bookings.models import Booking
from booking.kernel.database import as_values, db
from booking.outbox.models import Promise, PromiseState
from booking.reports import names
from booking.sheets.sheet import Column, ColumnKind, Row

PAGE = 50
NEWEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class LetterFilter:
    """Which letters: all that fit every filter that is set. `kind` "" is every kind of letter."""

    state: PromiseState | None = None
    kind: str = ""
    booking_id: int | None = None
    below: int = NEWEST


@dataclass(frozen=True, slots=True)
class LetterRow:
    """One letter; `why` says why it has not gone."""

    id: int
    kind: str
    state: PromiseState
    attempts: int
    made_at: datetime
    due_at: datetime
    done_at: datetime | None
    why: str
    booking_id: int | None
    reference: str | None


@dataclass(frozen=True, slots=True)
class LetterPage:
    """Some letters, and the number that the next page begins below, if there is one."""

    letters: list[LetterRow]
    next_below: int | None


def read(wanted: LetterFilter, most: int = PAGE) -> LetterPage:
    """A page of letters in one statement."""
    query = (
        select(
            Promise.id, Promise.kind, Promise.state, Promise.attempts, Promise.made_at, Promise.due_at,
            Promise.done_at, Promise.last_error, Promise.booking_id, Booking.reference,
        )
        .outerjoin(Booking, Booking.id == Promise.booking_id)
        .where(Promise.id < wanted.below)
    )  # fmt: skip
    if wanted.kind:
        query = query.where(Promise.kind == wanted.kind)
    elif wanted.booking_id is None:
        query = query.where(Promise.kind.startswith("mail."))
    if wanted.booking_id is not None:
        query = query.where(Promise.booking_id == wanted.booking_id)
    if wanted.state is PromiseState.DONE:
        # Nearly all there is: said this way round, so that it is read by number and not sorted.
        query = query.where(Promise.state.not_in((PromiseState.WAITING, PromiseState.DEAD, PromiseState.HELD_BACK)))
    elif wanted.state is not None:
        query = query.where(Promise.state == wanted.state)
    letter_rows = as_values(LetterRow, db.session.execute(query.order_by(Promise.id.desc()).limit(most + 1)))
    return LetterPage(letter_rows[:most], letter_rows[most - 1].id if len(letter_rows) > most else None)


def columns() -> list[Column]:
    """The columns of the list as a file."""
    return [
        Column(_("Number"), ColumnKind.NUMBER), Column(_("Letter")), Column(_("State")), Column(_("Booking")),
        Column(_("Written"), ColumnKind.MOMENT), Column(_("Sent"), ColumnKind.MOMENT),
        Column(_("Tries"), ColumnKind.NUMBER),
        Column(_("Cause")),
    ]  # fmt: skip


def as_row(letter: LetterRow) -> Row:
    """A letter as a row of the file."""
    kind, state = names.letters().get(letter.kind, letter.kind), names.letter_states()[letter.state]
    return (
        letter.id,
        kind,
        state,
        letter.reference or "",
        letter.made_at,
        letter.done_at,
        letter.attempts,
        letter.why,
    )
