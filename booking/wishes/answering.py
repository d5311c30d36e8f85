"""Answer those who stand in line for a release, one after the other: each grant is a booking like any other.

One unit of work answers one wish, so whoever is killed in the middle has done all of it or nothing of it. What
`release.share_out` does on paper is done here against the real house, by the same `release.decide`.
"""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, update
from sqlalchemy.exc import DBAPIError

from booking.agreements.payers import AllowanceUsed
from booking.capacity.models import Slot, SlotStatus
from booking.capacity.places import Closed, Full
from booking.centre.facts import CentreFacts, the_centre
from booking.kernel import clock, log
from booking.kernel.database import attempt, db, run, unit_of_work
from booking.kernel.refusals import Refusal
from booking.outbox import long_work
from booking.outbox.long_work import Progress, Work
from booking.outbox.promises import promise
from booking.planner.plans import Plan
from booking.programmes.models import Programme
from booking.releases.fairness import Fate, WishVerdict, decide, lot
from booking.releases.models import IN_LINE, Release, ReleaseWay, ReleaseWish, Stage, WishState
from booking.releases.openings import ReleaseFacts, in_line, programme_parts, release_with_id
from booking.visits.book import book_visit
from booking.visits.shares import Turn, came_lately, ended_and_counted, give_back_shares, has_share
from booking.wishes.wish_facts import by_id, order_of

KIND = "release.draw"
SPELL = 1.0  # seconds of one step
LULL = 0.2  # seconds without a newcomer
MANY = 10  # in line

_NEXT = (
    select(ReleaseWish.id, ReleaseWish.turn)
    .where(ReleaseWish.release_id == bindparam("release"), ReleaseWish.state == bindparam("state"))
    .order_by(ReleaseWish.turn)
    .limit(1)
)
_SLOTS = (
    select(
        Slot.id, Slot.starts_at, Slot.status, (Slot.capacity - Slot.taken).label("free"), Slot.taken, Programme.shared
    )
    .outerjoin(Programme, Programme.activity_id == Slot.activity_id)
    .where(Slot.id.in_(bindparam("slots", expanding=True)))
)


def look_after(centre: CentreFacts, now: datetime) -> int:
    """Begin the drawings whose time has come and answer who stands in line; returns how many were answered.

    Not inside a unit of work. Several workers may call it: one of them answers at a time.
    """
    for release_id in _due_drawings(now):
        with unit_of_work():
            begin_drawing(release_id, now, account_id=None)
    waiting = select(Release.id).where(
        Release.stage == Stage.PUBLISHED,
        Release.way == ReleaseWay.FIRST_COME,
        Release.opens_at <= now,
        Release.to_at > now,
    )
    answered = 0
    for release_id in run(waiting.order_by(Release.opens_at)).scalars().all():
        db.session.rollback()
        answered += answer(release_id, centre)
    return answered


def answer(release_id: int, centre: CentreFacts, seconds: float = 5.0) -> int:
    """Answer those in line for about so long; returns how many. Not inside a unit of work.

    While people still come by the dozen it waits a moment: to be told one's number comes before anybody's answer.
    """
    until, answered = time.monotonic() + seconds, 0
    while time.monotonic() < until and _are_coming(release_id, clock.now()):
        time.sleep(LULL / 2)
    while time.monotonic() < until and answer_next(release_id, centre, clock.now()):
        answered += 1
    return answered


def answer_next(release_id: int, centre: CentreFacts, now: datetime) -> bool:
    """Answer the wish whose turn it is; False when nobody waits, or somebody else is answering.

    A wish that breaks something nobody thought of is put aside for a person to look at, and the line goes on.
    """
    wish_id = 0
    try:
        with unit_of_work():
            release = _locked(release_id)
            wish_id, second = _next(release_id) if release else (0, False)
            if release is None or not wish_id:
                return False
            _answer(wish_id, release, second, centre, now)
    except (DBAPIError, AllowanceUsed):
        raise  # a lock, a lost connection, an allowance that is gone this moment: the same wish once more
    except Exception as error:
        if not wish_id:
            raise
        log.write("release.wish_failed", wish=wish_id, cause=type(error).__name__)
        with unit_of_work():
            release = _locked(release_id)
            if release is not None:
                _say(wish_id, release, WishState.UNABLE, now)
    return True


