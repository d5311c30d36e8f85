"""The centre's rules for schools: prices, how many adults come free, deadlines, the ticket types of a visit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.agreements.heads import HeadsRule
from booking.agreements.models import SchoolRules
from booking.agreements.queries import school_rules as rules_row
from booking.catalogue.queries import titled_types
from booking.web.admin.bookings.schools import LOOKERS
from booking.web.admin.set_up.heads_words import heads_rule_names
from booking.web.blueprints import admin
from booking.web.forms.chosen_fields import EnumField, NumberChoiceField, YesField
from booking.web.forms.fields import Field, MoneyField, WholeField
from booking.web.forms.filled import FORMS, Values
from booking.web.forms.one_row import OneRow
from booking.web.forms.row_history import Deed, deeds
from booking.web.guards.access import staff
from booking.web.languages import centre, wording

START: Values = {
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
    "heads_rule": HeadsRule.BOOKED,
    "floor_percent": 80,
    "count_days": 5,
    "material_days": 14,
}


@admin.get("/school-rules")
@staff(*LOOKERS)
def school_rules() -> str:
    """The rules as they are."""
    return SchoolRulesEntry(rules_row()).show()


@admin.post("/school-rules")
@staff()
def save_school_rules() -> ResponseReturnValue:
    """Change them. What is booked keeps its price."""
    return SchoolRulesEntry(rules_row()).save()


@dataclass(frozen=True, slots=True)
class AboutSchoolRules:
    """The ticket types that can be chosen, and what has been done to the rules."""

    types: Sequence[tuple[str, str]]
    deeds: Sequence[Deed]


class SchoolRulesEntry(OneRow[SchoolRules]):
    """The one row of rules; there is none before they are said."""

    table = SchoolRules
    key = "id"
    what = "school_rules"
    template = "admin/school_rules.html"

    def __init__(self, row: SchoolRules | None) -> None:
        chosen = [] if row is None else [row.pupil_type_id, row.adult_type_id, row.lunch_type_id]
        self.types = [
            (str(titled.id), wording().words(titled.title))
            for titled in titled_types()
            if titled.active or titled.id in chosen
        ]
        super().__init__(1 if row is None else row.id, row)

    def fields(self) -> list[Field]:
        """What classes are charged, and until when they may change and cancel."""
        return _fields(self.types)

    def title(self) -> str:
        """Above the form."""
        return str(_("Rules for schools"))

    def home(self) -> str:
        """The list of schools."""
        return url_for("admin.schools")

    def saved(self) -> str:
        """The same page again."""
        return url_for("admin.school_rules")

    def about(self) -> AboutSchoolRules:
        """The ticket types that pupils and adults may have, and what has been done to the rules."""
        return AboutSchoolRules(self.types, deeds(f"school_rules:{self.row_id}", self.asked))

    def defaults(self) -> Values:
        """What most centres begin with."""
        return START

    def wrong(self, values: Values) -> dict[str, str]:
        """One ticket type for pupils and adults alike."""
        if values["pupil_type_id"] == values["adult_type_id"]:
            return {"adult_type_id": _("Choose another than for the pupils.")}
        return {}


def _fields(types: Sequence[tuple[str, str]]) -> list[Field]:
    return [*_prices(), *_adults(), *_deadlines(), *_heads(), *_senders(), *_materials(), *_types(types)]


def _fields_without_types() -> list[Field]:
    """What the log calls the columns: which types could be chosen is all the same there."""
    return _fields(())


def _heads() -> list[Field]:
    return [
        EnumField(
            "heads_rule",
            _("A class is billed"),
            choices=heads_rule_names(),
            kind=HeadsRule,
            heading=_("How many heads"),
            hint=_("An agreement may say otherwise. Visits that are booked keep what was agreed then."),
        ),
        WholeField("floor_percent", _("The share of the booked"), most=100, unit="%", hint=_("For a floor.")),
        WholeField(
            "count_days",
            _("A count is waited for"),
            least=1,
            most=30,
            unit=_("days after the visit"),
            hint=_("After that a class that nobody has counted is billed as booked."),
        ),
    ]


def _senders() -> list[Field]:
    return [
        YesField(
            "asks_new",
            _("What an agreement pays for somebody new is a request"),
            heading=_("Requests"),
            hint=_("You say yes before it is confirmed. Who has been here, or had your yes, books at once."),
        ),
        WholeField(
            "most_visits",
            _("Most visits ahead of one sender"),
            least=1,
            most=1000,
            hint=_("By email address, and by network address. More of somebody new become requests."),
        ),
        WholeField(
            "most_visitors",
            _("Most people in them"),
            least=1,
            most=100_000,
            hint=_("One visit by itself may be larger."),
        ),
    ]


def _materials() -> list[Field]:
    return [
        WholeField(
            "material_days",
            _("Files and links for before are mailed"),
            least=2,
            most=60,
            required=False,
            unit=_("days before the visit"),
            heading=_("Files and links for teachers"),
            hint=_(
                "Empty: with the reminder of the day before. Those for after go out the day after the visit, with the "
                "question of how it was."
            ),
        ),
    ]


def _prices() -> list[Field]:
    unit = centre().currency
    return [
        MoneyField("pupil_price", _("Price a pupil"), unit=unit, heading=_("Prices")),
        MoneyField("adult_price", _("Price for a further adult"), unit=unit),
        MoneyField(
            "least_price", _("Least for a class"), unit=unit, hint=_("What a small class pays at least; 0 for none.")
        ),
        MoneyField(
            "lunch_price",
            _("A seat in the lunch room"),
            unit=unit,
            hint=_("For each pupil and adult; 0 when it is free. The school pays it: agreements pay for programmes."),
        ),
    ]


def _adults() -> list[Field]:
    return [
        WholeField(
            "pupils_per_adult",
            _("At school one adult comes free for each"),
            least=1,
            most=100,
            unit=_("pupils"),
            heading=_("Adults"),
        ),
        WholeField(
            "children_per_adult",
            _("In kindergarten one adult comes free for each"),
            least=1,
            most=100,
            unit=_("children"),
        ),
    ]


def _deadlines() -> list[Field]:
    days = _("working days before")
    return [
        WholeField("number_days", _("The number can be changed until"), most=365, unit=days, heading=_("Deadlines")),
        WholeField("lunch_days", _("Lunch can be added until"), most=365, unit=days),
        WholeField("free_days", _("Cancelling is free until"), most=365, unit=days),
        WholeField("late_percent", _("After that it costs"), most=100, unit="%"),
        WholeField("same_day_percent", _("On the day itself it costs"), most=100, unit="%"),
    ]


def _types(types: Sequence[tuple[str, str]]) -> list[Field]:
    return [
        NumberChoiceField(
            "pupil_type_id",
            _("Pupils"),
            choices=types,
            heading=_("Ticket types"),
            hint=_("They say what stands on a visit's tickets, and its VAT. What they cost is said above."),
        ),
        NumberChoiceField("adult_type_id", _("Adults"), choices=types),
        NumberChoiceField("lunch_type_id", _("Lunch room"), choices=types, required=False),
    ]


FORMS["school_rules"] = _fields_without_types
