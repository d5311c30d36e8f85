"""What grades, subjects, plans and payers are called, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import flask_babel

from booking.agreements.prices import Because, VisitKind
from booking.bookings.refusals import AlreadyUsed
from booking.capacity.places import Closed, Full
from booking.kernel.database import Texts
from booking.kernel.refusals import Refusal
from booking.planner.missed import Missed
from booking.planner.plans import (
    AnotherDay,
    ArriveEarlier,
    Change,
    DepartLater,
    Distinction,
    FewerGroups,
    NoPlanReason,
    PartKind,
    Reason,
    ShorterExhibition,
    WithoutLunch,
    WithoutShow,
)
from booking.programmes.models import Subject
from booking.programmes.offered import OfferedProgramme
from booking.programmes.shows import OfferedShow
from booking.programmes.stages import SchoolStage
from booking.visits.change import MOST_PUPILS
from booking.web.failing import note
from booking.web.languages import centre, wording
from booking.web.refusals import RefusalAnswer, sentence

FIRST_UPPER = 11


def _(text: str, **values: object) -> str:
    return str(flask_babel.gettext(text, **values))


def ngettext(singular: str, plural: str, number: int, **values: object) -> str:
    """As Flask-Babel's, known to be text."""
    return str(flask_babel.ngettext(singular, plural, number, **values))


def grade_words(grade: int) -> str:
    """Kindergarten, 1 to 10, vg1 to vg3; beyond Norway the classes are simply counted."""
    if grade == 0:
        return _("Kindergarten")
    if grade >= FIRST_UPPER and centre().country == "NO":
        return f"vg{grade - FIRST_UPPER + 1}"
    return str(grade)


def odd_numbers(pupils: int | None) -> str:
    """What to write for how many of a class come; `pupils` is None where theirs is the number that cannot be read."""
    if pupils is None:
        return _(
            "Enter how many pupils of a class, from 1 to %(most)s. If you are more, add one class more.",
            most=MOST_PUPILS,
        )
    return _("Enter how many adults, from 0 to %(most)s.", most=MOST_PUPILS)


def grades_words(programme: OfferedProgramme | OfferedShow | SchoolStage) -> str:
    """For whom a programme, a show or a stage of the school is."""
    first, last = grade_words(programme.grade_from), grade_words(programme.grade_to)
    if programme.grade_to == 0:
        return first
    return _("Grade %(grade)s", grade=first if first == last else f"{first}–{last}")


def subject_words(subject: str) -> str:
    """What a subject is called."""
    names = {
        Subject.SCIENCE: _("Science"),
        Subject.MATHS: _("Mathematics"),
        Subject.CODING: _("Programming"),
        Subject.CRAFTS: _("Arts and crafts"),
        Subject.SOCIAL: _("Social studies"),
        Subject.BIOLOGY: _("Biology"),
        Subject.CHEMISTRY: _("Chemistry"),
        Subject.GEOSCIENCE: _("Geoscience"),
        Subject.NATURE: _("Nature and technology"),
    }
    return names.get(Subject(subject), subject) if subject in set(Subject) else subject


def visit_kind_words(kind: VisitKind) -> str:
    """What agreements may pay for."""
    match kind:
        case VisitKind.PROGRAMME:
            return _("Programmes here")
        case VisitKind.ADMISSION:
            return _("The exhibition alone")
        case VisitKind.OUTREACH:
            return _("Programmes at the school")


def because_words(because: Because, for_lunch: bool = False, show_id: int | None = None) -> str:
    """Why somebody pays."""
    if for_lunch:
        return _("the lunch room")
    if show_id is not None:
        return _("the show")
    match because:
        case Because.ALL | Because.SHARE | Because.PER_PUPIL | Because.PER_GROUP:
            return _("by agreement")
        case Because.REST:
            return _("what the agreement leaves to the school")
        case Because.USED_UP:
            return _("nothing is left of the agreement this school year")
        case Because.OTHER_DATE:
            return _("the agreement is for other dates")
        case Because.OTHER_GRADE:
            return _("the agreement is for other grades")
        case Because.OTHER_KIND:
            return _("the agreement is for other visits")
        case Because.NO_AGREEMENT:
            return _("no agreement: the school pays")


