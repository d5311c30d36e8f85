"""What grades, subjects, plans and payers are called, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import flask_babel

from booking.agreements.limits import TooManyGroups
from booking.agreements.prices import Because, VisitKind
from booking.bookings.rules import AlreadyUsed
from booking.capacity.places import Closed, Full
from booking.kernel import clock
from booking.kernel.database import Texts
from booking.kernel.refusals import Refusal
from booking.planner.missed import Missed
from booking.planner.plans import (
    AnotherDay,
    ArriveEarlier,
    Change,
    DepartLater,
    FewerGroups,
    NoPlanReason,
    PartKind,
    Reason,
    ShorterExhibition,
    WithoutLunch,
)
from booking.programmes.models import Subject
from booking.programmes.offered import OfferedProgramme
from booking.releases.fairness import KeptForOthers, ShareUsed
from booking.releases.openings import NotYetReleased, OthersFirst
from booking.visit_waiting.waiting import TooManyWaits
from booking.visits.adjust import LastClass, NotThatDay
from booking.visits.change import MOST_PUPILS, ChangedSince, SaidYesBefore
from booking.web.languages import centre, wording
from booking.web.refusals import RefusalAnswer, sentence
from booking.wishes.wishes import CannotPrepare, NotThisRelease, SameWish, TooEarly, TooManyOptions, WishGone

FIRST_UPPER = 11


def _(text: str, **values: object) -> str:
    return str(flask_babel.gettext(text, **values))


def ngettext(one: str, many: str, number: int, **values: object) -> str:
    """As Flask-Babel's, known to be text."""
    return str(flask_babel.ngettext(one, many, number, **values))


def grade_words(grade: int) -> str:
    """Kindergarten, 1 to 10, vg1 to vg3; beyond Norway the classes are simply counted."""
    if grade == 0:
        return _("Kindergarten")
    if grade >= FIRST_UPPER and centre().country == "NO":
        return f"vg{grade - FIRST_UPPER + 1}"
    return str(grade)


def grades_words(programme: OfferedProgramme) -> str:
    """For whom a programme is."""
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


def because_words(because: Because, for_lunch: bool = False) -> str:
    """Why somebody pays."""
    if for_lunch:
        return _("the lunch room")
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
            return _("The lunch room has no free time for %(who)s.", who=who)
        case NoPlanReason.NO_TIME:
            return _("There is not enough time for the exhibition.")
        case NoPlanReason.NOT_TOGETHER:
            return _("Each part fits by itself, but not all of them together.")
        case NoPlanReason.OUT_OF_TIME:
            return _("There is more to look through than we manage at once.")


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


def missed_words(one: Missed, titles: Mapping[int, Texts]) -> str:
    """What a class loses."""
    match one.kind:
        case PartKind.PROGRAMME:
            what = wording().words(titles.get(one.activity_id or 0, {}))
            return _("%(who)s: no time for %(what)s", who=one.group, what=what)
        case PartKind.LUNCH:
            return _("%(who)s: no table in the lunch room", who=one.group)
        case PartKind.EXHIBITION if one.whole:
            return _("%(who)s: no time in the exhibition", who=one.group)
        case PartKind.EXHIBITION:
            return ngettext(
                "%(who)s: %(num)s minute less in the exhibition", "%(who)s: %(num)s minutes less in the exhibition",
                one.minutes, who=one.group,
            )  # fmt: skip


def odd_numbers(pupils: int | None) -> str:
    """What to write for how many of a class come; `pupils` is None where theirs is the number that cannot be read."""
    if pupils is None:
        return _("Write how many pupils, from 1 to %(most)s.", most=MOST_PUPILS)
    return _("Write how many adults, from 0 to %(most)s.", most=MOST_PUPILS)


