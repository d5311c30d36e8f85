"""Visits that wait for the staff's yes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.kernel.refusals import Refusal
from booking.outreach import read as outreach
from booking.outreach.read import Away
from booking.staff.models import Role
from booking.visit_waiting import waiting_queries
from booking.visit_waiting.waiting_queries import WaitingPlace
from booking.visits import change
from booking.visits.requests import Request, requests
from booking.web.blueprints import admin
from booking.web.forms.checked import one_line
from booking.web.guards.access import staff, who
from booking.web.languages import centre
from booking.web.refusals import RefusalAnswer, sentence
from booking.web.teacher.sentences import grade_words

MOST_REASON = 400


@admin.get("/visits")
@staff(Role.DESK, Role.EDUCATOR)
def visits() -> str:
    """The requests, soonest first."""
    return _page()


@admin.post("/visits/<int:booking_id>/approve")
@staff(Role.DESK)
def approve_visit(booking_id: int) -> ResponseReturnValue:
    """Say yes; the confirmation goes out."""
    _check(booking_id)
    try:
        with unit_of_work():
            change.approve(booking_id, centre=centre(), now=clock.now(), actor=who().actor)
    except Refusal as refusal:
        answer = sentence(refusal)
        return _page(answer), answer.status
    flash(_("Approved. The confirmation is on its way."))
    return redirect(url_for("admin.visits"), 303)


@admin.post("/visits/<int:booking_id>/decline")
@staff(Role.DESK)
def decline_visit(booking_id: int) -> ResponseReturnValue:
    """Say no, and why; the places are free again."""
    _check(booking_id)
    reason = one_line(request.form.get("reason"))
    if not reason or len(reason) > MOST_REASON:
        return _page(
            RefusalAnswer(_("Say why, in at most 400 characters: the teacher reads it."), 422), booking_id
        ), 422
    try:
        with unit_of_work():
            change.decline(booking_id, reason, centre=centre(), now=clock.now(), actor=who().actor)
    except Refusal as refusal:
        answer = sentence(refusal)
        return _page(answer, booking_id), answer.status
    flash(_("Declined. The teacher gets a letter with the reason."))
    return redirect(url_for("admin.visits"), 303)


@dataclass(frozen=True, slots=True)
class VisitsWaitingPage:
    """Schools on the waiting list, by programme."""

    lines: Sequence[tuple[WaitingPlace, list[WaitingPlace], int]]
    waiting: int

    def first(self, place: WaitingPlace) -> date:
        """The first day that somebody waits for."""
        return place.first(centre())

    def last(self, place: WaitingPlace) -> date:
        """The last day that somebody waits for."""
        return place.last(centre())


@admin.get("/visits/waiting")
@staff(Role.DESK, Role.EDUCATOR)
def visits_waiting() -> str:
    """Who waits for which programme, first come first."""
    return render_template(
        "admin/visits_waiting.html",
        page=VisitsWaitingPage(
            lines=waiting_queries.by_programme(waiting_queries.whole()), waiting=waiting_queries.count()
        ),
    )


def _check(booking_id: int) -> None:
    if booking_id >= 10**18:
        abort(404)


@dataclass(frozen=True, slots=True)
class VisitRequestsPage:
    """Visits that wait for a yes, and outreach to come."""

    visits: Sequence[Request]
    waiting: int
    away: Sequence[Away]
    problem: RefusalAnswer | None
    about: int
    reason: str

    def grade_words(self, grade: int) -> str:
        """A grade as teachers call it."""
        return grade_words(grade)


def _page(problem: RefusalAnswer | None = None, about: int = 0) -> str:
    return render_template(
        "admin/visits.html",
        page=VisitRequestsPage(
            visits=requests(),
            waiting=waiting_queries.count(),
            away=outreach.coming(clock.now()),
            problem=problem,
            about=about,
            reason=one_line(request.form.get("reason"))[:MOST_REASON],
        ),
    )
