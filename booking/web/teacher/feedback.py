"""How was it? A page of its own for each visit, opened by a link in a mail; no sign-in, nothing public."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.bookings import queries
from booking.bookings.models import State
from booking.feedback import feedback
from booking.feedback.feedback import Opinion
from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.kernel.refusals import Refusal
from booking.settings import settings_of
from booking.visits import read
from booking.visits.links import booking_of_feedback
from booking.visits.read import VisitFacts
from booking.web.blueprints import teacher
from booking.web.extensions import limiter
from booking.web.forms.checked import one_line
from booking.web.guards.access import public
from booking.web.languages import centre
from booking.web.typed import whole_number


@dataclass(frozen=True, slots=True)
class FeedbackPage:
    """What a teacher is asked after a visit."""

    visit: VisitFacts
    programmes: list[int]
    came_on: date
    last: date
    is_open: bool
    is_over: bool
    stars: dict[int, str]
    texts: dict[int, str]
    answered: bool
    errors: Mapping[str, str]
    star_words: dict[int, str]
    most: int


@dataclass(frozen=True, slots=True)
class AskedVisit:
    """A visit that is asked, and its programmes in order of time."""

    visit: VisitFacts
    programmes: list[int]


@teacher.get("/school/feedback/<key>")
@public
def feedback_form(key: str) -> ResponseReturnValue:
    """The question; what was answered before stands in it."""
    asked_visit = _asked(key)
    before = feedback.answers_of(asked_visit.visit.id)
    stars = {programme_id: str(opinion.stars) for programme_id, opinion in before.items()}
    texts = {programme_id: opinion.words for programme_id, opinion in before.items()}
    return _page(asked_visit, stars, texts, answered=bool(before))


@teacher.post("/school/feedback/<key>")
@limiter.limit("30 per hour")
@public
def give_feedback(key: str) -> ResponseReturnValue:
    """The answer; once more is instead of the one before."""
    asked_visit, now = _asked(key), clock.now()
    stars = {programme_id: request.form.get(f"stars-{programme_id}", "")[:2] for programme_id in asked_visit.programmes}
    texts = {
        programme_id: one_line(request.form.get(f"said-{programme_id}")) for programme_id in asked_visit.programmes
    }
    errors, opinions = {}, {}
    for programme in asked_visit.programmes:
        given = whole_number(stars[programme], 1, 5)
        if given is None:
            errors[f"stars-{programme}"] = _("Choose from one to five stars.")
        elif len(texts[programme]) > feedback.MOST_WORDS:
            errors[f"said-{programme}"] = _("At most %(most)s characters.", most=feedback.MOST_WORDS)
        else:
            opinions[programme] = Opinion(given, texts[programme])
    if errors:
        return _page(asked_visit, stars, texts, errors=errors, status=422)
    came_on, today = centre().local(asked_visit.visit.arrives_at).date(), centre().local(now).date()
    try:
        with unit_of_work():
            feedback.answer(asked_visit.visit, came_on, opinions, today, now)
    except Refusal:
        return _page(asked_visit, stars, texts, status=410)
    return redirect(url_for("teacher.feedback_form", key=key), 303)


def star_words() -> dict[int, str]:
    """What each number of stars says."""
    return {1: _("poor"), 2: _("not quite good"), 3: _("all right"), 4: _("good"), 5: _("very good")}


def _asked(key: str) -> AskedVisit:
    booking_id = booking_of_feedback(key[:200], settings_of(current_app._get_current_object()).secret_key)  # type: ignore[attr-defined]
    facts = queries.by_id(booking_id) if booking_id is not None else None
    visit = read.of_booking(facts.id, facts.currency) if facts and facts.state is State.CONFIRMED else None
    programmes = feedback.programmes_of(visit) if visit else []
    if visit is None or not programmes:
        abort(404)
    return AskedVisit(visit, programmes)


def _page(
    asked_visit: AskedVisit,
    stars: dict[int, str],
    texts: dict[int, str],
    *,
    answered: bool = False,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    came_on, today = centre().local(asked_visit.visit.arrives_at).date(), centre().local(clock.now()).date()
    last = feedback.last_day(came_on)
    page = render_template(
        "teacher/feedback.html",
        page=FeedbackPage(
            visit=asked_visit.visit,
            programmes=asked_visit.programmes,
            came_on=came_on,
            last=last,
            is_open=came_on < today <= last,
            is_over=today > last,
            stars=stars,
            texts=texts,
            answered=answered,
            errors=errors or {},
            star_words=star_words(),
            most=feedback.MOST_WORDS,
        ),
    )
    return page, status
