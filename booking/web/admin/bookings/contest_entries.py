"""One entry of a contest in the hands of the staff: put right, written for somebody, taken out with a reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.contests import enter, take_out
from booking.contests.read import ContestRow, ListedEntry, contests_of, listed
from booking.contests.refusals import EntriesWrong
from booking.contests.take_out import LONGEST_REASON
from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.kernel.refusals import Refusal
from booking.staff.models import Role
from booking.web.admin.bookings.contests import the_contest
from booking.web.blueprints import admin
from booking.web.forms.checked import one_line
from booking.web.forms.contest_entry import EntryForm, EntryForms, form_of
from booking.web.guards.access import staff, who
from booking.web.languages import centre
from booking.web.refusals import RefusalAnswer, sentence
from booking.web.typed import whole_number


@dataclass(frozen=True, slots=True)
class EntryOfficePage:
    """The form of one entry, and what else can be done with it."""

    row: ContestRow
    line: ListedEntry
    form: EntryForm
    problem: RefusalAnswer | None
    reason: str

    @property
    def errors(self) -> dict[str, str]:
        """What is wrong, by field."""
        return dict(self.form.errors)

    @property
    def version(self) -> int:
        """That of what the form was filled from."""
        sent = whole_number(request.form.get("version"), 1, 999_999_999)
        return sent or (self.line.entry.version if self.line.entry is not None else 1)


@admin.get("/contests/<int:slot_id>/entries/<int:entry_id>")
@staff(Role.DESK)
def contest_entry(slot_id: int, entry_id: int) -> str:
    """An entry as it stands."""
    row, line = _line(slot_id, entry_id=entry_id)
    return _page(row, line, _form(row, line))


@admin.post("/contests/<int:slot_id>/entries/<int:entry_id>")
@staff(Role.DESK)
def correct_contest_entry(slot_id: int, entry_id: int) -> ResponseReturnValue:
    """Put it right, also after the deadline of whoever booked."""
    row, line = _line(slot_id, entry_id=entry_id)
    version = whole_number(request.form.get("version"), 1, 999_999_999) or 0

    def correct(form: EntryForm) -> None:
        enter.correct(entry_id, form.draft(), version=version, centre=centre(), now=clock.now(), actor=who().actor)

    return _press(row, line, correct)


@admin.get("/contests/<int:slot_id>/bookings/<int:booking_id>")
@staff(Role.DESK)
def missing_contest_entry(slot_id: int, booking_id: int) -> str:
    """The form of an entry that a booking has not told of."""
    row, line = _line(slot_id, booking_id=booking_id)
    return _page(row, line, _form(row, line))


@admin.post("/contests/<int:slot_id>/bookings/<int:booking_id>")
@staff(Role.DESK)
def write_contest_entry(slot_id: int, booking_id: int) -> ResponseReturnValue:
    """Write it for whoever booked, as they say it by phone or at the desk."""
    row, line = _line(slot_id, booking_id=booking_id)

    def add(form: EntryForm) -> None:
        draft, now = form.draft(), clock.now()
        enter.add_entry(booking_id, row.activity_id, draft, centre=centre(), now=now, actor=who().actor)

    return _press(row, line, add)


@admin.post("/contests/<int:slot_id>/entries/<int:entry_id>/out")
@staff()
def take_contest_entry_out(slot_id: int, entry_id: int) -> ResponseReturnValue:
    """Take it out; the letter to whoever booked says why, and what goes back."""
    row, line = _line(slot_id, entry_id=entry_id)
    reason = one_line(request.form.get("reason"))
    if len(reason) > LONGEST_REASON:
        too_long = RefusalAnswer(_("At most %(most)s characters.", most=LONGEST_REASON), 422)
        return _page(row, line, _form(row, line), too_long), 422
    try:
        with unit_of_work():
            take_out.take_out(
                entry_id, reason, centre=centre(), now=clock.now(), actor=who().actor,
                whole_refund=request.form.get("whole") == "y",
            )  # fmt: skip
    except Refusal as refusal:
        answer = sentence(refusal)
        return _page(row, line, _form(row, line), answer), answer.status
    flash(_("Taken out. A letter is on its way to whoever booked."))
    return redirect(url_for("admin.contest", slot_id=slot_id), 303)


def _line(slot_id: int, entry_id: int = 0, booking_id: int = 0) -> tuple[ContestRow, ListedEntry]:
    """The line of the list that an address is about, else 404."""
    row = the_contest(slot_id)
    for line in listed(slot_id, row.activity_id):
        is_missing = line.entry is None and line.booking_id == booking_id
        if is_missing or (line.entry is not None and line.entry.id == entry_id and line.entry.name):
            return row, line
    return abort(404)


def _press(row: ContestRow, line: ListedEntry, write: Callable[[EntryForm], None]) -> ResponseReturnValue:
    """Write what was sent, or say what is wrong with it."""
    form = _sent(row, line)
    if form.errors:
        return _page(row, line, form), 422
    try:
        with unit_of_work():
            write(form)
    except EntriesWrong as wrong:
        return _page(row, line, EntryForms((form,)).with_problems(wrong).forms[0]), 422
    except Refusal as refusal:
        answer = sentence(refusal)
        return _page(row, line, form, answer), answer.status
    return _back(row.slot_id)


def _form(row: ContestRow, line: ListedEntry) -> EntryForm:
    return form_of(contests_of([row.activity_id])[row.activity_id], line.entry, None)


def _sent(row: ContestRow, line: ListedEntry) -> EntryForm:
    form = form_of(contests_of([row.activity_id])[row.activity_id], line.entry, request.form)
    return EntryForms((form,)).judged(centre().local(row.starts_at).year).forms[0]


def _back(slot_id: int) -> ResponseReturnValue:
    flash(_("Saved."))
    return redirect(url_for("admin.contest", slot_id=slot_id), 303)


def _page(row: ContestRow, line: ListedEntry, form: EntryForm, problem: RefusalAnswer | None = None) -> str:
    return render_template(
        "admin/contest_entry.html",
        page=EntryOfficePage(
            row=row, line=line, form=form, problem=problem, reason=one_line(request.form.get("reason"))
        ),
    )
