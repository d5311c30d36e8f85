"""Prices: what a ticket type costs, from when and at which times."""

from __future__ import annotations

from collections.abc import Iterable

from flask import request, url_for
from flask_babel import gettext as _

from booking.catalogue import edits, queries
from booking.catalogue.models import DayKind, Price
from booking.records import audited_rows
from booking.web.forms.chosen_fields import EnumField, NumberChoiceField, WeekdaysField
from booking.web.forms.fields import ClockField, DayField, Field, MoneyField
from booking.web.forms.filled import Values
from booking.web.forms.row_lists import Register
from booking.web.forms.row_pages import join
from booking.web.languages import centre, wording
from booking.web.typed import identity


class PriceRegister(Register[Price]):
    """One price of one ticket type a row."""

    key = "prices"
    what = "price"
    table = Price

    def title_of_new(self) -> str:
        """Above the form of a new price."""
        return str(_("New price"))

    def title_of(self, _row: Price) -> str:
        """Above the form of a price; it has no name of its own."""
        return str(_("Price"))

    def home(self, row: Price | None) -> str:
        """The ticket type that it is a price of, also when the address alone says which."""
        type_id = row.ticket_type_id if row is not None else identity(request.args.get("ticket_type_id"))
        return url_for("admin.tickets_one", row_id=type_id) if type_id else url_for("admin.tickets")

    def defaults(self) -> Values:
        """Every day of the week, holidays and term alike."""
        return {"weekdays": 127, "days": DayKind.ANY}

    def fields(self, row: Price | None) -> list[Field]:
        """How much, from when until when, at which clock and on which days; of which ticket type for a new one."""
        return [*([_ticket_type()] if row is None else []), _price(), *_valid(), *_clocks(), *_days()]

    def wrong(self, values: Values, _row_id: int | None) -> dict[str, str]:
        """Days or clocks that end before they begin."""
        if values["from_date"] and values["until_date"] and values["from_date"] > values["until_date"]:
            return {"until_date": _("It ends before it begins.")}
        if values["from_time"] and values["until_time"] and values["from_time"] >= values["until_time"]:
            return {"until_time": _("It ends before it begins.")}
        return {}

    def afterwards(self, row_id: int, _values: Values) -> None:
        """Which of the prices that fit counts."""
        price = audited_rows.find(Price, row_id)
        if price is not None:
            edits.rank_prices(price.ticket_type_id)


def choices_of(those: Iterable[queries.Titled]) -> list[tuple[str, str]]:
    """What has a title as choices of a field."""
    return [(str(titled.id), wording().words(titled.title)) for titled in those]


def day_kinds() -> dict[str, str]:
    """What the kinds of days are called."""
    return {
        DayKind.ANY: _("Every day"),
        DayKind.HOLIDAY: _("Public holidays"),
        DayKind.ORDINARY: _("Not on public holidays"),
    }


def _ticket_type() -> Field:
    return NumberChoiceField("ticket_type_id", _("Ticket type"), choices=choices_of(queries.titled_types()))


def _price() -> Field:
    hint = _("VAT included. What was sold before keeps its price.")
    return MoneyField("minor", _("Price"), unit=centre().currency, hint=hint)


def _valid() -> list[Field]:
    beginning = _("For visits from this day. Empty: from the beginning.")
    later = _("The last day. Empty: until there is a later price.")
    return [
        DayField("from_date", _("Valid from"), required=False, hint=beginning),
        DayField("until_date", _("Valid until"), required=False, hint=later),
    ]


def _clocks() -> list[Field]:
    return [
        ClockField("from_time", _("From time"), required=False, hint=_("For times that begin then or later.")),
        ClockField("until_time", _("Before time"), required=False),
    ]


def _days() -> list[Field]:
    kinds = [(str(kind), name) for kind, name in day_kinds().items()]
    return [
        EnumField("days", _("Days"), choices=kinds, kind=DayKind),
        WeekdaysField("weekdays", _("Weekdays")),
    ]


join(PriceRegister())
