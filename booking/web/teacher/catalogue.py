"""The catalogue of programmes: filters that live in the address, free sessions in sight."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _

from booking.capacity.timetable import at
from booking.courses.offered import courses
from booking.documents.certificates import hours_words
from booking.kernel import clock
from booking.outreach.read import offered as outreach_offered
from booking.schools.finding import Duration, Filters, Sort, find, loosen, sort_of
from booking.schools.models import Subject
from booking.schools.offered import Offered, next_free, programmes, sessions
from booking.schools.releases import openings
from booking.web.access import public
from booking.web.forms import tidy, whole_number
from booking.web.languages import LANGUAGES, centre
from booking.web.teacher import teacher
from booking.web.teacher.dates import read_date
from booking.web.teacher.words import grade_words, grades_words, subject_words

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
    filters = _filters(centre().local(now).date())
    begin, end = _window(filters, now)
    shown = find(offered, filters, {one.activity_id for one in offered})
    # With a date every programme's sessions are read, so that the page can say what another filter hides.
    wanted = offered if filters.has_date else shown
    released = openings(now)
    found = sessions([one.activity_id for one in wanted], begin, end, now)
    open_now = [one for one in found if not released.closed(one.activity_id, one.starts_at, now)]
    free = next_free(open_now, centre().zone)
    shown = find(offered, filters, free) if filters.has_date else shown
    return render_template(
        "teacher/catalogue.html",
        programmes=shown,
        free=free,
        releases=released.coming(now),
        opening_of=lambda activity_id: released.next_of(activity_id, now),
        any_at_all=bool(offered),
        filters=filters,
        looser=[] if shown else _looser(offered, filters, set(free)),
        grades=range(14),
        subjects=sorted({one for programme in offered for one in programme.subjects}, key=subject_words),
        sorts=[(one, said) for one, said in sort_names().items() if one in {sort_of(each) for each in offered}],
        languages=[(lang, LANGUAGES[lang]) for lang in centre().languages if lang in LANGUAGES],
        durations=duration_names(),
        sort_of=lambda one: sort_names()[sort_of(one)],
        is_pupils=lambda one: sort_of(one) is Sort.PUPILS,
        courses=courses(),
        outreach=outreach_offered(),
        hours_words=hours_words,
        on_date=lambda moment: centre().local(moment).date().isoformat(),
    )


def sort_names() -> dict[Sort, str]:
    """What the sorts of offers are called."""
    return {
        Sort.PUPILS: _("Pupil programme"),
        Sort.KINDERGARTEN: _("Kindergarten"),
        Sort.OUTREACH: _("Outreach: we come to you"),
        Sort.COURSE: _("Teacher course"),
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
    first, last = read_date(asked.get("from")), read_date(asked.get("until"))
    if first is not None and last is not None and last < first:
        first, last = last, first
    far = today + FARTHEST
    return Filters(
        words=tidy(asked.get("q"))[:MOST_WORDS],
        grade=whole_number(asked.get("grade"), 0, 13),
        subject=subject if subject in set(Subject) else "",
        sort=Sort(sort) if sort in set(Sort) else None,
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


def _looser(offered: list[Offered], filters: Filters, free: set[int]) -> list[tuple[str, int, str]]:
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
    for name, count in loosen(offered, filters, free):
        rest: dict[str, Any] = {key: value for key, value in kept.items() if _FIELDS[key] != name}
        found.append((said[name], count, url_for("teacher.catalogue", **rest)))
    return found
