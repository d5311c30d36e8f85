"""Prepared wishes: write one before the day, change it, take it back, and send it when it opens."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select, update

from booking.agreements.payers import write_school
from booking.bookings.details import Contact
from booking.bookings.search_words import fold_letters
from booking.kernel.codes import new_reference, new_secret
from booking.kernel.database import db, run
from booking.kernel.refusals import Refusal
from booking.outbox.promises import promise
from booking.planner.plans import Plan
from booking.releases.models import Release, ReleaseQueue, ReleaseWay, ReleaseWish, Stage, WishState
from booking.releases.openings import ReleaseFacts, openings_of_plan, programme_parts, release_with_id
from booking.visits.book import VisitOrder
from booking.visits.plan_text import plan_values
from booking.wishes.refusals import CannotPrepare, NotThisRelease, SameWish, TooEarly, TooManyOptions, WishGone
from booking.wishes.wish_facts import PlaceInLine

MOST_OPTIONS = 3


@dataclass(frozen=True, slots=True)
class Pressed:
    """One press of the button: whose wish, and when."""

    secret: str
    at: datetime


_TURNS = (
    update(ReleaseQueue)
    .where(ReleaseQueue.release_id == bindparam("release"))
    .values(turns=ReleaseQueue.turns + bindparam("more"))
    .returning(ReleaseQueue.turns)
)
_SEND = (
    update(ReleaseWish)
    .where(ReleaseWish.id == bindparam("wish"))
    .values(state=WishState.SENT, turn=bindparam("number"), sent_at=bindparam("at", type_=ReleaseWish.sent_at.type))
)
# Locked in one order, so that two batches never wait for each other.
_OPENS = (
    select(
        ReleaseWish.secret,
        ReleaseWish.id,
        ReleaseWish.state,
        ReleaseWish.turn,
        Release.id.label("release_id"),
        Release.opens_at,
        Release.stage,
        Release.way,
        Release.answered,
    )
    .join(Release, ReleaseWish.release_id == Release.id)
    .where(ReleaseWish.secret.in_(bindparam("of", expanding=True)))
    .order_by(ReleaseWish.id)
    .with_for_update(of=ReleaseWish, key_share=True)
)


def prepare(order: VisitOrder, release: ReleaseFacts, now: datetime) -> str:
    """Keep an order as a wish for a release; call inside a unit of work. Returns the secret of its page.

    Raises CannotPrepare, NotThisRelease, SameWish.
    """
    if not _locked(release.id, now):
        raise CannotPrepare(release)
    return _write(order, release, now)


def prepare_and_send(order: VisitOrder, release: ReleaseFacts, now: datetime) -> str:
    """For who comes without a wish while others stand in line: the order is kept and stands behind them.

    Call inside a unit of work. Returns the secret of the wish's page. Raises NotThisRelease, SameWish.
    """
    secret = _write(order, release, now)
    stand_in_line(secret, now)
    return secret


def add_option(secret: str, plan: Plan, now: datetime) -> None:
    """One more plan, the last choice; call inside a unit of work.

    Raises WishGone, CannotPrepare, NotThisRelease, TooManyOptions.
    """
    wish, release = _open(secret, now)
    _check(plan, release, now)
    if _groups_key(plan) != wish.groups_key:
        raise NotThisRelease
    if len(wish.options) >= MOST_OPTIONS:
        raise TooManyOptions
    _change(wish, [*wish.options, plan_values(plan)])


def remove_option(secret: str, number: int, now: datetime) -> None:
    """Without that plan; counted from nought. Call inside a unit of work. Raises what `add_option` raises."""
    wish, _release = _open(secret, now)
    if len(wish.options) <= 1 or not 0 <= number < len(wish.options):
        raise TooManyOptions
    _change(wish, [option for place, option in enumerate(wish.options) if place != number])


def prefer_option(secret: str, number: int, now: datetime) -> None:
    """That plan one place up; counted from nought. Call inside a unit of work. Raises WishGone, CannotPrepare."""
    wish, _release = _open(secret, now)
    if 0 < number < len(wish.options):
        options = list(wish.options)
        options[number - 1], options[number] = options[number], options[number - 1]
        _change(wish, options)


def change_contact(secret: str, contact: Contact, on_the_day: str, now: datetime) -> None:
    """Who answers; call inside a unit of work. Raises WishGone, CannotPrepare."""
    wish, _release = _open(secret, now)
    wish.name, wish.email, wish.mobile, wish.needs = contact.name, contact.email, contact.phone, contact.needs
    wish.on_the_day = on_the_day
    _change(wish, wish.options)


def withdraw(secret: str, now: datetime) -> None:
    """Take the wish back: nothing of it is kept. Call inside a unit of work. Raises WishGone, CannotPrepare."""
    wish, _release = _open(secret, now)
    run(delete(ReleaseWish).where(ReleaseWish.id == wish.id))
    db.session.expunge(wish)


def stand_in_line(secret: str, now: datetime) -> PlaceInLine:
    """Stand in line; call inside a unit of work, as often as you like. Raises TooEarly, WishGone."""
    (stands,) = stand_all_in_line([Pressed(secret, now)])
    if isinstance(stands, Refusal):
        raise stands
    return stands


def stand_all_in_line(pressed: Sequence[Pressed]) -> list[PlaceInLine | Refusal]:
    """Let all who pressed stand in line, in their order; call inside a unit of work. What each is told, in that order.

    Who comes first has the lower turn: turns are given out one after the other, and a batch holds the queue's row until
    it commits.
    """
    rows = {row.secret: row for row in run(_OPENS, {"of": sorted({press.secret for press in pressed})})}
    at_once = [_at_the_door(rows.get(press.secret), press.at) for press in pressed]
    newcomers: dict[int, dict[str, Pressed]] = defaultdict(dict)
    for press, answer in zip(pressed, at_once, strict=True):
        if answer is None:
            newcomers[rows[press.secret].release_id].setdefault(press.secret, press)
    stands: dict[str, PlaceInLine] = {}
    for release_id in sorted(newcomers):
        here = newcomers[release_id].values()
        last = run(_TURNS, {"release": release_id, "more": len(here)}).scalar_one()
        sent = []
        for turn, press in enumerate(here, last - len(here) + 1):
            row = rows[press.secret]
            sent.append({"wish": row.id, "number": turn, "at": press.at})
            stands[press.secret] = PlaceInLine(WishState.SENT, turn, max(0, turn - row.answered - 1))
        run(_SEND, sent)
    return [answer or stands[press.secret] for press, answer in zip(pressed, at_once, strict=True)]


def _at_the_door(row: Row[Any] | None, now: datetime) -> PlaceInLine | Refusal | None:
    """What to tell who presses; None for those who get a turn now."""
    if row is None:
        return WishGone()
    if row.state is not WishState.PREPARED:
        return PlaceInLine(row.state, row.turn, max(0, (row.turn or 0) - row.answered - 1))
    if row.stage is not Stage.PUBLISHED or row.way is not ReleaseWay.FIRST_COME:
        return WishGone()
    return TooEarly(row.opens_at) if now < row.opens_at else None


def _write(order: VisitOrder, release: ReleaseFacts, now: datetime) -> str:
    _check(order.plan, release, now)
    school_id, key, secret = write_school(order.school), _groups_key(order.plan), new_secret()
    same = select(ReleaseWish.id).where(
        ReleaseWish.release_id == release.id, ReleaseWish.school_id == school_id, ReleaseWish.groups_key == key
    )
    if run(same).first() is not None:
        raise SameWish
    values = {
        "release_id": release.id,
        "school_id": school_id,
        "groups_key": key,
        "secret": secret,
        "reference": new_reference(),
        "lang": order.lang,
        "name": order.contact.name,
        "email": order.contact.email,
        "mobile": order.mobile or order.contact.phone,
        "needs": order.contact.needs,
        "on_the_day": order.on_the_day,
        "code": order.code,
        "order_number": order.order_number,
        "invoice_reference": order.invoice_reference,
        "options": [plan_values(order.plan)],
        "prepared_at": now,
        "state": WishState.PREPARED,
    }
    wish_id = run(insert(ReleaseWish).returning(ReleaseWish.id), values).scalar_one()
    promise("mail.wish", f"wish:{wish_id}:1", {"wish_id": wish_id})
    return secret


def _check(plan: Plan, release: ReleaseFacts, now: datetime) -> None:
    """A wish is for one release: what else is in its plan must be open to anybody."""
    openings = openings_of_plan(plan, now)
    parts = [(part.activity_id, part.starts_at) for part in programme_parts(plan)]
    release_ids = {of.id for part in parts if (of := openings.of(*part))}
    closed = {of.id for part in parts if (of := openings.closed(*part, now))}
    if release.id not in release_ids or closed - {release.id}:
        raise NotThisRelease


def _groups_key(plan: Plan) -> str:
    """The classes and what they come for, so that the same wish is known again."""
    names = sorted(fold_letters(timetable.group.name).strip() for timetable in plan.timetables)
    return hashlib.sha256("|".join(names).encode()).hexdigest()


def _locked(release_id: int, now: datetime) -> bool:
    """Whether wishes can be prepared now, and as long as this unit of work lasts: a drawing waits for it."""
    row = db.session.scalar(
        select(Release)
        .where(Release.id == release_id)
        .with_for_update(read=True)
        .execution_options(populate_existing=True)
    )
    return (
        row is not None
        and row.stage is Stage.PUBLISHED
        and row.work_id is None
        and row.prepare_from <= now < row.opens_at
    )


def _open(secret: str, now: datetime) -> tuple[ReleaseWish, ReleaseFacts]:
    wish = db.session.scalar(
        select(ReleaseWish)
        .where(ReleaseWish.secret == secret)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if wish is None or wish.state is not WishState.PREPARED:
        raise WishGone
    release = release_with_id(wish.release_id)
    if release is None or not release.can_prepare(now):
        raise CannotPrepare(release) if release else WishGone
    return wish, release


def _change(wish: ReleaseWish, options: Sequence[dict[str, Any]]) -> None:
    wish.options = list(options)
    wish.version += 1
    db.session.flush()
    promise("mail.wish", f"wish:{wish.id}:{wish.version}", {"wish_id": wish.id})