def said(refusal: Refusal) -> RefusalAnswer:
    """What to tell a teacher; a time that is gone is answered with where to plan anew."""
    match refusal:
        case Full(free=0):
            return RefusalAnswer(_("Somebody was faster: one of these times is full now. Please plan once more."), 409)
        case Full(free=free):
            text = ngettext(
                "Only %(num)s more place is left at one of these times.",
                "Only %(num)s more places are left at one of these times.",
                free,
            )
            return RefusalAnswer(text, 409)
        case Closed():
            return RefusalAnswer(_("One of these times has been closed. Please plan once more."), 409)
        case TooManyGroups(most=most):
            return RefusalAnswer(too_many_groups(most), 422)
        case ChangedSince():
            return RefusalAnswer(_("The visit has been changed meanwhile. Look at it once more."), 409)
        case SaidYesBefore():
            return RefusalAnswer(
                _("The visit has been confirmed from this address meanwhile. If it is not yours, cancel it."), 409
            )
        case LastClass():
            return RefusalAnswer(_("That is the only class. Cancel the visit instead."), 409)
        case NotThatDay():
            return RefusalAnswer(_("That can be said on the day of the visit."), 409)
        case AlreadyUsed():
            text = _(
                "You have been let in already, so the plan is changed at the desk: %(phone)s.", phone=centre().phone
            )
            return RefusalAnswer(text, 409)
        case TooManyWaits(most=most):
            return RefusalAnswer(
                _("You stand in line %(most)s times already. Leave one of the lists first.", most=most), 409
            )
    return release_words(refusal) or sentence(refusal)


def release_words(refusal: Refusal) -> RefusalAnswer | None:
    """What to tell where a release day has the say; None for any other refusal."""
    match refusal:
        case NotYetReleased(release=release) | CannotPrepare(release=release) if clock.now() < release.opens_at:
            if clock.now() < release.prepare_from:
                text = _(
                    "This opens %(when)s. Wishes can be prepared from %(from_)s.",
                    when=wording().moment(release.opens_at), from_=wording().moment(release.prepare_from),
                )  # fmt: skip
                return RefusalAnswer(text, 409)
            return RefusalAnswer(_("This opens %(when)s.", when=wording().moment(release.opens_at)), 409)
        case NotYetReleased() | CannotPrepare():
            return RefusalAnswer(_("It has opened: wishes can no longer be changed."), 409)
        case OthersFirst():
            return RefusalAnswer(_("Others came before you and wait for their answer. Try again in a moment."), 409)
        case TooEarly(opens_at=opens_at):
            text = _("Not yet: it opens %(when)s. Your wish is kept, stay on this page.", when=_to_the_second(opens_at))
            return RefusalAnswer(text, 409)
        case NotThisRelease():
            return RefusalAnswer(_("A wish is for the same classes and for one release day. Choose another plan."), 409)
        case SameWish():
            return RefusalAnswer(
                _("There is a wish for these classes already. Look for the letter with the link to it."), 409
            )
        case TooManyOptions():
            return RefusalAnswer(_("A wish has from one to three plans."), 409)
        case WishGone():
            return RefusalAnswer(_("This wish can no longer be changed or sent."), 409)
        case ShareUsed(until=None):
            return RefusalAnswer(_("Your school has its share of this release day already."), 409)
        case ShareUsed(until=until) if until is not None:
            when = wording().moment(until)
            return RefusalAnswer(
                _("Your school has its share already. You can book more from %(when)s.", when=when), 409
            )
        case KeptForOthers(until=None):
            return RefusalAnswer(_("What is left is kept for schools that have not been here lately."), 409)
        case KeptForOthers(until=until) if until is not None:
            text = _(
                "What is left is kept until %(when)s for schools that have not been here lately.",
                when=wording().moment(until),
            )
            return RefusalAnswer(text, 409)
    return None


def _to_the_second(moment: datetime) -> str:
    return f"{wording().moment(moment)}:{centre().local(moment):%S}"


def too_many_groups(most: int) -> str:
    """That a visit has more classes than one of its programmes takes."""
    return ngettext(
        "One of these programmes takes %(num)s class in one booking. Call us if you are more.",
        "One of these programmes takes %(num)s classes in one booking. Call us if you are more.",
        most,
    )


def _list(names: tuple[str, ...]) -> str:
    return ", ".join(names)
