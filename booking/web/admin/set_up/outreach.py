"""Outreach: what is held at schools and how, and how long and dear the way to each municipality is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.kernel import clock
from booking.outreach import edits, read
from booking.outreach.models import Outreach
from booking.outreach.read import OutreachRow, WayRow
from booking.programmes.queries import is_held_in_the_house
from booking.staff.models import Role
from booking.web.admin.bookings.schools import LOOKERS
from booking.web.admin.set_up.activity_entry import ActivityEntry
from booking.web.blueprints import admin
from booking.web.forms.chosen_fields import NumberChoiceField, WeekdaysField, YesField
from booking.web.forms.fields import ClockField, Field, LongTextsField, MoneyField, PercentField, WholeField
from booking.web.forms.filled import FORMS, Values
from booking.web.guards.access import staff, who
from booking.web.languages import centre, wording
from booking.web.teacher.sentences import grade_words

LONGEST_TEXT = 2000
START: Values = {"most_a_day": 2, "weekdays": 31, "setup_minutes": 30, "notice_days": 7, "instant": True, "vat_rate": 0}


@dataclass(frozen=True, slots=True)
class OutreachOfficePage:
    """What is held at schools, and where the centre goes."""

    programmes: Sequence[OutreachRow]
    ways: Sequence[WayRow]
    may_change: bool


@admin.get("/outreach")
@staff(*LOOKERS)
def outreach() -> str:
    """What is held at schools, and where the centre goes."""
    return render_template(
        "admin/outreach.html",
        page=OutreachOfficePage(
            programmes=read.programme_rows(),
            ways=wording().in_order(read.way_rows(), lambda way: way.municipality),
            may_change=who().role is Role.ADMIN,
        ),
    )


@admin.get("/outreach/<int:row_id>")
@staff(*LOOKERS)
def outreach_facts(row_id: int) -> str:
    """How one programme is held at schools."""
    return OutreachEntry(row_id).show()


@admin.post("/outreach/<int:row_id>")
@staff()
def save_outreach_facts(row_id: int) -> ResponseReturnValue:
    """Change it. What is booked keeps its price and its time."""
    return OutreachEntry(row_id).save()


class OutreachEntry(ActivityEntry[Outreach]):
    """How one programme is held at schools; there is no row before it is said."""

    table = Outreach
    what = "outreach"
    template = "admin/outreach_facts.html"
    of_all = "admin.outreach"
    of_one = "admin.outreach_facts"

    def fields(self) -> list[Field]:
        """For whom, what the room must have, when, how it is booked, and the price."""
        return _fields()

    def defaults(self) -> Values:
        """Two groups a day from Monday to Friday, booked a week before."""
        return START

    def wrong(self, values: Values) -> dict[str, str]:
        """Grades or clocks in the wrong order; a programme that has times in the house."""
        wrong = {}
        if values["grade_from"] > values["grade_to"]:
            wrong["grade_to"] = _("The lower grade comes first.")
        if values["from_time"] > values["until_time"]:
            wrong["until_time"] = _("The earlier time comes first.")
        # Its times in the house would be taken away as those at which nobody goes.
        if self.row is None and not wrong and is_held_in_the_house(self.row_id, clock.now()):
            wrong["grade_from"] = _("This programme is held in the house. Make an activity of its own for schools.")
        return wrong

    def afterwards(self) -> None:
        """Its times in the house go."""
        edits.take_out_of_the_house(self.row_id)


def _fields() -> list[Field]:
    return [*_what(), *_when(), *_price()]


def _what() -> list[Field]:
    grades = [(str(grade), grade_words(grade)) for grade in range(14)]
    return [
        NumberChoiceField("grade_from", _("From grade"), choices=grades, heading=_("For whom")),
        NumberChoiceField("grade_to", _("To grade"), choices=grades),
        LongTextsField(
            "needs",
            _("What the room must have"),
            most=LONGEST_TEXT,
            required=False,
            heading=_("What teachers are told"),
            hint=_("Size, height, sockets, darkness."),
        ),
        LongTextsField("before", _("Before we come"), most=LONGEST_TEXT, required=False),
    ]


def _when() -> list[Field]:
    return [
        WeekdaysField("weekdays", _("Weekdays"), heading=_("When")),
        ClockField("from_time", _("Begins at the earliest")),
        ClockField("until_time", _("Begins at the latest")),
        WholeField(
            "setup_minutes",
            _("To set up, and again to clear away"),
            most=240,
            unit=_("minutes"),
            hint=_("An educator is away for this, the programme itself and the way there and back."),
        ),
        WholeField("most_a_day", _("Most groups a day"), least=1, most=50),
        WholeField(
            "notice_days", _("Booked at least so long before"), most=365, unit=_("days"), heading=_("How it is booked")
        ),
        YesField(
            "instant",
            _("Confirmed at once"),
            hint=_("Otherwise teachers ask for it, and somebody here says yes or no. The educator is kept meanwhile."),
        ),
    ]


def _price() -> list[Field]:
    return [
        MoneyField(
            "price",
            _("Price a group"),
            unit=centre().currency,
            heading=_("Price"),
            hint=_("0 when it is free of charge. The way may cost on top, by municipality."),
        ),
        PercentField("vat_rate", _("VAT rate"), unit="%", hint=_("In the price. What was sold keeps its own.")),
    ]


FORMS["outreach"] = _fields