def begin_drawing(release_id: int, now: datetime, account_id: int | None) -> int | None:
    """Give every prepared wish its turn by lot, and have the worker answer them; call inside a unit of work.

    Returns the number of the work's page; None when it has begun already.
    """
    release = db.session.scalar(
        select(Release)
        .where(Release.id == release_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if release is None or release.stage is not Stage.PUBLISHED or release.way is not ReleaseWay.DRAWING:
        return None
    if release.work_id is not None or now < release.opens_at:
        return None
    facts = ReleaseFacts(*(getattr(release, name) for name in ReleaseFacts.__dataclass_fields__))
    wishes = run(
        select(ReleaseWish.id, ReleaseWish.reference, ReleaseWish.school_id).where(
            ReleaseWish.release_id == release_id, ReleaseWish.state == WishState.PREPARED
        )
    ).all()
    lately = {school_id: came_lately(school_id, facts) for school_id in {row.school_id for row in wishes}}
    drawn = sorted(wishes, key=lambda row: (lot(release.seed, row.reference), row.reference))
    rows = [
        {"wish": row.id, "number": turn, "lately": lately[row.school_id], "at": now}
        for turn, row in enumerate(drawn, 1)
    ]
    if rows:
        run(_DRAWN, rows)
    release.work_id = long_work.begin(KIND, {"release_id": release_id}, account_id, total=len(rows))
    return release.work_id


_DRAWN = (
    update(ReleaseWish)
    .where(ReleaseWish.id == bindparam("wish"), ReleaseWish.state == WishState.PREPARED)
    .values(
        state=WishState.SENT,
        turn=bindparam("number"),
        came_lately=bindparam("lately"),
        sent_at=bindparam("at", type_=ReleaseWish.sent_at.type),
    )
)


def draw_step(work: Work) -> Progress:
    """One step of a drawing: about a second of answers. Done twice, it goes on where it was."""
    release_id = int(work.about["release_id"])
    try:
        answer(release_id, the_centre(), SPELL)
    except AllowanceUsed as error:  # somebody booked outside the line meanwhile: what stands now is asked next
        db.session.rollback()
        log.write("release.once_more", release=release_id, cause=type(error).__name__)
    left = in_line(release_id)
    if not left:
        with unit_of_work():
            over = update(Release).where(Release.id == release_id, Release.drawn_at.is_(None))
            run(over.values(drawn_at=clock.now()))
    done = work.total - left
    return Progress(None if not left else work.cursor + 1, done, work.total, {"release_id": release_id})


def give_back_of_ended(now: datetime) -> None:
    """Let visits that ended count no longer, each in a unit of work of its own."""
    for booking_id in ended_and_counted(now):
        with unit_of_work():
            give_back_shares(booking_id)


def _are_coming(release_id: int, now: datetime) -> bool:
    """Whether the last in line has only just come, behind many others."""
    last = select(ReleaseWish.sent_at, ReleaseWish.turn - Release.answered).join(Release)
    last = last.where(ReleaseWish.release_id == release_id, ReleaseWish.state == WishState.SENT)
    row = run(last.order_by(ReleaseWish.turn.desc()).limit(1)).first()
    db.session.rollback()
    return row is not None and row[1] > MANY and now - row[0] < timedelta(seconds=LULL)


def _due_drawings(now: datetime) -> list[int]:
    due = select(Release.id).where(
        Release.stage == Stage.PUBLISHED,
        Release.way == ReleaseWay.DRAWING,
        Release.opens_at <= now,
        Release.work_id.is_(None),
    )
    return list(run(due).scalars())


def _locked(release_id: int) -> ReleaseFacts | None:
    """The release, for us alone; None when somebody else is answering."""
    locking = select(Release.id).where(Release.id == release_id).with_for_update(skip_locked=True, key_share=True)
    return release_with_id(release_id) if run(locking).first() else None


def _next(release_id: int) -> tuple[int, bool]:
    """The wish whose turn it is, and whether it is its second: those put off come after all others."""
    for state in IN_LINE:
        row = run(_NEXT, {"release": release_id, "state": state}).first()
        if row is not None:
            return row.id, state is WishState.DEFERRED
    return 0, False


def _answer(wish_id: int, release: ReleaseFacts, second: bool, centre: CentreFacts, now: datetime) -> None:
    wish = by_id(wish_id)
    if wish is None:
        return

    def take(plan: Plan) -> int:
        """Book a plan. Raises Full at once where it is not worth trying."""
        missing = _missing(plan)
        if missing is not None:
            raise missing
        order = replace(order_of(wish, plan), turn=Turn(release.id, keeping=not second))
        with attempt():
            return book_visit(order, centre=centre, now=now).booking_id

    counts = release.way is ReleaseWay.DRAWING or release.fairness.holds(now)
    try:
        verdict = decide(wish.plans, take, lambda: counts and has_share(release, wish.school.id or 0))
    except AllowanceUsed:
        raise
    except Refusal as refusal:
        log.write("release.wish_refused", wish=wish_id, cause=type(refusal).__name__)
        verdict = WishVerdict(Fate.UNABLE)
    _say(wish_id, release, _state(verdict.fate, release.way), now, verdict.option, verdict.taken)


def _state(fate: Fate, way: ReleaseWay) -> WishState:
    """What a fate is called in the house: who is kept out of a drawing for now has a second turn."""
    if fate is Fate.KEPT:
        return WishState.DEFERRED if way is ReleaseWay.DRAWING else WishState.KEPT
    return WishState(fate.value)


def _say(
    wish_id: int, release: ReleaseFacts, state: WishState, now: datetime, option: int | None = None,
    booking_id: int | None = None,
) -> None:  # fmt: skip
    """Write the answer down; whoever gets no booking, whose confirmation says it all, is written to."""
    values = {"state": state, "option": option, "booking_id": booking_id, "answered_at": now}
    written = update(ReleaseWish).where(ReleaseWish.id == wish_id, ReleaseWish.state.in_(IN_LINE)).values(**values)
    turn = run(written.returning(ReleaseWish.turn)).scalar()
    if turn is not None and turn > release.answered:
        run(update(Release).where(Release.id == release.id).values(answered=turn))
    if state not in (WishState.GRANTED, WishState.DEFERRED):
        promise("mail.wish_answer", f"wish_answer:{wish_id}", {"wish_id": wish_id})


def _missing(plan: Plan) -> Full | Closed | None:
    """What the plan cannot have any more: the timetable has changed since it was made, weeks ago perhaps, or is full.

    Most wishes of a morning meet full sessions, and finding that out by booking costs ten times as much.
    """
    slots = {row.id: row for row in run(_SLOTS, {"slots": [want.slot_id for want in plan.wants]})}
    for want in plan.wants:
        slot = slots.get(want.slot_id)
        if slot is None or slot.status is not SlotStatus.OPEN:
            return Closed(want.slot_id)
        if slot.free < want.places:
            return Full(want.slot_id, slot.free)
    for part in programme_parts(plan):
        if part.slot_ids:
            slot = slots[part.slot_ids[0]]
            if slot.starts_at != part.starts_at:
                return Closed(slot.id)
            if slot.taken and not slot.shared:
                return Full(slot.id, 0)
    return None
