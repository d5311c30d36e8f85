"""The contests of demo centres: what each asks, its day, and those who have entered, through the verbs users call."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from sqlalchemy import delete, select

from booking.bookings.basket import Pick
from booking.bookings.confirm import confirm
from booking.bookings.details import Contact, Details, write_details
from booking.bookings.hold import hold
from booking.bookings.search_words import fold_letters
from booking.bookings.store import lock_held
from booking.capacity.models import Slot
from booking.catalogue.models import Activity, Offer
from booking.centre.facts import the_centre
from booking.contests.enter import enter
from booking.contests.models import AskedOf, Contest, ContestField
from booking.contests.rules import DraftMember, EntryDraft
from booking.demo.events.entrants import DemoContest, DemoEntry
from booking.demo.events.held import hold_at
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.outbox.models import Promise, PromiseState

SATURDAY, AHEAD, WEEKS = 5, 20, 6
WRITTEN = 2026  # the year of a contest that the demo's birth years are for: in a later one they are as much later
CLOSES = 3 * 24 * 60  # minutes before it begins: until then teams may enter and be put right


def hold_contest(demo: DemoContest, today: date) -> None:
    """Set it up as the office does, on a Saturday some weeks ahead, and let everybody enter."""
    with unit_of_work():
        activity = db.session.scalars(select(Activity).where(Activity.slug == demo.slug)).one()
        activity.sale_ends_minutes = CLOSES
        fields = _write_rules(activity.id, demo)
    slot_id = _slot(activity, demo, today)
    if slot_id is None:
        return
    ticket_type_id = db.session.scalars(select(Offer.ticket_type_id).where(Offer.activity_id == activity.id)).one()
    bookings = [_enter(slot_id, ticket_type_id, activity.id, fields, demo_entry) for demo_entry in demo.entries]
    with unit_of_work():
        # These letters are history: nobody waits for them.
        waiting = delete(Promise).where(Promise.state == PromiseState.WAITING, Promise.kind == "mail.confirmation")
        db.session.execute(waiting.where(Promise.booking_id.in_(bookings)))


def _write_rules(activity_id: int, demo: DemoContest) -> dict[str, int]:
    """How it is entered, and its fields: their ids by key."""
    (least, most), (youngest, oldest) = demo.members, demo.ages
    db.session.add(
        Contest(
            activity_id=activity_id, contestants=demo.contestants, least_members=least, most_members=most,
            asks_names=True, asks_birth_year=True, least_age=youngest, most_age=oldest,
        )
    )  # fmt: skip
    rows = {}
    for sort, question in enumerate(demo.questions):
        rows[question.key] = ContestField(
            activity_id=activity_id,
            label=question.label,
            hint=question.hint,
            kind=question.kind,
            asked_of=AskedOf.MEMBER if question.of_member else AskedOf.ENTRY,
            required=question.required,
            least=question.least,
            most=question.most,
            choices=question.choices,
            sort=sort,
        )
    db.session.add_all(rows.values())
    db.session.flush()
    return {key: row.id for key, row in rows.items()}


def _slot(activity: Activity, demo: DemoContest, today: date) -> int | None:
    """Made on the first Saturday on which the house and the room are free."""
    first = today + timedelta(days=AHEAD)
    first += timedelta(days=(SATURDAY - first.weekday()) % 7)
    for week in range(WEEKS):
        made = hold_at(activity, first + timedelta(weeks=week), [demo.begins], the_centre())
        if made:
            query = select(Slot.id).where(Slot.activity_id == activity.id, Slot.starts_at == made[0].starts_at)
            return db.session.scalars(query).one()
    return None


def _enter(slot_id: int, ticket_type_id: int, activity_id: int, fields: Mapping[str, int], demo: DemoEntry) -> int:
    """One booking with one entry, as the checkout writes it; returns its id."""
    centre, now = the_centre(), clock.now()
    later = centre.local(db.session.get_one(Slot, slot_id).starts_at).year - WRITTEN
    members = tuple(
        DraftMember(name, born + later, {fields[key]: answer for key, answer in answers.items()})
        for name, born, answers in demo.members
    )
    draft = EntryDraft(demo.name, members, answers={fields[key]: answer for key, answer in demo.answers.items()})
    address = f"{fold_letters(demo.contact).replace(' ', '.')}@example.org"
    lang = centre.languages[0]
    with unit_of_work():
        held = hold([Pick(slot_id, ticket_type_id, 1)], centre=centre, now=now, lang=lang)
        booking = lock_held(held.booking_id, now)
        write_details(booking, Details(Contact(demo.contact, address), lang), centre, now)
        enter(booking, {activity_id: [draft]}, {activity_id: 1}, centre, now)
        confirm(held.booking_id, now)
    return held.booking_id
