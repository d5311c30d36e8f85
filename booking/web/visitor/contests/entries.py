"""A team or a person of a contest after the booking: put right, told of later, withdrawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.bookings.models import State
from booking.bookings.queries import BookingFacts
from booking.bookings.refusals import AlreadyUsed, TooLate
from booking.bookings.rules import Settlement
from booking.contests import enter, take_out
from booking.contests.read import BookedContest, EntryFacts, booked_contests, contests_of
from booking.contests.refusals import EntriesWrong
from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.kernel.refusals import Refusal
from booking.web.blueprints import visitor
from booking.web.extensions import limiter
from booking.web.forms.contest_entry import EntryForm, EntryForms, form_of, the_year
from booking.web.guards.access import public
from booking.web.languages import centre
from booking.web.refusals import RefusalAnswer, in_words, sentence
from booking.web.typed import sum_shown, whole_number
from booking.web.visitor.checkout import held_booking


@dataclass(frozen=True, slots=True)
class EntryOfBookingPage:
    """The form of one entry. `money` is what giving it up comes to, None where it is all that was booked.

    `kept_in` says why it cannot be given up here, "" where it can.
    """

    facts: BookingFacts
    booked: BookedContest
    entry: EntryFacts | None
    form: EntryForm
    problem: RefusalAnswer | None
    money: Settlement | None
    kept_in: str

    @property
    def errors(self) -> dict[str, str]:
        """What is wrong, by field."""
        return dict(self.form.errors)

    @property
    def version(self) -> int:
        """That of what the form was filled from; what was typed over it stays its own."""
        sent = whole_number(request.form.get("version"), 1, 999_999_999)
        return sent or (self.entry.version if self.entry is not None else 1)


@visitor.get("/b/<secret>/entries/<int:entry_id>")
@public
def entry(secret: str, entry_id: int) -> ResponseReturnValue:
    """An entry as it stands, to be put right."""
    return _page(_booked(secret, entry_id=entry_id))


@visitor.post("/b/<secret>/entries/<int:entry_id>")
@limiter.limit("60 per hour")
@public
def correct_entry(secret: str, entry_id: int) -> ResponseReturnValue:
    """Put it right."""
    version = whole_number(request.form.get("version"), 1, 999_999_999) or 0

    def correct(form: EntryForm) -> None:
        enter.correct(entry_id, form.draft(), version=version, centre=centre(), now=clock.now())

    return _press(secret, _booked(secret, entry_id=entry_id), correct)


@visitor.get("/b/<secret>/entries/new/<int:activity_id>")
@public
def new_entry(secret: str, activity_id: int) -> ResponseReturnValue:
    """The form of an entry that was booked without its names."""
    return _page(_booked(secret, activity_id=activity_id))


@visitor.post("/b/<secret>/entries/new/<int:activity_id>")
@limiter.limit("60 per hour")
@public
def add_entry(secret: str, activity_id: int) -> ResponseReturnValue:
    """Tell who it is."""
    place = _booked(secret, activity_id=activity_id)

    def add(form: EntryForm) -> None:
        enter.add_entry(place.facts.id, activity_id, form.draft(), centre=centre(), now=clock.now())

    return _press(secret, place, add)


@visitor.post("/b/<secret>/entries/<int:entry_id>/withdraw")
@public
def withdraw_entry(secret: str, entry_id: int) -> ResponseReturnValue:
    """Give one of several up; the only one goes with the whole booking."""
    place = _booked(secret, entry_id=entry_id)
    if place.is_all:
        return redirect(url_for("visitor.cancel", secret=secret), 303)
    try:
        with unit_of_work():
            take_out.withdraw(entry_id, centre=centre(), now=clock.now(), shown=sum_shown(request.form.get("shown")))
    except Refusal as refusal:
        answer = sentence(refusal)
        return _page(place, problem=answer), answer.status
    return _back(secret)


@dataclass(frozen=True, slots=True)
class EntryOfBooking:
    """Which entry of which booking an address is about; None where it is to be told of."""

    facts: BookingFacts
    booked: BookedContest
    entry: EntryFacts | None

    @property
    def is_all(self) -> bool:
        """Whether nothing else was booked with it."""
        return sum(line.quantity for line in self.facts.lines) == 1


def _booked(secret: str, entry_id: int = 0, activity_id: int = 0) -> EntryOfBooking:
    """The entry of a confirmed booking, or the contest that misses one, else 404."""
    facts = held_booking(secret)
    if facts.state is not State.CONFIRMED or facts.changes_id is not None:
        abort(404)
    for booked in booked_contests(facts):
        if booked.activity_id == activity_id and booked.missing:
            return EntryOfBooking(facts, booked, None)
        for own in booked.entries:
            if own.id == entry_id and own.name:
                return EntryOfBooking(facts, booked, own)
    return abort(404)


def _press(secret: str, place: EntryOfBooking, write: Callable[[EntryForm], None]) -> ResponseReturnValue:
    """Write what was sent, or say what is wrong with it."""
    form = _judged(place, sent=True)
    if form.errors:
        return _page(place, form), 422
    try:
        with unit_of_work():
            write(form)
    except EntriesWrong as wrong:
        return _page(place, _with(form, wrong)), 422
    except Refusal as refusal:
        answer = sentence(refusal)
        return _page(place, form, answer), answer.status
    return _back(secret)


def _judged(place: EntryOfBooking, *, sent: bool) -> EntryForm:
    """The form as it was sent, with what is wrong with it; or as it stands."""
    contest = contests_of([place.booked.activity_id])[place.booked.activity_id]
    form = form_of(contest, place.entry, request.form if sent else None)
    return EntryForms((form,)).judged(the_year(place.facts, centre())).forms[0] if sent else form


def _with(form: EntryForm, wrong: EntriesWrong) -> EntryForm:
    return EntryForms((form,)).with_problems(wrong).forms[0]


def _back(secret: str) -> ResponseReturnValue:
    return redirect(url_for("visitor.booking", secret=secret, saved=1), 303)


def _page(
    place: EntryOfBooking,
    form: EntryForm | None = None,
    problem: RefusalAnswer | None = None,
) -> str:
    money, kept_in = _withdrawal(place)
    return render_template(
        "visitor/entry.html",
        page=EntryOfBookingPage(
            facts=place.facts,
            booked=place.booked,
            entry=place.entry,
            form=form or _judged(place, sent=False),
            problem=problem,
            money=money,
            kept_in=kept_in,
        ),
    )


def _withdrawal(place: EntryOfBooking) -> tuple[Settlement | None, str]:
    """What giving it up comes to, None for the only one; and why it cannot be given up here, "" where it can."""
    if place.entry is None:
        return None, ""
    try:
        return take_out.what_if_withdrawn(place.facts, place.entry, centre(), clock.now()), ""
    except (TooLate, AlreadyUsed) as refusal:
        return None, in_words(refusal).text
    except Refusal:
        return None, _("This entry alone cannot be withdrawn here. Write to us and we will help.")
