"""One slot: who is in it, its places, its note, schools' share; close, open, cancel, move people elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from booking.bookings import queries
from booking.bookings.models import State
from booking.bookings.refusals import Unknown
from booking.capacity import change_slot
from booking.capacity.availability import Free, slots_between
from booking.capacity.change_slot import BelowSold, NoSuchSlot, SlotChangedMeanwhile, SlotSettings
from booking.capacity.closed_hours import closure_holding
from booking.capacity.conflicts import clashing, understaffed
from booking.capacity.educators import load_duties
from booking.capacity.models import Channel, SlotStatus
from booking.capacity.planning import Staffing
from booking.closures import answer, close
from booking.closures.answer import NewTimes
from booking.closures.models import ClosedReason
from booking.door.told import ToldByTeacher, told_by
from booking.history import log
from booking.history.log import LogEntry
from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.kernel.refusals import Refusal
from booking.occupancy import overview
from booking.occupancy.overview import InSlot, Occupancy
from booking.staff.models import Role
from booking.visit_waiting import waiting_queries
from booking.visit_waiting.waiting_queries import WaitingPlace
from booking.visits.read import visits_among
from booking.web.admin.closing_words import read_words, words_field
from booking.web.blueprints import admin
from booking.web.forms.checked import one_line
from booking.web.forms.dates import midnight, moment
from booking.web.forms.fields import Field
from booking.web.guards.access import staff, who
from booking.web.languages import centre
from booking.web.refusals import RefusalAnswer, sentence
from booking.web.typed import a_clock, a_day, identity, whole_number

MOST_PLACES = 9999
LONGEST_NOTE = 500
MOST_MOVED = 300
DAYS_AROUND = 14


@admin.get("/capacity/slot/<int:slot_id>")
@staff(Role.DESK, Role.EDUCATOR)
def slot(slot_id: int) -> str:
    """The slot, its bookings and what can be done."""
    return _page(slot_id)


@admin.post("/capacity/slot/<int:slot_id>")
@staff()
def save_slot(slot_id: int) -> ResponseReturnValue:
    """Set its places, the schools' share and the note."""
    errors, wanted = _typed(slot_id)
    if errors:
        return _page(slot_id, errors=errors), 422
    return _set(slot_id, lambda version: change_slot.set_slot(slot_id, version, wanted, who().actor))


@admin.post("/capacity/slot/<int:slot_id>/status")
@staff()
def set_slot_status(slot_id: int) -> ResponseReturnValue:
    """Stop its sale, or begin it again."""
    _known(slot_id)
    status = request.form.get("status", "")
    if status not in (SlotStatus.OPEN, SlotStatus.CLOSED):
        return _page(slot_id, RefusalAnswer(_("That cannot be done."), 422)), 422
    return _set(slot_id, lambda version: change_slot.set_status(slot_id, version, SlotStatus(status), who().actor))


@admin.post("/capacity/slot/<int:slot_id>/release")
@staff()
def release_slot(slot_id: int) -> ResponseReturnValue:
    """Let everybody have what is still kept for schools."""
    _known(slot_id)
    return _set(slot_id, lambda version: change_slot.release_now(slot_id, version, clock.now(), who().actor))


@admin.post("/capacity/slot/<int:slot_id>/cancel")
@staff()
def cancel_slot(slot_id: int) -> ResponseReturnValue:
    """Cancel it and write to everybody in it."""
    bar = _known(slot_id)
    why = request.form.get("why", "")
    words, errors = read_words(request.form)
    if why not in set(ClosedReason):
        errors["why"] = _("Choose why.")
    if errors:
        return _page(slot_id, errors=errors), 422
    wish = close.ClosureRequest(bar.slot.starts_at, bar.slot.ends_at, ClosedReason(why), words, slot_id=slot_id)
    me = who()
    try:
        with unit_of_work():
            closure_id = close.close_down(
                wish, now=clock.now(), account_id=me.account_id, actor=me.actor, version=_version()
            )
    except Refusal as refusal:
        return _refused(slot_id, refusal)
    return redirect(url_for("admin.closure", closure_id=closure_id), 303)


