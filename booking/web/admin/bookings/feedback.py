"""What teachers say of the programmes: averages, how the stars fall, the words. For the staff alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import render_template, request
from flask.typing import ResponseReturnValue

from booking.exports import sources
from booking.feedback import feedback
from booking.feedback.feedback import FeedbackAnswer, Score
from booking.kernel import clock
from booking.staff.models import Role
from booking.web.admin.bookings.exports import EXPORTERS, export_list
from booking.web.blueprints import admin
from booking.web.guards.access import staff, who
from booking.web.languages import centre
from booking.web.typed import a_day, identity

A_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class FeedbackFilter:
    """Of which programme, and of those who came on which dates."""

    activity_id: int | None
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class FeedbackOfAllPage:
    """What teachers have said, of all programmes or the chosen one."""

    scores: Sequence[Score]
    chosen: Score | None
    answers: Sequence[FeedbackAnswer]
    next_below: int | None
    asked: FeedbackFilter
    kept: Mapping[str, date | int]
    period: Mapping[str, date]
    may_export: bool


@admin.get("/feedback")
@staff(Role.DESK, Role.EDUCATOR, Role.FINANCE)
def feedback_of_all() -> str:
    """Every programme that anybody has said something of; of one, its words too."""
    feedback_filter = _asked()
    scores = feedback.scores(feedback_filter.first, feedback_filter.last)
    below = identity(request.args.get("below")) or feedback.NEWEST
    answers, next_below = feedback.said_about(
        feedback_filter.activity_id, feedback_filter.first, feedback_filter.last, below
    )
    chosen = next((score for score in scores if score.activity_id == feedback_filter.activity_id), None)
    kept = {"from": feedback_filter.first, "until": feedback_filter.last}
    return render_template(
        "admin/feedback.html",
        page=FeedbackOfAllPage(
            scores=scores,
            chosen=chosen,
            answers=answers,
            next_below=next_below,
            asked=feedback_filter,
            kept=kept | ({"programme": feedback_filter.activity_id} if feedback_filter.activity_id else {}),
            period=kept,
            may_export=who().role in (Role.ADMIN, *EXPORTERS),
        ),
    )


@admin.post("/feedback/export")
@staff(*EXPORTERS)
def export_feedback() -> ResponseReturnValue:
    """The answers as a file."""
    feedback_filter = _asked()
    return export_list(
        "feedback", sources.feedback_filters(feedback_filter.activity_id, feedback_filter.first, feedback_filter.last)
    )


def _asked() -> FeedbackFilter:
    """What the address asks for; without dates the last year."""
    today = centre().local(clock.now()).date()
    last = a_day(request.args.get("until")) or today
    first = a_day(request.args.get("from")) or last - A_YEAR
    return FeedbackFilter(identity(request.args.get("programme")), min(first, last), max(first, last))
