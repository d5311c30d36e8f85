"""Programmes: what teachers are told of each, how it is booked, and a price of its own."""

from __future__ import annotations

from typing import Any

from flask import abort, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.catalogue.models import Activity, Kind
from booking.outreach import read as outreach
from booking.programmes.models import PriceBy, Programme, Subject
from booking.records import audited_rows
from booking.registry import lists
from booking.staff.models import Role
from booking.web.admin import admin
from booking.web.admin.bookings.schools import LOOKERS
from booking.web.forms.fields import FORMS, Field, FieldKind
from booking.web.forms.one_row import OneRow, save, shown
from booking.web.forms.row_history import deeds
from booking.web.guards.access import staff, who
from booking.web.languages import LANGUAGES, centre, wording
from booking.web.teacher.sentences import grade_words, subject_words

LONGEST_TEXT = 2000


@admin.get("/programmes")
@staff(*LOOKERS)
def programmes() -> str:
    """Every programme with what teachers see of it."""
    away = {programme_row.id for programme_row in outreach.programme_rows()}
    return render_template(
        "admin/programmes.html",
        programmes=[programme_row for programme_row in lists.programme_rows() if programme_row.id not in away],
        may_change=who().role is Role.ADMIN,
        PriceBy=PriceBy,
    )


@admin.get("/programmes/<int:row_id>")
@staff(*LOOKERS)
def programme_facts(row_id: int) -> str:
    """What teachers are told of one."""
    return shown(_the_programme(row_id))


@admin.post("/programmes/<int:row_id>")
@staff()
def save_programme_facts(row_id: int) -> ResponseReturnValue:
    """Change it. Visits that are booked keep their price."""
    return save(_the_programme(row_id))


def _the_programme(row_id: int) -> OneRow:
    activity = audited_rows.find(Activity, row_id)
    if activity is None or activity.kind is not Kind.PROGRAMME:
        abort(404)
    fields = _fields()
    return OneRow(
        table=Programme,
        key="activity_id",
        row_id=row_id,
        row=audited_rows.find(Programme, row_id),
        what="programme",
        fields=fields,
        title=wording().words(activity.title),
        home=url_for("admin.programmes"),
        saved=url_for("admin.programme_facts", row_id=row_id),
        template="admin/programme_facts.html",
        defaults={"instant": True, "shared": False},
        wrong=lambda values: _wrong(values) | _wrong_place(row_id),
        settle=_settle,
        more={"activity": activity, "deeds": deeds(f"programme:{row_id}", fields)},
    )


def _fields() -> list[Field]:
    return [*_what(), *_booking(), *_price()]


def _what() -> list[Field]:
    grades = [(str(grade), grade_words(grade)) for grade in range(14)]
    subjects = [(str(subject), subject_words(subject)) for subject in Subject]
    return [
        Field("grade_from", _("From grade"), FieldKind.CHOICE, choices=grades, convert=int, heading=_("For whom")),
        Field("grade_to", _("To grade"), FieldKind.CHOICE, choices=grades, convert=int),
        Field("subjects", _("Subjects"), FieldKind.SEVERAL, choices=subjects),
        Field(
            "aims",
            _("What the pupils learn"),
            FieldKind.LONG_TEXTS,
            most=LONGEST_TEXT,
            heading=_("What teachers are told"),
            hint=_("The competence aims that it serves."),
        ),
        Field("before", _("Before the visit"), FieldKind.LONG_TEXTS, most=LONGEST_TEXT, required=False),
        Field("after", _("After the visit"), FieldKind.LONG_TEXTS, most=LONGEST_TEXT, required=False),
    ]


def _booking() -> list[Field]:
    languages = [(lang, LANGUAGES.get(lang, lang)) for lang in centre().languages]
    return [
        Field(
            "language",
            _("Taught in"),
            FieldKind.CHOICE,
            choices=languages,
            required=False,
            heading=_("How it is booked"),
            hint=_("None chosen: in whichever the class wishes."),
        ),
        Field(
            "instant",
            _("Confirmed at once"),
            FieldKind.YES,
            hint=_("Otherwise teachers ask for it, and somebody here says yes or no. The places are kept meanwhile."),
        ),
        Field(
            "shared", _("Several classes may be in one session"), FieldKind.YES, hint=_("Otherwise a class is alone.")
        ),
        Field(
            "most_groups",
            _("Most classes in one booking"),
            FieldKind.WHOLE,
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
        Field(
            "price_by",
            _("A price of its own"),
            FieldKind.CHOICE,
            choices=by,
            convert=PriceBy,
            required=False,
            heading=_("Price"),
            hint=_("None chosen: what your rules for schools say, once for all such programmes of a visit."),
        ),
        Field("price", _("Price a pupil, or a class"), FieldKind.MONEY, required=False, unit=unit),
        Field(
            "adult_price",
            _("Price for a further adult"),
            FieldKind.MONEY,
            required=False,
            unit=unit,
            hint=_("Where it is paid by the person. Empty: as a pupil."),
        ),
    ]


def _wrong(values: dict[str, Any]) -> dict[str, str]:
    wrong = {}
    if values["grade_from"] > values["grade_to"]:
        wrong["grade_to"] = _("The lower grade comes first.")
    if values["price_by"] in (PriceBy.PERSON, PriceBy.GROUP) and values["price"] is None:
        wrong["price"] = _("Fill this in.")
    return wrong


def _wrong_place(activity_id: int) -> dict[str, str]:
    if not outreach.is_held_at_schools(activity_id):
        return {}
    return {"grade_from": _("This programme is held at schools. Make an activity of its own for the house.")}


def _settle(values: dict[str, Any]) -> dict[str, Any]:
    by = values["price_by"]
    return values | {
        "language": values["language"] or "",
        "price": values["price"] if by in (PriceBy.PERSON, PriceBy.GROUP) else None,
        "adult_price": values["adult_price"] if by is PriceBy.PERSON else None,
    }


FORMS["programme"] = _fields