@admin.post("/capacity/slot/<int:slot_id>/move")
@staff()
def move_bookings(slot_id: int) -> ResponseReturnValue:
    """Move some of its bookings to another time, free of charge; each is written to."""
    bar = _known(slot_id)
    now = clock.now()
    target = next((free for free in _targets(bar, now) if free.slot_id == identity(request.form.get("target"))), None)
    chosen = {picked for text in request.form.getlist("booking")[:MOST_MOVED] if (picked := identity(text))}
    if target is None or not chosen:
        return _page(slot_id, RefusalAnswer(_("Choose whom to move, and where to."), 422), picked=chosen), 422
    moved, left = 0, []
    for booking_id in sorted(chosen):
        try:
            _move_one(booking_id, slot_id, target, now)
            moved += 1
        except Refusal as refusal:
            left.append((booking_id, sentence(refusal).text))
    if moved:
        text = ngettext(
            "%(num)s booking was moved and is written to.",
            "%(num)s bookings were moved and are written to.",
            moved,
        )
        flash(text)
    if left:
        return _page(slot_id, RefusalAnswer(left[0][1], 409), picked={booking_id for booking_id, _why in left}), 409
    return redirect(url_for("admin.slot", slot_id=slot_id), 303)


def _move_one(booking_id: int, slot_id: int, target: Free, now: datetime) -> None:
    facts = queries.by_id(booking_id)
    if facts is None or not any(waiting_queries.slot_id == slot_id for waiting_queries in facts.lines):
        raise Unknown
    with unit_of_work():
        answer.move(facts, NewTimes(target, {slot_id: target}), now=now, actor=who().actor)


def _set(slot_id: int, change: Callable[[int], int]) -> ResponseReturnValue:
    try:
        with unit_of_work():
            change(_version())
    except Refusal as refusal:
        return _refused(slot_id, refusal)
    flash(_("Saved."))
    return redirect(url_for("admin.slot", slot_id=slot_id), 303)


def _refused(slot_id: int, refusal: Refusal) -> ResponseReturnValue:
    if isinstance(refusal, NoSuchSlot):
        abort(404)
    refusal_answer = sentence(refusal)
    return _page(slot_id, refusal_answer, refusal=refusal), refusal_answer.status


def _version() -> int:
    return whole_number(request.form.get("version"), 1, 9999) or 0


def _known(slot_id: int) -> Occupancy:
    bar = overview.one_bar(slot_id, clock.now()) if slot_id < 10**18 else None
    if bar is None:
        abort(404)
    return bar


def _typed(slot_id: int) -> tuple[dict[str, str], SlotSettings]:
    """What was typed, and what is wrong with it."""
    bar, errors = _known(slot_id), {}
    capacity = whole_number(request.form.get("capacity"), 0, MOST_PLACES)
    kept = whole_number(request.form.get("kept", "0"), 0, MOST_PLACES)
    day, wall = a_day(request.form.get("release_day")), a_clock(request.form.get("release_time"))
    note = one_line(request.form.get("note"))
    if capacity is None:
        errors["capacity"] = _("Enter how many as a whole number, for example 30.")
    if kept is None:
        errors["kept"] = _("Enter how many as a whole number, for example 30.")
    if kept and (day is None or wall is None):
        errors["release_day"] = _("Enter until which day and time the places are kept.")
    if kept and capacity is not None and kept > capacity:
        errors["kept"] = _("No more can be kept than there are places.")
    if len(note) > LONGEST_NOTE:
        errors["note"] = _("At most 500 characters.")
    release_at = moment(day, wall) if day and wall else bar.slot.release_at
    return errors, SlotSettings(capacity or 0, kept or 0, release_at, note, bar.slot.status)


def _targets(bar: Occupancy, now: datetime) -> list[Free]:
    """Other times of the same activity with room, the nearest first."""
    about = bar.slot
    begin = max(now, about.starts_at - timedelta(days=DAYS_AROUND))
    end = max(about.starts_at, now) + timedelta(days=DAYS_AROUND)
    times = slots_between(about.activity_id or 0, begin, end, Channel.SCHOOL, now)
    frees = [
        free for free in times if free.open and free.free > 0 and free.slot_id != about.slot_id and free.starts_at > now
    ]
    nearest = sorted(frees, key=lambda free: abs(free.starts_at - about.starts_at))[:40]
    return sorted(nearest, key=lambda free: free.starts_at)


