"""Enter: what was written of teams and people is kept with the booking that has their places, and can be corrected."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from booking.bookings.models import Booking, State, Ticket
from booking.bookings.refusals import TooLate, Unknown, WrongState
from booking.bookings.store import lock
from booking.capacity.models import Slot
from booking.centre.facts import CentreFacts
from booking.contests.models import AskedOf, ContestEntry, ContestMember, EntryState
from booking.contests.read import contests_of, deadlines
from booking.contests.refusals import EntriesWrong, EntryChangedMeanwhile, EntryOut, EntryPlace
from booking.contests.rules import (
    ContestFacts,
    DraftMember,
    EntryDraft,
    EntryFault,
    EntryProblem,
    kept_answers,
    key_of_name,
    problems_of,
    repeated,
)
from booking.kernel.database import attempt, db, run
from booking.records.audit import note

Drafts = Mapping[int, Sequence[EntryDraft]]  # by contest


def enter(booking: Booking, drafts: Drafts, wanted: Mapping[int, int], centre: CentreFacts, now: datetime) -> None:
    """Keep what was written of the entries that a locked basket wants, in place of what it had.

    `wanted` says how many for each contest. It is judged by what the contest asks now, not when the form was made.
    Raises EntriesWrong.
    """
    contests, year = contests_of(wanted), centre.local(booking.starts_at).year
    written = {activity_id: list(drafts.get(activity_id, ()))[:many] for activity_id, many in wanted.items()}
    for activity_id, many in wanted.items():
        written[activity_id] += [EntryDraft("")] * (many - len(written[activity_id]))
    judge(contests, written, year)
    db.session.execute(delete(ContestEntry).where(ContestEntry.booking_id == booking.id))
    for activity_id, entries in written.items():
        if activity_id in contests:
            for place, draft in enumerate(entries):
                _insert(booking.id, contests[activity_id], draft, place, now)


def add_entry(
    booking_id: int, activity_id: int, draft: EntryDraft, *, centre: CentreFacts, now: datetime, actor: str = "buyer"
) -> int:
    """Write an entry that a confirmed booking has a ticket for and has not told yet; inside a unit of work.

    So it is with what was sold at the desk, or added later. Returns its id. Raises EntriesWrong, TooLate, Unknown,
    WrongState.
    """
    booking, contest = _confirmed(booking_id), _contest(activity_id)
    if _tickets(booking_id, activity_id) <= _standing(booking_id, activity_id):
        raise Unknown
    _check_in_time(booking_id, activity_id, actor, now)
    judge({activity_id: contest}, {activity_id: [draft]}, centre.local(booking.starts_at).year)
    entry_id = _insert(booking_id, contest, draft, 0, now)
    note(actor, "contest.enter", f"booking:{booking_id}", None, {"entry": entry_id})
    return entry_id


def correct(
    entry_id: int, draft: EntryDraft, *, version: int, centre: CentreFacts, now: datetime, actor: str = "buyer"
) -> None:
    """Put an entry right; inside a unit of work. Whoever booked may until the sale ends, staff at any time.

    `version` is that of what was shown. Raises EntriesWrong, EntryChangedMeanwhile, EntryOut, TooLate, Unknown,
    WrongState.
    """
    entry = locked_entry(entry_id)
    booking, contest = _confirmed(entry.booking_id), _contest(entry.activity_id)
    if entry.version != version:
        raise EntryChangedMeanwhile
    _check_in_time(entry.booking_id, entry.activity_id, actor, now)
    judge({entry.activity_id: contest}, {entry.activity_id: [draft]}, centre.local(booking.starts_at).year)
    values = _columns(contest, draft)
    _free_name(contest.activity_id, str(values["name_key"]), now, but=entry.id)
    try:
        with attempt():
            run(update(ContestEntry).where(ContestEntry.id == entry.id).values(version=entry.version + 1, **values))
    except IntegrityError:
        raise _name_taken(contest.activity_id, 0) from None
    db.session.execute(delete(ContestMember).where(ContestMember.entry_id == entry.id))
    _insert_members(entry.id, contest, draft)
    note(actor, "contest.correct", f"booking:{entry.booking_id}", None, {"entry": entry.id})


def locked_entry(entry_id: int) -> ContestEntry:
    """An entry that is in, with its booking locked until the unit of work ends. Raises Unknown, EntryOut."""
    booking_id = run(select(ContestEntry.booking_id).where(ContestEntry.id == entry_id)).scalar()
    if booking_id is None:
        raise Unknown
    lock(booking_id)
    entry = db.session.get(ContestEntry, entry_id, populate_existing=True)
    if entry is None:
        raise Unknown  # forgotten, or written anew, meanwhile
    if entry.state is not EntryState.ENTERED:
        raise EntryOut
    return entry


def _check_in_time(booking_id: int, activity_id: int, actor: str, now: datetime) -> None:
    booked = select(Ticket.slot_id).where(Ticket.booking_id == booking_id, Ticket.void.is_(False))
    until = deadlines(Slot.id.in_(booked), Slot.activity_id == activity_id).get(activity_id)
    if until is None:
        raise Unknown
    if actor == "buyer" and now >= until:
        raise TooLate(until)


def judge(contests: Mapping[int, ContestFacts], written: Drafts, year: int) -> None:
    """Whether contests take these entries, of which there may be none; `year` is theirs. Raises EntriesWrong."""
    problems: dict[EntryPlace, list[EntryProblem]] = defaultdict(list)
    for activity_id, contest in contests.items():
        drafts = written.get(activity_id, ())
        for place, draft in enumerate(drafts):
            problems[activity_id, place] += problems_of(contest, draft, year)
        for place, problem in repeated(contest, drafts).items():
            problems[activity_id, place].insert(0, problem)
    wrong = {place: list_of for place, list_of in problems.items() if list_of}
    if wrong:
        raise EntriesWrong(wrong)


def _confirmed(booking_id: int) -> Booking:
    """The confirmed booking, locked. Raises WrongState."""
    bookings = lock(booking_id)
    if not bookings or bookings[0].state is not State.CONFIRMED or bookings[0].changes_id is not None:
        raise WrongState(bookings[0].state.value if bookings else State.CANCELLED.value)
    return bookings[0]


def _contest(activity_id: int) -> ContestFacts:
    contest = contests_of([activity_id]).get(activity_id)
    if contest is None:
        raise Unknown
    return contest


def _tickets(booking_id: int, activity_id: int) -> int:
    return len(
        run(
            select(Ticket.id)
            .join(Slot, Slot.id == Ticket.slot_id)
            .where(Ticket.booking_id == booking_id, Ticket.void.is_(False), Slot.activity_id == activity_id)
        ).all()
    )


def _standing(booking_id: int, activity_id: int) -> int:
    of_contest = (ContestEntry.booking_id == booking_id, ContestEntry.activity_id == activity_id)
    return len(run(select(ContestEntry.id).where(*of_contest, ContestEntry.state == EntryState.ENTERED)).all())


def _insert(booking_id: int, contest: ContestFacts, draft: EntryDraft, place: int, now: datetime) -> int:
    """Write one entry with its members. Raises EntriesWrong where another team has the name."""
    values = _columns(contest, draft)
    _free_name(contest.activity_id, str(values["name_key"]), now)
    row = {"booking_id": booking_id, "activity_id": contest.activity_id, "entered_at": now, **values}
    try:
        with attempt():
            entry_id = int(run(insert(ContestEntry).values(**row).returning(ContestEntry.id)).scalar_one())
    except IntegrityError:
        raise _name_taken(contest.activity_id, place) from None
    _insert_members(entry_id, contest, draft)
    return entry_id


def _columns(contest: ContestFacts, draft: EntryDraft) -> dict[str, Any]:
    """The columns of an entry that a form decides."""
    members = _named(contest, draft)
    return {
        "name": draft.name if contest.is_of_teams else members[0].name,
        "name_key": key_of_name(draft.name) if contest.is_of_teams else "",
        "size": len(members) or draft.size or 1,
        "answers": kept_answers(contest.asked(AskedOf.ENTRY), draft.answers),
    }


def _insert_members(entry_id: int, contest: ContestFacts, draft: EntryDraft) -> None:
    fields = contest.asked(AskedOf.MEMBER)
    rows = [
        {
            "entry_id": entry_id,
            "name": member.name,
            "birth_year": member.birth_year if contest.asks_birth_year else None,
            "answers": kept_answers(fields, member.answers),
        }
        for member in _named(contest, draft)
    ]
    if rows:
        run(insert(ContestMember), rows)


def _named(contest: ContestFacts, draft: EntryDraft) -> list[DraftMember]:
    return [member for member in draft.members if not member.is_blank] if contest.names_members else []


def _free_name(activity_id: int, name_key: str, now: datetime, but: int = 0) -> None:
    """A name is free again once the booking of the team that had it has ended or has run out."""
    if not name_key:
        return
    ran_out = and_(Booking.state == State.HELD, Booking.held_until <= now)
    ended = select(Booking.id).where(or_(Booking.state.in_((State.CANCELLED, State.EXPIRED)), ran_out))
    had = (ContestEntry.activity_id == activity_id, ContestEntry.name_key == name_key, ContestEntry.id != but)
    run(update(ContestEntry).where(*had, ContestEntry.booking_id.in_(ended)).values(name_key=""))


def _name_taken(activity_id: int, place: int) -> EntriesWrong:
    return EntriesWrong({(activity_id, place): [EntryProblem("name", EntryFault.NAME_TAKEN)]})
