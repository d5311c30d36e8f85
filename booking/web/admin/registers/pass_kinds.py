"""Kinds of annual pass: whom each is for, what it costs, how long it lasts, and how many bookings it may have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from flask import render_template, url_for
from flask_babel import gettext as _

from booking.annual_passes.kinds import PassKindFacts, all_kinds, note_whether_sold
from booking.annual_passes.models import PassBegins, PassFor, PassKind
from booking.web.blueprints import admin
from booking.web.forms.chosen_fields import EnumField, YesField
from booking.web.forms.fields import Field, MoneyField, PercentField, TextsField, WholeField
from booking.web.forms.filled import Values
from booking.web.forms.row_lists import Register
from booking.web.forms.row_pages import join
from booking.web.guards.access import staff
from booking.web.languages import centre, wording


@dataclass(frozen=True, slots=True)
class PassKindsPage:
    """All kinds, in the order in which buyers see them."""

    kinds: Sequence[PassKindFacts]
    whom: ClassVar = PassFor


@admin.get("/pass-kinds")
@staff()
def pass_kinds() -> str:
    """What is sold, and what was."""
    return render_template("admin/pass_kinds.html", page=PassKindsPage(all_kinds()))


class PassKindRegister(Register[PassKind]):
    """One kind a row. What was sold keeps its kind, so that none is taken away."""

    key = "pass-kinds"
    what = "pass_kind"
    table = PassKind
    is_removable = False

    def title_of_new(self) -> str:
        """Above the form of a new kind."""
        return str(_("New kind of annual pass"))

    def title_of(self, row: PassKind) -> str:
        """The kind's own title, in the reader's language."""
        return wording().words(row.title)

    def home(self, _row: PassKind | None) -> str:
        """The list of kinds."""
        return url_for("admin.pass_kinds")

    def defaults(self) -> Values:
        """A year for one person, from the purchase."""
        return {
            "whom": PassFor.PERSON, "begins": PassBegins.PURCHASE, "months": 12, "vat_rate": 0, "adults": 2,
            "children": 0, "child_age": 15, "most_open": 3, "no_shows": 0, "no_show_days": 14, "active": True,
            "sort": 0,
        }  # fmt: skip

    def fields(self, _row: PassKind | None) -> list[Field]:
        """Whom it is for, its price and time, its rules."""
        return [*_whom(), *_price(), *_rules()]

    def wrong(self, values: Values, _row_id: int | None) -> dict[str, str]:
        """A pass that costs nothing."""
        return {} if values["price"] > 0 else {"price": _("A pass costs something.")}

    def afterwards(self, _row_id: int, _values: Values) -> None:
        """Whether any is sold."""
        note_whether_sold()


def _whom() -> list[Field]:
    whom = [
        (PassFor.PERSON.value, _("One person")),
        (PassFor.HOUSEHOLD.value, _("A household")),
        (PassFor.CHILD_AND_ONE.value, _("A child, and one who comes along")),
    ]
    household = _("Of a household.")
    return [
        TextsField("title", _("Title"), most=80, heading=_("Whom it is for")),
        TextsField("note", _("A few words below it"), required=False, most=160),
        EnumField("whom", _("For"), choices=whom, kind=PassFor),
        WholeField("adults", _("Most grown-ups, by name"), least=1, most=10, hint=household),
        WholeField("children", _("Most children"), most=20, hint=household),
        WholeField("child_age", _("Children up to"), least=1, most=25, unit=_("years")),
    ]


def _price() -> list[Field]:
    begins = [
        (PassBegins.PURCHASE.value, _("With the purchase")),
        (PassBegins.FIRST_VISIT.value, _("With the first visit, within a year")),
    ]
    return [
        MoneyField("price", _("Price"), unit=centre().currency, heading=_("Price and time"), hint=_("VAT included.")),
        PercentField("vat_rate", _("VAT rate"), unit="%"),
        WholeField("months", _("Valid for"), least=1, most=60, unit=_("months")),
        EnumField("begins", _("Its time begins"), choices=begins, kind=PassBegins),
    ]


def _rules() -> list[Field]:
    never = _("0: never. Who stands at the entrance comes in all the same, while there is room.")
    return [
        WholeField("most_open", _("Most bookings to come at once"), least=1, most=50, heading=_("Rules")),
        WholeField("no_shows", _("No more bookings after so many that nobody came to"), most=20, hint=never),
        WholeField("no_show_days", _("For so long"), least=1, most=365, unit=_("days")),
        YesField("active", _("It is on sale")),
        WholeField("sort", _("Place in lists"), most=1000, hint=_("Small numbers come first.")),
    ]


join(PassKindRegister())
