"""The catalogue of programmes: filters that live in the address, free sessions in sight."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _

from booking.capacity.timetable import at
from booking.courses.offered import OfferedCourse, courses, first_free
from booking.documents.certificates import hours_words
from booking.kernel import clock
from booking.outreach.read import offered as outreach_offered
from booking.outreach.rules import OfferedOutreach as Outreach
from booking.programmes.models import Subject
from booking.programmes.offered import OfferedProgramme, next_free, programmes, sessions
from booking.programmes.search import Duration, Filters, OfferKind, Other, find, find_others, loosen, sort_of
from booking.releases.openings import openings
from booking.web.forms.checked import tidy
from booking.web.guards.access import public
from booking.web.languages import LANGUAGES, centre, wording
from booking.web.teacher import teacher
from booking.web.teacher.sentences import grade_words, grades_words, subject_words
from booking.web.typed import a_day, whole_number

AHEAD = timedelta(days=100)
FARTHEST = timedelta(days=400)
# The fields of the address, and the filter that each belongs to.
_FIELDS = {
    "q": "words", "grade": "grade", "subject": "subject", "kind": "sort", "language": "language",
    "duration": "duration", "from": "date", "until": "date",
}  # fmt: skip
MOST_WORDS = 80


@teacher.app_context_processor
def words() -> dict[str, object]:
    """What the templates call grades and subjects."""
    return {"grade_words": grade_words, "grades_words": grades_words, "subject_words": subject_words}


@teacher.get("/school")
@public
def catalogue() -> str:
    """All programmes, or those filtered for."""
    now, offered = clock.now(), programmes()
    taught, away = courses(), outreach_offered()
    others = [_of_course(course) for course in taught] + [_of_outreach(outreach) for outreach in away]
    filters = _filters(centre().local(now).date())
    begin, end = _window(filters, now)
    shown = find(offered, filters, {offered_programme.activity_id for offered_programme in offered})
    # With a date every programme's sessions are read, so that the page can say what another filter hides.
    wanted = offered if filters.has_date else shown
    released = openings(now)
    frees = sessions([offered_programme.activity_id for offered_programme in wanted], begin, end, now)
    open_now = [
        session_free
        for session_free in frees
        if not released.closed(session_free.activity_id, session_free.starts_at, now)
    ]
    free = next_free(open_now, centre().zone)
    shown = find(offered, filters, free) if filters.has_date else shown
    held = first_free(taught, begin, end, now)
    on_dates = {*free, *held, *_away_on(away, begin, end, now)}
    beside = find_others(others, filters, on_dates)
    count = len(shown) + len(beside)
    return render_template(
        "teacher/catalogue.html",
        programmes=shown,
        free=free,
        releases=released.coming(now),
        opening_of=lambda activity_id: released.next_of(activity_id, now),
        any_at_all=bool(offered or others),
        count=count,
        filters=filters,
        looser=[] if count else _looser(offered, others, filters, on_dates),
        grades=range(14),
        subjects=wording().in_order(
            {subject for programme in offered for subject in programme.subjects}, lambda one: str(subject_words(one))
        ),
        sorts=[
            (offer_kind, said) for offer_kind, said in sort_names().items() if offer_kind in _sorts(offered, others)
        ],
        languages=[(lang, LANGUAGES[lang]) for lang in centre().languages if lang in LANGUAGES],
        durations=duration_names(),
        sort_of=lambda one: sort_names()[sort_of(one)],
        is_pupils=lambda one: sort_of(one) is OfferKind.PUPILS,
        courses=[course for course in taught if course.activity_id in beside],
        held=held,
        outreach=[outreach for outreach in away if outreach.activity_id in beside],
        hours_words=hours_words,
        on_date=lambda moment: centre().local(moment).date().isoformat(),
    )


def _of_course(course: OfferedCourse) -> Other:
    return Other(course.activity_id, OfferKind.COURSE, course.minutes, (course.title, course.summary))


def _of_outreach(outreach: Outreach) -> Other:
    texts, grades = (outreach.title, outreach.summary, outreach.needs), (outreach.grade_from, outreach.grade_to)
    return Other(outreach.activity_id, OfferKind.OUTREACH, outreach.minutes, texts, grades)


def _away_on(away: list[Outreach], begin: datetime, end: datetime, now: datetime) -> set[int]:
    """What is held at schools on some day of this time; whether an educator is free then, its own page says."""
    first, last, today = (centre().local(moment).date() for moment in (begin, end - timedelta(seconds=1), now))
    return {outreach.activity_id for outreach in away if outreach.is_held_between(first, last, today)}


def _sorts(offered: list[OfferedProgramme], others: list[Other]) -> set[OfferKind]:
    return {sort_of(programme) for programme in offered} | {other.sort for other in others}


def sort_names() -> dict[OfferKind, str]:
    """What the sorts of offers are called."""
    return {
        OfferKind.PUPILS: _("Pupil programme"),
        OfferKind.KINDERGARTEN: _("Kindergarten"),
        OfferKind.OUTREACH: _("Outreach: we come to you"),
        OfferKind.COURSE: _("Teacher course"),
    }


def duration_names() -> dict[Duration, str]:
    """What the durations are called."""
    return {
        Duration.SHORT: _("Up to an hour"),
        Duration.MIDDLE: _("An hour to an hour and a half"),
        Duration.LONG: _("Longer"),
    }


def _filters(today: date) -> Filters:
    """What the address asks for; what cannot be read is not asked for."""
    asked = request.args
    subject, sort, duration = asked.get("subject", ""), asked.get("kind", ""), asked.get("duration", "")
    lang = asked.get("language", "")
    first, last = a_day(asked.get("from")), a_day(asked.get("until"))
    if first is not None and last is not None and last < first:
        first, last = last, first
    far = today + FARTHEST
    return Filters(
        words=tidy(asked.get("q"))[:MOST_WORDS],
        grade=whole_number(asked.get("grade"), 0, 13),
        subject=subject if subject in set(Subject) else "",
        sort=OfferKind(sort) if sort in set(OfferKind) else None,
        language=lang if lang in centre().languages else "",
        duration=Duration(duration) if duration in set(Duration) else None,
        first=first if first is not None and first <= far else None,
        last=min(last, far) if last is not None else None,
    )


def _window(filters: Filters, now: datetime) -> tuple[datetime, datetime]:
    """When the sessions that matter begin: on the dates filtered for, else in the coming months."""
    zone = centre().zone
    begin = max(now, at(filters.first, time(0), zone)) if filters.first else now
    return begin, at(filters.last + timedelta(days=1), time(0), zone) if filters.last else begin + AHEAD


def _looser(
    offered: list[OfferedProgramme], others: list[Other], filters: Filters, free: set[int]
) -> list[tuple[str, int, str]]:
    """What to loosen: in words, how many there would be, and the address."""
    said = {
        "words": _("without the words"),
        "grade": _("without the grade"),
        "subject": _("without the subject"),
        "sort": _("without the kind"),
        "language": _("without the language"),
        "duration": _("without the duration"),
        "date": _("without the date"),
    }
    kept = {name: value for name, value in request.args.items() if value and name in _FIELDS}
    found = []
    for name, count in loosen(offered, filters, free, others):
        rest: dict[str, Any] = {key: value for key, value in kept.items() if _FIELDS[key] != name}
        found.append((said[name], count, url_for("teacher.catalogue", **rest)))
    return found