def reason_words(reason: Reason, titles: dict[int, str]) -> str:
    """Why there is no plan."""
    what = titles.get(reason.activity_id or 0, "")
    who = reason.group or ""
    match reason.why:
        case NoPlanReason.NOT_OFFERED:
            return _("%(what)s is not held that day.", what=what)
        case NoPlanReason.NOT_ON_SALE:
            return _not_on_sale(reason, what)
        case NoPlanReason.WRONG_GRADE:
            return _("%(what)s is for other grades than that of %(who)s.", what=what, who=who)
        case NoPlanReason.WRONG_LANGUAGE:
            return _("%(what)s is held in another language that day.", what=what)
        case NoPlanReason.TOO_FEW_PLACES:
            if not reason.most:
                return _("%(what)s is full that day.", what=what)
            return _("%(who)s are too many for %(what)s: it takes %(most)s.", who=who, what=what, most=reason.most)
        case NoPlanReason.OUTSIDE_BUS_TIMES:
            return _("%(what)s does not fit between arrival and departure.", what=what)
        case NoPlanReason.NO_ENTRY:
            return _("There is no room for %(who)s to enter the exhibition then.", who=who)
        case NoPlanReason.NO_LUNCH:
            return _("The lunch room has no table for %(who)s.", who=who)
        case NoPlanReason.NO_TIME:
            return _("There is not enough time for the exhibition.")
        case NoPlanReason.NOT_TOGETHER:
            return _("Each part fits by itself, but not all of them together.")
        case NoPlanReason.OUT_OF_TIME:
            return _("There is more to look through than we manage at once.")


def _not_on_sale(reason: Reason, what: str) -> str:
    when = wording().on_day(wording().moment(reason.opens_at)) if reason.opens_at else ""
    if not what:
        return _("That day is not on sale yet: it opens %(when)s.", when=when)
    return _("%(what)s is not on sale for that day yet: it opens %(when)s.", what=what, when=when)


def distinction_words(of_plan: Sequence[Distinction]) -> str:
    """What a plan has before the others, as a heading; empty where there is nothing to say."""
    words = {
        Distinction.HOME_FIRST: _("Home first"),
        Distinction.LATEST_START: _("Latest start"),
        Distinction.LEAST_WAITING: _("Least waiting"),
        Distinction.LUNCH_TOGETHER: _("Lunch together"),
        Distinction.OTHER_DAY: _("Another day"),
    }
    return " · ".join(words[distinction] for distinction in of_plan)


def tried_words(days: Sequence[date]) -> str:
    """Which days were looked at."""
    if len(days) < 2:
        return _("We looked at %(day)s.", day=wording().day(days[0])) if days else ""
    return ngettext(
        "We looked at %(num)s day from %(first)s to %(last)s.", "We looked at %(num)s days from %(first)s to %(last)s.",
        len(days), first=wording().day(min(days)), last=wording().day(max(days)),
    )  # fmt: skip


def change_words(change: Change) -> str:
    """What would have to be different."""
    match change:
        case DepartLater(minutes):
            return ngettext("with departure %(num)s minute later", "with departure %(num)s minutes later", minutes)
        case ArriveEarlier(minutes):
            return ngettext("with arrival %(num)s minute earlier", "with arrival %(num)s minutes earlier", minutes)
        case WithoutLunch():
            return _("without the lunch room")
        case WithoutShow():
            return _("without the show")
        case ShorterExhibition(0):
            return _("without the exhibition")
        case ShorterExhibition(minutes):
            return ngettext("with %(num)s minute in the exhibition", "with %(num)s minutes in the exhibition", minutes)
        case FewerGroups(groups, rest, None):
            return _("with %(some)s only; no near day has room for %(rest)s", some=_list(groups), rest=_list(rest))
        case FewerGroups(groups, rest, on):
            day = wording().day(on) if on else ""
            return _("with %(some)s that day, and %(rest)s on %(day)s", some=_list(groups), rest=_list(rest), day=day)
        case AnotherDay(on):
            return _("on %(day)s", day=wording().day(on))


def missed_words(missed: Missed, titles: Mapping[int, Texts]) -> str:
    """What a class loses."""
    match missed.kind:
        case PartKind.PROGRAMME | PartKind.SHOW:
            what = wording().words(titles.get(missed.activity_id or 0, {}))
            return _("%(who)s: no time for %(what)s", who=missed.group, what=what)
        case PartKind.LUNCH:
            return _("%(who)s: no table in the lunch room", who=missed.group)
        case PartKind.EXHIBITION if missed.whole:
            return _("%(who)s: no time in the exhibition", who=missed.group)
        case PartKind.EXHIBITION:
            return ngettext(
                "%(who)s: %(num)s minute less in the exhibition", "%(who)s: %(num)s minutes less in the exhibition",
                missed.minutes, who=missed.group,
            )  # fmt: skip


def said(refusal: Refusal) -> RefusalAnswer:
    """What to tell a teacher; a time that is gone is answered with where to plan anew."""
    note(refusal)
    match refusal:
        case Full(free=0):
            return RefusalAnswer(_("Somebody was faster: one of these times is now full. Please plan again."), 409)
        case Full(free=free):
            text = ngettext(
                "Only %(num)s more place is left at one of these times.",
                "Only %(num)s more places are left at one of these times.",
                free,
            )
            return RefusalAnswer(text, 409)
        case Closed():
            return RefusalAnswer(_("One of these times has been closed. Please plan again."), 409)
        case AlreadyUsed():
            text = _(
                "You have been let in already, so the plan is changed at the desk: %(phone)s.", phone=centre().phone
            )
            return RefusalAnswer(text, 409)
    return sentence(refusal)


def _list(names: tuple[str, ...]) -> str:
    return ", ".join(names)
