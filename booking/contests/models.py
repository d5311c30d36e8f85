"""Tables of contests: what is asked of each, and who has entered it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from booking.kernel.database import Id, Json, Model, Texts, Translated, UTCDateTime, stored

LONGEST_NAME = 120
LONGEST_KEY = 400
# What tells who entered, literally as in the partial index that the forgetting finds it by.
HAS_NAMES = "name <> ''"


class Contestants(StrEnum):
    """Who enters a contest."""

    TEAMS = "teams"
    PERSONS = "persons"


class AnswerKind(StrEnum):
    """What kind of answer a field wants."""

    LINE = "line"
    TEXT = "text"
    NUMBER = "number"
    CHOICE = "choice"
    YES = "yes"


class AskedOf(StrEnum):
    """Whether a field is asked once for each entry, or of each member."""

    ENTRY = "entry"
    MEMBER = "member"


class EntryState(StrEnum):
    """Where an entry stands. One whose booking was cancelled is out with it, and needs no state for that."""

    ENTERED = "entered"
    WITHDRAWN = "withdrawn"
    TAKEN_OUT = "taken_out"


# From where to where an entry may go: by whoever booked, or by the staff, and never back.
TRANSITIONS: dict[EntryState, frozenset[EntryState]] = {
    EntryState.ENTERED: frozenset({EntryState.WITHDRAWN, EntryState.TAKEN_OUT}),
    EntryState.WITHDRAWN: frozenset(),
    EntryState.TAKEN_OUT: frozenset(),
}


class Contest(Model):
    """How one contest is entered; without a row the defaults hold.

    Of teams, `least_members` to `most_members` are a team; `asks_names` has each of them named, else only their number
    is asked. `asks_birth_year` is asked of each who is named, and kept to `least_age` and `most_age`, where they are
    set, by the age that somebody has or reaches in the year of the contest.
    """

    __tablename__ = "contest"

    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"), primary_key=True)
    contestants: Mapped[Contestants] = mapped_column(stored(Contestants), default=Contestants.TEAMS)
    least_members: Mapped[int] = mapped_column(default=2)
    most_members: Mapped[int] = mapped_column(default=10)
    asks_names: Mapped[bool] = mapped_column(default=True)
    asks_birth_year: Mapped[bool] = mapped_column(default=False)
    least_age: Mapped[int | None]
    most_age: Mapped[int | None]

    __table_args__ = (
        CheckConstraint("least_members >= 1 AND most_members >= least_members AND most_members <= 30", name="members"),
        CheckConstraint("least_age IS NULL OR most_age IS NULL OR least_age <= most_age", name="ages"),
    )


class ContestField(Model):
    """Something that a contest asks: of the entry or of each member.

    `least` and `most` are the range of a number; `choices` those of a choice, with semicolons between, as many in each
    language. A consent is a yes that is needed: its wording is the label.
    """

    __tablename__ = "contest_field"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"), index=True)
    label: Mapped[Texts] = mapped_column(Translated)
    hint: Mapped[Texts] = mapped_column(Translated, default=dict, server_default="{}")
    kind: Mapped[AnswerKind] = mapped_column(stored(AnswerKind))
    asked_of: Mapped[AskedOf] = mapped_column(stored(AskedOf), default=AskedOf.ENTRY, server_default="entry")
    required: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    least: Mapped[int | None]
    most: Mapped[int | None]
    choices: Mapped[Texts] = mapped_column(Translated, default=dict, server_default="{}")
    sort: Mapped[int] = mapped_column(default=0, server_default="0")

    __table_args__ = (
        CheckConstraint("least IS NULL OR most IS NULL OR least <= most", name="range"),
        # What somebody is writing for a field that is taken away meanwhile is never another field's.
        {"sqlite_autoincrement": True},
    )


class ContestEntry(Model):
    """A team or a person in a contest, entered with a booking: one for each of its tickets there, in their order.

    `name` is the team's or the person's. `name_key` is that of a team as names are compared, "" where nobody else is
    kept from it: of persons, and once the entry is out. `size` is how many they are. `answers` are as in
    `rules.KeptAnswer`; `reason` is why staff took it out.
    """

    __tablename__ = "contest_entry"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id", ondelete="CASCADE"), index=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"), index=True)
    state: Mapped[EntryState] = mapped_column(stored(EntryState), default=EntryState.ENTERED, server_default="entered")
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    name_key: Mapped[str] = mapped_column(String(LONGEST_KEY), default="", server_default="")
    size: Mapped[int]
    answers: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list, server_default="[]")
    reason: Mapped[str] = mapped_column(String(400), default="", server_default="")
    entered_at: Mapped[datetime] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    __table_args__ = (
        CheckConstraint("size >= 1", name="size"),
        Index(
            "uq_contest_entry_name",
            "activity_id",
            "name_key",
            unique=True,
            sqlite_where=text("name_key <> ''"),
            postgresql_where=text("name_key <> ''"),
        ),
        Index(
            "ix_contest_entry_named",
            "booking_id",
            sqlite_where=text(HAS_NAMES),
            postgresql_where=text(HAS_NAMES),
        ),
    )


class ContestMember(Model):
    """Somebody of an entry, in the order they were written: often a child. The row goes soon after the contest."""

    __tablename__ = "contest_member"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("contest_entry.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    birth_year: Mapped[int | None]
    answers: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list, server_default="[]")
