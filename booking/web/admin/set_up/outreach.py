"""Outreach: what is held at schools and how, and how long and dear the way to each municipality is."""

from __future__ import annotations

from typing import Any, cast

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.agreements.municipalities import key_of
from booking.catalogue.models import Activity, Kind
from booking.kernel import clock
from booking.kernel.database import Model
from booking.outreach import edits, read
from booking.outreach.models import Outreach, Travel
from booking.programmes.queries import is_held_in_the_house
from booking.records import audited_rows
from booking.staff.models import Role
from booking.web.admin import admin
from booking.web.admin.bookings.schools import LOOKERS
from booking.web.forms.fields import FORMS, Field, FieldKind
from booking.web.forms.one_row import OneRow, save, shown
from booking.web.forms.row_history import deeds
from booking.web.forms.row_lists import Register, join
from booking.web.guards.access import staff, who
from booking.web.languages import centre, wording
from booking.web.teacher.sentences import grade_words

LONGEST_TEXT = 2000
MOST_MINUTES = 300  # one way, as the table says
START = {"most_a_day": 2, "weekdays": 31, "setup_minutes": 30, "notice_days": 7, "instant": True, "vat_rate": 0}


@admin.get("/outreach")
@staff(*LOOKERS)
def outreach() -> str:
    """What is held at schools, and where the centre goes."""
    return render_template(
        "admin/outreach.html",
        programmes=read.programme_rows(),
        ways=wording().in_order(read.way_rows(), lambda one: one.municipality),
        may_change=who().role is Role.ADMIN,
    )


@admin.get("/outreach/<int:row_id>")
@staff(*LOOKERS)
def outreach_facts(row_id: int) -> str:
    """How one programme is held at schools."""
    return shown(_the_programme(row_id))


@admin.post("/outreach/<int:row_id>")
@staff()
def save_outreach_facts(row_id: int) -> ResponseReturnValue:
    """Change it. What is booked keeps its price and its time."""
    return save(_the_programme(row_id))


def _the_programme(row_id: int) -> OneRow:
    activity = audited_rows.find(Activity, row_id)
    if activity is None or activity.kind is not Kind.PROGRAMME:
        abort(404)
    row, fields = audited_rows.find(Outreach, row_id), _fields()
    return OneRow(
        table=Outreach,
        key="activity_id",
        row_id=row_id,
        row=row,
        what="outreach",
        fields=fields,
        title=wording().words(activity.title),
        home=url_for("admin.outreach"),
        saved=url_for("admin.outreach_facts", row_id=row_id),
        template="admin/outreach_facts.html",
        defaults=START,
        wrong=lambda values: _wrong(values, row_id, is_new=row is None),
        afterwards=lambda: edits.take_out_of_the_house(row_id),
        more={"activity": activity, "deeds": deeds(f"outreach:{row_id}", fields)},
    )


def _fields() -> list[Field]:
    return [*_what(), *_when(), *_price()]


def _what() -> list[Field]:
    grades = [(str(grade), grade_words(grade)) for grade in range(14)]
    return [
        Field("grade_from", _("From grade"), FieldKind.CHOICE, choices=grades, convert=int, heading=_("For whom")),
        Field("grade_to", _("To grade"), FieldKind.CHOICE, choices=grades, convert=int),
        Field(
            "needs",
            _("What the room must have"),
            FieldKind.LONG_TEXTS,
            most=LONGEST_TEXT,
            required=False,
            heading=_("What teachers are told"),
            hint=_("Size, height, sockets, darkness."),
        ),
        Field("before", _("Before we come"), FieldKind.LONG_TEXTS, most=LONGEST_TEXT, required=False),
    ]


def _when() -> list[Field]:
    return [
        Field("weekdays", _("Weekdays"), FieldKind.WEEKDAYS, heading=_("When")),
        Field("from_time", _("Begins at the earliest"), FieldKind.TIME),
        Field("until_time", _("Begins at the latest"), FieldKind.TIME),
        Field(
            "setup_minutes",
            _("To set up, and again to clear away"),
            FieldKind.WHOLE,
            most=240,
            unit=_("minutes"),
            hint=_("An educator is away for this, the programme itself and the way there and back."),
        ),
        Field("most_a_day", _("Most groups a day"), FieldKind.WHOLE, least=1, most=50),
        Field(
            "notice_days",
            _("Booked at least so long before"),
            FieldKind.WHOLE,
            most=365,
            unit=_("days"),
            heading=_("How it is booked"),
        ),
        Field(
            "instant",
            _("Confirmed at once"),
            FieldKind.YES,
            hint=_("Otherwise teachers ask for it, and somebody here says yes or no. The educator is kept meanwhile."),
        ),
    ]


def _price() -> list[Field]:
    return [
        Field(
            "price",
            _("Price a group"),
            FieldKind.MONEY,
            unit=centre().currency,
            heading=_("Price"),
            hint=_("0 when it is free of charge. The way may cost on top, by municipality."),
        ),
        Field(
            "vat_rate", _("VAT rate"), FieldKind.PERCENT, unit="%", hint=_("In the price. What was sold keeps its own.")
        ),
    ]


def _wrong(values: dict[str, Any], activity_id: int, *, is_new: bool) -> dict[str, str]:
    wrong = {}
    if values["grade_from"] > values["grade_to"]:
        wrong["grade_to"] = _("The lower grade comes first.")
    if values["from_time"] > values["until_time"]:
        wrong["until_time"] = _("The earlier time comes first.")
    # Its times in the house would be taken away as those at which nobody goes.
    if is_new and not wrong and is_held_in_the_house(activity_id, clock.now()):
        wrong["grade_from"] = _("This programme is held in the house. Make an activity of its own for schools.")
    return wrong


def _way_fields(_row: Model | None) -> list[Field]:
    return [
        Field("municipality", _("Municipality"), most=60, hint=_("As it is written in the list of schools.")),
        Field("minutes", _("The way, one way"), FieldKind.WHOLE, most=MOST_MINUTES, unit=_("minutes")),
        Field(
            "fee",
            _("What the way costs the school"),
            FieldKind.MONEY,
            unit=centre().currency,
            hint=_("For each visit, there and back. 0 when it costs nothing."),
        ),
    ]


def _way_wrong(values: dict[str, Any]) -> dict[str, str]:
    row_id = (request.view_args or {}).get("row_id", 0)
    if read.is_another_way_to(values["municipality"], row_id):
        return {"municipality": _("This municipality is in the list already.")}
    return {}


join(
    Register(
        key="travel",
        what="travel",
        table=Travel,
        title_new=lambda: _("New municipality"),
        title_one=lambda row: cast(Travel, row).municipality,
        fields=_way_fields,
        home=lambda _row: url_for("admin.outreach", _anchor="ways"),
        complete=lambda _id, values: {"key": key_of(values["municipality"])},
        wrong=_way_wrong,
        defaults=lambda: {"fee": 0},
        lookers=LOOKERS,
    )
)


FORMS["outreach"] = _fields
