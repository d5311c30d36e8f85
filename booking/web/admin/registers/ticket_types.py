"""Ticket types: for whom each is, what it admits, and how it is sold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from booking.catalogue import edits, queries
from booking.catalogue.models import Price, TicketType
from booking.kernel.slugs import new_slug
from booking.records import audited_rows
from booking.web.admin.registers.covers_field import CoversField
from booking.web.admin.registers.prices import choices_of, day_kinds
from booking.web.forms.chosen_fields import NumberChoiceField, SeveralNumbersField, YesField
from booking.web.forms.fields import Field, MoneyField, PercentField, TextField, TextsField, WholeField
from booking.web.forms.filled import Values
from booking.web.forms.row_lists import Register
from booking.web.forms.row_pages import join
from booking.web.guards.access import who
from booking.web.languages import centre, wording


@dataclass(frozen=True, slots=True)
class AboutTicketType:
    """What a ticket type costs when."""

    prices: Sequence[Price]
    day_kinds: Mapping[str, str]


class TicketTypeRegister(Register[TicketType]):
    """One kind of person with a price a row. What was sold keeps its type, so that none is taken away."""

    key = "tickets"
    what = "ticket_type"
    table = TicketType
    template = "admin/ticket.html"
    is_removable = False

    def title_of_new(self) -> str:
        """Above the form of a new ticket type."""
        return str(_("New ticket type"))

    def title_of(self, row: TicketType) -> str:
        """The ticket type's own title, in the reader's language."""
        return wording().words(row.title)

    def home(self, _row: TicketType | None) -> str:
        """Tickets and prices."""
        return url_for("admin.tickets")

    def defaults(self) -> Values:
        """On sale, one person a ticket, as many as a party may have."""
        most = centre().most_people
        return {"active": True, "places": 1, "most": most, "vat_rate": 0, "sort": 0, "brings_adult": False}

    def fields(self, row: TicketType | None) -> list[Field]:
        """For whom, how it is sold, with which adults and what number; a new one's first price too."""
        price = [_first_price()] if row is None else []
        return [*_for_whom(), *price, *_selling(), _covers(row), *_adults(), *_number(), *_company(row), *_in_lists()]

    def beside(self, row_id: int) -> Values:
        """The activities that it is sold for."""
        return {"activities": edits.sold_for(row_id)}

    def wrong(self, values: Values, _row_id: int | None) -> dict[str, str]:
        """A number without a name, a shape with commas, people for whom there is no place."""
        if values["asks_number"] and not any(values["number_name"].values()):
            return {"number_name": _("Say what the number is called.")}
        if "," in values["number_shape"]:  # buyers of several tickets write their numbers with commas between
            return {"number_shape": _("Leave out commas: they stand between the numbers of several tickets.")}
        if any(sum(way.values()) > values["places"] for way in values["covers"]):
            return {"covers": _("One of these is more people than the ticket admits.")}
        return {}

    def worked_out(self, row_id: int | None, values: Values) -> Values:
        """The name in addresses."""
        return {"slug": new_slug(TicketType, values["title"])} if row_id is None else {}

    def afterwards(self, row_id: int, values: Values) -> None:
        """What it is sold for, and the first price of a new one."""
        edits.sell_for(row_id, values["activities"], who().actor)
        if "price" in values:
            price = {"ticket_type_id": row_id, "minor": values["price"]}
            audited_rows.add(Price, price, actor=who().actor, what="price")

    def about(self, row: TicketType) -> AboutTicketType:
        """Its prices, and what the kinds of days are called."""
        return AboutTicketType(queries.prices_of(row.id), day_kinds())


def _for_whom() -> list[Field]:
    sold = choices_of(queries.active_first(queries.titled_activities()))
    note, years = _("A few words below it"), _("Such as “3–15 years”.")
    proof, card = _("What is shown at the door"), _("Such as a student card.")
    return [
        TextsField("title", _("Title"), most=80, heading=_("Who it is for")),
        TextsField("note", note, required=False, most=120, hint=years),
        TextsField("proof", proof, required=False, most=120, hint=card),
        SeveralNumbersField("activities", _("Sold for"), choices=sold, required=False, stored=False),
    ]


def _first_price() -> Field:
    hint = _("From now on, VAT included; others can follow.")
    return MoneyField("price", _("Price"), unit=centre().currency, stored=False, hint=hint)


def _selling() -> list[Field]:
    whole_festival = _(
        "It takes a place on each day, or none, and its price is shared by the days. Only festivals sell it."
    )
    included = _("In the price. What was sold keeps its own.")
    return [
        PercentField("vat_rate", _("VAT rate"), unit="%", heading=_("Selling"), hint=included),
        WholeField("places", _("How many people it admits"), least=1, most=50, hint=_("A family ticket is four.")),
        WholeField("most", _("Most in one booking"), least=1, most=500),
        YesField("all_days", _("A pass for all days of a festival"), hint=whole_festival),
    ]


def _covers(row: TicketType | None) -> Field:
    others = [kind for kind in queries.ticket_types() if row is None or kind.id != row.id]
    titles = {kind.slug: wording().words(kind.title) for kind in others}
    hint = _(
        "Such as “2 Adult + 2 Child; 1 Adult + 3 Child”, with the titles of other ticket types. Buyers who would pay "
        "less with this ticket are then told so."
    )
    return CoversField("covers", _("Whom it stands for"), titles=titles, required=False, hint=hint)


def _adults() -> list[Field]:
    warned = _("Buyers are asked whether it is right that no grown-up comes along.")
    return [
        YesField("brings_adult", _("A grown-up is among them")),
        YesField("needs_adult", _("Not sold without a grown-up")),
        YesField("advises_adult", _("Better not without a grown-up"), hint=warned),
    ]


def _number() -> list[Field]:
    annual_pass = _("Such as that of an annual pass: one for each ticket, shown at the door.")
    signs = _("# is a digit, @ a letter, any other character itself: “VV-######”. Empty: anything.")
    code = _("Buyers type the code of a pass that is sold here: it stands for so many people, once a day.")
    return [
        YesField("of_passes", _("For who has an annual pass"), hint=code),
        YesField("asks_number", _("Asks for a number"), hint=annual_pass),
        TextsField("number_name", _("What the number is called"), required=False, most=80),
        TextField("number_shape", _("How the number looks"), required=False, most=40, hint=signs),
    ]


def _company(row: TicketType | None) -> list[Field]:
    own = row.id if row is not None else 0
    others = choices_of(titled for titled in queries.active_first(queries.titled_types()) if titled.id != own)
    one_more = _("Such as one more child, together with a family ticket.")
    return [
        YesField("accompanies", _("Free companion of somebody who pays"), hint=_("At most one for each.")),
        NumberChoiceField("goes_with_id", _("Only together with"), choices=others, required=False, hint=one_more),
    ]


def _in_lists() -> list[Field]:
    return [
        YesField("active", _("It is on sale")),
        WholeField("sort", _("Place in lists"), most=1000, hint=_("Small numbers come first.")),
    ]


join(TicketTypeRegister())
