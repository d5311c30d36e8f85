"""The centre's rules for schools: prices, how many adults come free, deadlines, the ticket types of a visit."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.agreements.models import SchoolRules
from booking.agreements.queries import school_rules as rules_row
from booking.catalogue.queries import titled_types
from booking.web.admin import admin
from booking.web.admin.bookings.schools import LOOKERS
from booking.web.forms.fields import FORMS, Field, FieldKind
from booking.web.forms.one_row import OneRow, save, shown
from booking.web.forms.row_history import deeds
from booking.web.guards.access import staff
from booking.web.languages import centre, wording

START = {
    "lunch_price": 0,
    "pupils_per_adult": 8,
    "children_per_adult": 4,
    "number_days": 3,
    "lunch_days": 3,
    "free_days": 10,
    "late_percent": 50,
    "same_day_percent": 100,
    "most_visits": 5,
    "most_visitors": 150,
    "asks_new": True,
}


@admin.get("/school-rules")
@staff(*LOOKERS)
def school_rules() -> str:
    """The rules as they are."""
    return shown(_the_rules())


@admin.post("/school-rules")
@staff()
def save_school_rules() -> ResponseReturnValue:
    """Change them. What is booked keeps its price."""
    return save(_the_rules())


def _the_rules() -> OneRow:
    row = rules_row()
    row_id = 1 if row is None else row.id
    chosen = [] if row is None else [row.pupil_type_id, row.adult_type_id, row.lunch_type_id]
    types = [
        (str(titled_type.id), wording().words(titled_type.title))
        for titled_type in titled_types()
        if titled_type.active or titled_type.id in chosen
    ]
    fields = _fields(types)
    return OneRow(
        table=SchoolRules,
        key="id",
        row_id=row_id,
        row=row,
        what="school_rules",
        fields=fields,
        title=_("Rules for schools"),
        home=url_for("admin.schools"),
        saved=url_for("admin.school_rules"),
        template="admin/school_rules.html",
        defaults=START,
        wrong=_wrong,
        more={"types": types, "deeds": deeds(f"school_rules:{row_id}", fields)},
    )


def _fields(types: list[tuple[str, str]]) -> list[Field]:
    return [*_prices(), *_adults(), *_deadlines(), *_senders(), *_types(types)]


def _senders() -> list[Field]:
    return [
        Field(
            "asks_new",
            _("What an agreement pays for somebody new is a request"),
            FieldKind.YES,
            heading=_("Requests"),
            hint=_("You say yes before it is confirmed. Who has been here, or had your yes, books at once."),
        ),
        Field(
            "most_visits",
            _("Most visits ahead of one sender"),
            FieldKind.WHOLE,
            least=1,
            most=1000,
            hint=_("By e-mail address, and by network address. More of somebody new become requests."),
        ),
        Field(
            "most_visitors",
            _("Most people in them"),
            FieldKind.WHOLE,
            least=1,
            most=100_000,
            hint=_("One visit by itself may be larger."),
        ),
    ]


def _prices() -> list[Field]:
    unit = centre().currency
    return [
        Field("pupil_price", _("Price a pupil"), FieldKind.MONEY, unit=unit, heading=_("Prices")),
        Field("adult_price", _("Price for a further adult"), FieldKind.MONEY, unit=unit),
        Field(
            "least_price",
            _("Least for a class"),
            FieldKind.MONEY,
            unit=unit,
            hint=_("What a small class pays at least; 0 for none."),
        ),
        Field(
            "lunch_price",
            _("A seat in the lunch room"),
            FieldKind.MONEY,
            unit=unit,
            hint=_("For each pupil and adult; 0 when it is free. The school pays it: agreements pay for programmes."),
        ),
    ]


def _adults() -> list[Field]:
    return [
        Field(
            "pupils_per_adult",
            _("At school one adult comes free for each"),
            FieldKind.WHOLE,
            least=1,
            most=100,
            unit=_("pupils"),
            heading=_("Adults"),
        ),
        Field(
            "children_per_adult",
            _("In kindergarten one adult comes free for each"),
            FieldKind.WHOLE,
            least=1,
            most=100,
            unit=_("children"),
        ),
    ]


def _deadlines() -> list[Field]:
    days = _("working days before")
    return [
        Field(
            "number_days",
            _("The number can be changed until"),
            FieldKind.WHOLE,
            most=365,
            unit=days,
            heading=_("Deadlines"),
        ),
        Field("lunch_days", _("Lunch can be added until"), FieldKind.WHOLE, most=365, unit=days),
        Field("free_days", _("Cancelling is free until"), FieldKind.WHOLE, most=365, unit=days),
        Field("late_percent", _("After that it costs"), FieldKind.WHOLE, most=100, unit="%"),
        Field("same_day_percent", _("On the day itself it costs"), FieldKind.WHOLE, most=100, unit="%"),
    ]


def _types(types: list[tuple[str, str]]) -> list[Field]:
    return [
        Field(
            "pupil_type_id",
            _("Pupils"),
            FieldKind.CHOICE,
            choices=types,
            convert=int,
            heading=_("Ticket types"),
            hint=_("They say what stands on a visit's tickets, and its VAT. What they cost is said above."),
        ),
        Field("adult_type_id", _("Adults"), FieldKind.CHOICE, choices=types, convert=int),
        Field("lunch_type_id", _("Lunch room"), FieldKind.CHOICE, choices=types, convert=int, required=False),
    ]


def _wrong(values: dict[str, Any]) -> dict[str, str]:
    if values["pupil_type_id"] == values["adult_type_id"]:
        return {"adult_type_id": _("Choose another than for the pupils.")}
    return {}


FORMS["school_rules"] = lambda: _fields([])
