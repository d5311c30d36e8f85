"""A contest that teams or people enter, with good defaults."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from booking.bookings.basket import Pick
from booking.bookings.details import Contact, Details
from booking.bookings.hold import Hold, hold
from booking.capacity.models import Slot
from booking.catalogue.models import Kind
from booking.centre.facts import the_centre
from booking.contests.enter import Drafts
from booking.contests.models import AnswerKind, AskedOf, Contest, ContestEntry, ContestField, EntryState
from booking.contests.read import contests_of
from booking.contests.rules import Answer, ContestFacts, DraftMember, EntryDraft
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.outbox.models import Promise
from booking.payments.pay import begin
from tests.builders import a_centre, a_hold, a_slot, a_ticket_type, an_activity, in_all, tomorrow

NAMES = ("Ada Moe", "Bo Vik", "Cia Lie", "Dag Ruud")


def a_contest(
    capacity: int = 4,
    price: int = 0,
    closes_at: datetime | None = None,
    starts_at: datetime | None = None,
    **how: object,
) -> tuple[ContestFacts, int, int]:
    """A contest of teams of two to four; makes the centre too. Returns (what it asks, slot, ticket type)."""
    a_centre()
    activity_id = an_activity(Kind.CONTEST, capacity, "Robot Cup", minutes=180, stay_minutes=0)
    team = a_ticket_type(activity_id, price, "Team", vat_rate=0)
    slot_id = a_slot(activity_id, capacity, starts_at or tomorrow(days=40), closes_at=closes_at)
    with unit_of_work():
        db.session.add(Contest(activity_id=activity_id, **({"least_members": 2, "most_members": 4} | how)))
    return contest(activity_id), slot_id, team


def a_field(activity_id: int, kind: AnswerKind = AnswerKind.LINE, label: str = "School", **more: object) -> int:
    """Something that it asks, of the entry and needed unless said otherwise."""
    values: dict[str, object] = {"asked_of": AskedOf.ENTRY, "required": True} | more
    with unit_of_work():
        row = ContestField(activity_id=activity_id, kind=kind, label=in_all(label), **values)
        db.session.add(row)
        db.session.flush()
        return row.id


def contest(activity_id: int) -> ContestFacts:
    """What it asks by now."""
    db.session.rollback()
    return contests_of([activity_id])[activity_id]


def a_team(
    name: str = "Rosk og Rask", names: Sequence[str] = NAMES[:2], answers: Mapping[int, Answer] | None = None
) -> EntryDraft:
    """A team as somebody writes it, with its answers by field."""
    return EntryDraft(name, tuple(map(DraftMember, names)), answers=answers or {})


def who(email: str = "kari@example.org") -> Details:
    """Who books."""
    return Details(Contact("Kari Nordmann", email), "nb")


def entered(slot_id: int, ticket_type_id: int, *teams: EntryDraft, email: str = "kari@example.org") -> Hold:
    """A free booking of these teams, confirmed as the checkout does it."""
    held = a_hold(slot_id, ticket_type_id, len(teams))
    send(held, slot_id, *teams, email=email)
    return held


def send(held: Hold, slot_id: int, *teams: EntryDraft, email: str = "kari@example.org") -> None:
    """The checkout with these teams in it."""
    begin(held.booking_id, who(email), entries=drafts(slot_id, *teams))


def entered_with(slot_id: int, ticket_type_id: int, other: Pick, *teams: EntryDraft) -> Hold:
    """The same with something else in the booking."""
    with unit_of_work():
        picks = [Pick(slot_id, ticket_type_id, len(teams)), other]
        held = hold(picks, centre=the_centre(), now=clock.now(), lang="nb")
    begin(held.booking_id, who(), entries=drafts(slot_id, *teams))
    return held


def an_entry_beside() -> Pick:
    """A ticket to the house on the day of the contest."""
    activity_id = an_activity()
    return Pick(a_slot(activity_id, 10, tomorrow(days=40)), a_ticket_type(activity_id, 0), 1)


def drafts(slot_id: int, *teams: EntryDraft) -> Drafts:
    """Teams as they are sent for the contest of a slot."""
    activity_id = db.session.scalars(select(Slot.activity_id).where(Slot.id == slot_id)).one()
    return {int(activity_id or 0): teams}


def rows(state: EntryState = EntryState.ENTERED) -> list[ContestEntry]:
    """The entries in this state as the database has them now."""
    db.session.rollback()
    query = select(ContestEntry).where(ContestEntry.state == state).order_by(ContestEntry.id)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def letters(kind: str) -> int:
    """How many letters of a kind are promised."""
    db.session.rollback()
    return len(db.session.scalars(select(Promise.id).where(Promise.kind == f"mail.{kind}")).all())


def renamed(team: EntryDraft, name: str) -> EntryDraft:
    """The same team under another name."""
    return replace(team, name=name)