def _in_line(bar: Occupancy) -> list[WaitingPlace]:
    """Who waits for it among schools, by itself or as one of many days."""
    about = bar.slot
    if about.activity_id is None or about.starts_at <= clock.now():
        return []
    weekday = centre().local(about.starts_at).weekday()
    return waiting_queries.for_slot(about.slot_id, about.activity_id, about.starts_at, weekday)


@dataclass(frozen=True, slots=True)
class BookedInSlot:
    """Who is in a slot: with the visits among them by booking, what their teachers have told, and where they could go.

    `picked` are the bookings that are chosen to be moved, `below` says why they are when there are fewer places.
    """

    people: Sequence[InSlot]
    visits: Mapping[int, str]
    told: Mapping[int, ToldByTeacher]
    targets: Sequence[Free]
    picked: Collection[int]
    below: BelowSold | None

    @property
    def hit(self) -> list[InSlot]:
        """Those who are chosen."""
        return [person for person in self.people if person.booking_id in self.picked]


@dataclass(frozen=True, slots=True)
class SlotPage:
    """One slot with who is in it, and its forms.

    `meanwhile` is what others have changed since the form was shown, `names` who did what.
    """

    bar: Occupancy
    booked: BookedInSlot
    in_line: Sequence[WaitingPlace]
    history: Sequence[LogEntry]
    meanwhile: Sequence[LogEntry]
    names: Mapping[str, str]
    problem: RefusalAnswer | None
    errors: Mapping[str, str]
    typed: Mapping[str, str]
    clash: bool
    short: bool
    closure_id: int | None

    states: ClassVar[type[State]] = State
    whys: ClassVar[type[ClosedReason]] = ClosedReason

    @property
    def day(self) -> date:
        """The day that it is on."""
        return centre().local(self.bar.slot.starts_at).date()

    @property
    def word(self) -> Field:
        """The field for a word to those who are hit."""
        return words_field()

    @property
    def langs(self) -> Sequence[str]:
        """The centre's languages."""
        return centre().languages


def _page(
    slot_id: int,
    problem: RefusalAnswer | None = None,
    *,
    errors: dict[str, str] | None = None,
    refusal: Refusal | None = None,
    picked: Collection[int] = (),
) -> str:
    bar = _known(slot_id)
    history = log.read(log.LogFilter(subject=f"slot:{slot_id}"), most=20).entries
    clash, short = _troubles(bar)
    page = SlotPage(
        bar=bar,
        booked=_booked(bar, refusal if isinstance(refusal, BelowSold) else None, picked),
        in_line=_in_line(bar),
        history=history,
        meanwhile=_since_shown(history, bar) if isinstance(refusal, SlotChangedMeanwhile) else [],
        names=log.names(),
        problem=problem,
        errors=errors or {},
        typed=request.form if errors or refusal is not None else {},
        clash=clash,
        short=short,
        closure_id=closure_holding(slot_id) if bar.slot.status is SlotStatus.CANCELLED else None,
    )
    return render_template("admin/slot.html", page=page)


def _booked(bar: Occupancy, below: BelowSold | None, picked: Collection[int]) -> BookedInSlot:
    people = overview.in_slot(bar.slot.slot_id)
    by_schools = [person.booking_id for person in people if person.channel is Channel.SCHOOL]
    return BookedInSlot(
        people=people,
        visits=visits_among(by_schools),
        told=told_by(by_schools),
        targets=_targets(bar, clock.now()),
        picked=overview.too_many(people, below.taken, below.wanted) if below is not None else picked,
        below=below,
    )


def _troubles(bar: Occupancy) -> tuple[bool, bool]:
    """Whether another is in its room at the same time, and whether there are too few educators."""
    day = centre().local(bar.slot.starts_at).date()
    sessions = overview.sessions_between(midnight(day), midnight(day, 1))
    staffing = Staffing(centre().zone, load_duties())
    return bar.slot.slot_id in clashing(sessions), bar.slot.slot_id in understaffed(sessions, staffing)


def _since_shown(history: Sequence[LogEntry], bar: Occupancy) -> list[LogEntry]:
    """What has been changed since the form was shown that was sent."""
    seen = _version() if request.method == "POST" else bar.slot.version
    return [entry for entry in history if (entry.after or {}).get("version", 0) > seen]
