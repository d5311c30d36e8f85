"""The catalogue of programmes: filters that live in the address, free sessions in sight."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

from flask import render_template, request, url_for
from flask_babel import gettext as _

from booking.capacity.timetable import at
from booking.courses.offered import OfferedCourse, courses, first_free
from booking.documents.certificates import hours_words
from booking.kernel import clock
from booking.materials.read import MaterialFacts
from booking.materials.words import what_it_is
from booking.outreach.read import offered as outreach_offered
from booking.outreach.rules import OfferedOutreach as Outreach
from booking.programmes.models import Subject
from booking.programmes.offered import Next, OfferedProgramme, SessionFree, next_free, programmes, sessions
from booking.programmes.search import Duration, Filters, OfferKind, Other, find, find_others, loosen, sort_of
from booking.programmes.stages import SchoolStage, stages
from booking.releases.openings import Openings, ReleaseFacts, openings
from booking.web.blueprints import teacher
from booking.web.forms.checked import one_line
from booking.web.guards.access import public
from booking.web.languages import LANGUAGES, centre, wording
from booking.web.teacher.sentences import because_words, change_words, grade_words, grades_words, subject_words
from booking.web.typed import a_day, whole_number

AHEAD = timedelta(days=100)
FARTHEST = timedelta(days=400)
# The fields of the address, and the filter that each belongs to.
_FIELDS = {
    "q": "words", "grade": "grade", "subject": "subject", "kind": "sort", "language": "language",
    "duration": "duration", "from": "date", "until": "date",
}  # fmt: skip
MOST_WORDS = 80


@dataclass(frozen=True, slots=True)
class CataloguePage:
    """The programmes that fit the filters, and what else there is for schools."""

    programmes: list[OfferedProgramme]
    free: dict[int, Next]
    released: Openings
    offered: list[OfferedProgramme]
    others: list[Other]  # courses and outreach
    filters: Filters
    looser: list[tuple[str, int, str]]  # what to loosen where nothing fits
    courses: list[OfferedCourse]
    held: dict[int, datetime]
    outreach: list[Outreach]
    now: datetime
    grades: ClassVar = range(14)

    @property
    def count(self) -> int:
        """How many offers fit, of every sort."""
        return len(self.programmes) + len(self.courses) + len(self.outreach)

    @property
    def stages(self) -> list[SchoolStage]:
        """All there is, by stages to unfold; what was filtered for stands open."""
        return [] if self.filters.names() else stages(self.programmes, centre().country)

    @property
    def any_at_all(self) -> bool:
        """Whether there is anything to filter."""
        return bool(self.offered or self.others)

    @property
    def releases(self) -> list[ReleaseFacts]:
        """The release days to come."""
        return self.released.coming(self.now)

    def opening_of(self, activity_id: int) -> ReleaseFacts | None:
        """The release day on which new dates of a programme open."""
        return self.released.next_of(activity_id, self.now)

    @property
    def subjects(self) -> list[str]:
        """The subjects there are, as the reader's alphabet has them."""
        return wording().in_order(
            {subject for programme in self.offered for subject in programme.subjects},
            lambda subject: str(subject_words(subject)),
        )

    @property
    def sorts(self) -> list[tuple[OfferKind, str]]:
        """The sorts there are, with their names."""
        present = {sort_of(programme) for programme in self.offered} | {other.sort for other in self.others}
        return [(sort, name) for sort, name in sort_names().items() if sort in present]

    @property
    def languages(self) -> list[tuple[str, str]]:
        """The centre's languages, as each calls itself."""
        return [(lang, LANGUAGES[lang]) for lang in centre().languages if lang in LANGUAGES]

    @property
    def durations(self) -> dict[Duration, str]:
        """The lengths that one can ask for."""
        return duration_names()

    @staticmethod
    def sort_of(programme: OfferedProgramme) -> str:
        """What a programme's sort is called."""
        return sort_names()[sort_of(programme)]

    @staticmethod
    def is_pupils(programme: OfferedProgramme) -> bool:
        """Whether it is of the ordinary sort."""
        return sort_of(programme) is OfferKind.PUPILS


def material_words(material: MaterialFacts) -> str:
    """The kind and size of a file, or whose page a link leads to."""
    return what_it_is(material, wording())


