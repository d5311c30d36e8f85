"""Programmes: what teachers are told of each, how it is booked, and a price of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.outreach import read as outreach
from booking.programmes.models import PriceBy, Programme, Subject
from booking.registry import lists
from booking.registry.lists import ProgrammeRow
from booking.staff.models import Role
from booking.web.admin.bookings.schools import LOOKERS
from booking.web.admin.set_up.activity_entry import ActivityEntry
from booking.web.blueprints import admin
from booking.web.forms.chosen_fields import ChoiceField, EnumField, NumberChoiceField, SeveralField, YesField
from booking.web.forms.fields import Field, LongTextsField, MoneyField, TextsField, WholeField
from booking.web.forms.filled import FORMS, Values
from booking.web.guards.access import staff, who
from booking.web.languages import LANGUAGES, centre
from booking.web.teacher.sentences import grade_words, subject_words

LONGEST_TEXT = 2000
LONGEST_LINE = 300


@dataclass(frozen=True, slots=True)
class ProgrammesPage:
    """Every programme of the house with what teachers see of it."""

    programmes: Sequence[ProgrammeRow]
    may_change: bool

    price_by: ClassVar[type[PriceBy]] = PriceBy


@admin.get("/programmes")
@staff(*LOOKERS)
def programmes() -> str:
    """Every programme with what teachers see of it."""
    away = {programme_row.id for programme_row in outreach.programme_rows()}
    return render_template(
        "admin/programmes.html",
        page=ProgrammesPage(
            programmes=[programme_row for programme_row in lists.programme_rows() if programme_row.id not in away],
            may_change=who().role is Role.ADMIN,
        ),
    )


@admin.get("/programmes/<int:row_id>")
@staff(*LOOKERS)
def programme_facts(row_id: int) -> str:
    """What teachers are told of one."""
    return ProgrammeEntry(row_id).show()


@admin.post("/programmes/<int:row_id>")
@staff()
def save_programme_facts(row_id: int) -> ResponseReturnValue:
    """Change it. Visits that are booked keep their price."""
    return ProgrammeEntry(row_id).save()


class ProgrammeEntry(ActivityEntry[Programme]):
    """What teachers are told of one programme; there is no row before it is said."""

    table = Programme
    what = "programme"
    template = "admin/programme_facts.html"
    of_all = "admin.programmes"
    of_one = "admin.programme_facts"

    def fields(self) -> list[Field]:
        """For whom, what teachers are told, how it is booked, and a price of its own."""
        return _fields()

    def defaults(self) -> Values:
        """Confirmed at once, to one class alone."""
        return {"instant": True, "shared": False}

    def wrong(self, values: Values) -> dict[str, str]:
        """Grades in the wrong order, a price that is missing, a programme that is held at schools."""
        wrong = {}
        if values["grade_from"] > values["grade_to"]:
            wrong["grade_to"] = _("The lower grade comes first.")
        if values["price_by"] in (PriceBy.PERSON, PriceBy.GROUP) and values["price"] is None:
            wrong["price"] = _("Fill this in.")
        if outreach.is_held_at_schools(self.row_id):
            wrong["grade_from"] = _("This programme is held at schools. Make an activity of its own for the house.")
        return wrong

    def settle(self, stored: Values) -> Values:
        """No price where it is not asked for, and no language where any will do."""
        by = stored["price_by"]
        return stored | {
            "language": stored["language"] or "",
            "price": stored["price"] if by in (PriceBy.PERSON, PriceBy.GROUP) else None,
            "adult_price": stored["adult_price"] if by is PriceBy.PERSON else None,
        }


def _fields() -> list[Field]:
    return [*_whom(), *_told(), *_booking(), *_price()]


def _whom() -> list[Field]:
    grades = [(str(grade), grade_words(grade)) for grade in range(14)]
    subjects = [(str(subject), subject_words(subject)) for subject in Subject]
    return [
        NumberChoiceField("grade_from", _("From grade"), choices=grades, heading=_("For whom")),
        NumberChoiceField("grade_to", _("To grade"), choices=grades),
        SeveralField("subjects", _("Subjects"), choices=subjects),
    ]


def _told() -> list[Field]:
    return [
        LongTextsField(
            "aims",
            _("What the pupils learn"),
            most=LONGEST_TEXT,
            heading=_("What teachers are told"),
            hint=_("The competence aims that it serves."),
        ),
        TextsField(
            "taught_by",
            _("Taught by"),
            most=LONGEST_LINE,
            required=False,
            hint=_("A name or a role, as “Ingrid, physicist and educator”. All can read it: ask whoever it names."),
        ),
        LongTextsField("before", _("Before the visit"), most=LONGEST_TEXT, required=False),
        TextsField(
            "brings",
            _("What the class brings"),
            most=LONGEST_LINE,
            required=False,
            hint=_("Beside the packed lunch, as “A pencil each, and clothes that may get wet”."),
        ),
        LongTextsField("after", _("After the visit"), most=LONGEST_TEXT, required=False),
    ]


def _booking() -> list[Field]:
    languages = [(lang, LANGUAGES.get(lang, lang)) for lang in centre().languages]
    return [
        ChoiceField(
            "language",
            _("Taught in"),
            choices=languages,
            required=False,
            heading=_("How it is booked"),
            hint=_("None chosen: in whichever the class wishes."),
        ),
        YesField(
            "instant",
            _("Confirmed at once"),
            hint=_("Otherwise teachers ask for it, and somebody here says yes or no. The places are kept meanwhile."),
        ),
        YesField("shared", _("Several classes may be in one session"), hint=_("Otherwise a class is alone.")),
        WholeField(
            "most_groups",
            _("Most classes in one booking"),
            least=1,
            most=50,
            required=False,
            hint=_("Empty: as many as there is room for."),
        ),
    ]


def _price() -> list[Field]:
    unit = centre().currency
    by = [
        (PriceBy.PERSON, _("A price a person")),
        (PriceBy.GROUP, _("A price a class, its adults included")),
        (PriceBy.FREE, _("Free of charge")),
    ]
    return [
        EnumField(
            "price_by",
            _("A price of its own"),
            choices=by,
            kind=PriceBy,
            required=False,
            heading=_("Price"),
            hint=_("None chosen: what your rules for schools say, once for all such programmes of a visit."),
        ),
        MoneyField("price", _("Price a pupil, or a class"), required=False, unit=unit),
        MoneyField(
            "adult_price",
            _("Price for a further adult"),
            required=False,
            unit=unit,
            hint=_("Where it is paid by the person. Empty: as a pupil."),
        ),
    ]


FORMS["programme"] = _fields