def on_date(moment: datetime) -> str:
    """The centre's day of a moment, as an address says it: 2027-03-09."""
    return centre().local(moment).date().isoformat()


@teacher.app_context_processor
def words() -> dict[str, object]:
    """What the templates call grades, subjects, lengths, days, materials, reasons to pay and changes of a plan."""
    return {
        "grade_words": grade_words,
        "grades_words": grades_words,
        "subject_words": subject_words,
        "hours_words": hours_words,
        "because_words": because_words,
        "change_words": change_words,
        "on_date": on_date,
        "material_words": material_words,
    }


@teacher.get("/school")
@public
def catalogue() -> str:
    """All programmes, or those filtered for."""
    now, offered = clock.now(), programmes()
    taught, away = courses(), outreach_offered()
    others = [_of_course(course) for course in taught] + [_of_outreach(outreach) for outreach in away]
    filters = _filters(centre().local(now).date())
    begin, end = _window(filters, now)
    shown = find(offered, filters, {programme.activity_id for programme in offered})
    released = openings(now)
    # With a date every programme's sessions are read, so that the page can say what another filter hides.
    free = next_free(_open_sessions(offered if filters.has_date else shown, begin, end, released, now), centre().zone)
    shown = find(offered, filters, free) if filters.has_date else shown
    held = first_free(taught, begin, end, now)
    on_dates = {*free, *held, *_away_on(away, begin, end, now)}
    beside = find_others(others, filters, on_dates)
    page = CataloguePage(
        programmes=shown,
        free=free,
        released=released,
        offered=offered,
        others=others,
        filters=filters,
        looser=[] if shown or beside else _looser(offered, others, filters, on_dates),
        courses=[course for course in taught if course.activity_id in beside],
        held=held,
        outreach=[outreach for outreach in away if outreach.activity_id in beside],
        now=now,
    )
    return render_template("teacher/catalogue.html", page=page)


def _open_sessions(
    wanted: list[OfferedProgramme], begin: datetime, end: datetime, released: Openings, now: datetime
) -> list[SessionFree]:
    """The sessions of these programmes that can be booked now."""
    frees = sessions([programme.activity_id for programme in wanted], begin, end, now)
    return [free for free in frees if not released.closed(free.activity_id, free.starts_at, now)]


def _of_course(course: OfferedCourse) -> Other:
    return Other(course.activity_id, OfferKind.COURSE, course.minutes, (course.title, course.summary))


def _of_outreach(outreach: Outreach) -> Other:
    texts, grades = (outreach.title, outreach.summary, outreach.needs), (outreach.grade_from, outreach.grade_to)
    return Other(outreach.activity_id, OfferKind.OUTREACH, outreach.minutes, texts, grades)


def _away_on(away: list[Outreach], begin: datetime, end: datetime, now: datetime) -> set[int]:
    """What is held at schools on some day of this time; whether an educator is free then, its own page says."""
    first, last, today = (centre().local(moment).date() for moment in (begin, end - timedelta(seconds=1), now))
    return {outreach.activity_id for outreach in away if outreach.is_held_between(first, last, today)}


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
    args = request.args
    subject, sort, duration = args.get("subject", ""), args.get("kind", ""), args.get("duration", "")
    lang = args.get("language", "")
    first, last = a_day(args.get("from")), a_day(args.get("until"))
    if first is not None and last is not None and last < first:
        first, last = last, first
    far = today + FARTHEST
    return Filters(
        words=one_line(args.get("q"))[:MOST_WORDS],
        grade=whole_number(args.get("grade"), 0, 13),
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
    labels = {
        "words": _("without the words"),
        "grade": _("without the grade"),
        "subject": _("without the subject"),
        "sort": _("without the kind"),
        "language": _("without the language"),
        "duration": _("without the duration"),
        "date": _("without the date"),
    }
    kept = {name: value for name, value in request.args.items() if value and name in _FIELDS}
    ways = []
    for name, count in loosen(offered, filters, free, others):
        rest: dict[str, Any] = {key: value for key, value in kept.items() if _FIELDS[key] != name}
        ways.append((labels[name], count, url_for("teacher.catalogue", **rest)))
    return ways
