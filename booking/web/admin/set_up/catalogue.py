"""Activities, ticket types and prices."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from flask import render_template, request, url_for
from flask_babel import gettext as _

from booking.capacity.queries import patterns_of
from booking.catalogue import edits, queries
from booking.catalogue.models import ENTRY_STAY, Activity, DayKind, Price, TicketType
from booking.kernel import clock
from booking.kernel.database import Model
from booking.kernel.slugs import new_slug
from booking.outreach.read import is_held_at_schools
from booking.records import audited_rows
from booking.web.admin import admin
from booking.web.admin.set_up.activity_fields import activity_complete, activity_fields, activity_wrong, kind_names
from booking.web.forms.fields import Field, FieldKind
from booking.web.forms.row_lists import Register, join
from booking.web.guards.access import staff, who
from booking.web.languages import centre, wording
from booking.web.typed import identity


@admin.get("/activities")
@staff()
def activities() -> str:
    """Everything that can be attended."""
    return render_template("admin/activities.html", activities=queries.listed_activities(), kinds=kind_names())


@admin.get("/tickets")
@staff()
def tickets() -> str:
    """Every ticket type with what it costs today."""
    today = clock.now().astimezone(centre().zone).date()
    return render_template("admin/tickets.html", types=queries.ticket_types(), prices=queries.prices_on(today))


def _activity_more(row: Model) -> dict[str, Any]:
    activity = cast(Activity, row)
    return {
        "types": queries.types_sold_for(activity.id),
        "patterns": patterns_of(activity.id),
        "held_at_schools": is_held_at_schools(activity.id),
    }


def _choices(those: Iterable[queries.Titled]) -> list[tuple[str, str]]:
    return [(str(titled.id), wording().words(titled.title)) for titled in those]


def _ticket_fields(row: Model | None) -> list[Field]:
    sold = _choices(queries.active_first(queries.titled_activities()))
    own = cast(TicketType, row).id if row is not None else 0
    others = _choices(titled for titled in queries.active_first(queries.titled_types()) if titled.id != own)
    fields = [
        Field("title", _("Title"), FieldKind.TEXTS, most=80, heading=_("Who it is for")),
        Field(
            "note",
            _("A few words below it"),
            FieldKind.TEXTS,
            required=False,
            most=120,
            hint=_("Such as “3–15 years”."),
        ),
        Field(
            "proof",
            _("What is shown at the door"),
            FieldKind.TEXTS,
            required=False,
            most=120,
            hint=_("Such as a student card."),
        ),
        Field("activities", _("Sold for"), FieldKind.SEVERAL, choices=sold, convert=int, required=False, stored=False),
        Field(
            "vat_rate",
            _("VAT rate"),
            FieldKind.PERCENT,
            unit="%",
            heading=_("Selling"),
            hint=_("In the price. What was sold keeps its own."),
        ),
        Field(
            "places",
            _("How many people it admits"),
            FieldKind.WHOLE,
            least=1,
            most=50,
            hint=_("A family ticket is four."),
        ),
        Field("most", _("Most in one booking"), FieldKind.WHOLE, least=1, most=500),
        Field("brings_adult", _("A grown-up is among them"), FieldKind.YES),
        Field("needs_adult", _("Not sold without a grown-up"), FieldKind.YES),
        Field(
            "advises_adult",
            _("Better not without a grown-up"),
            FieldKind.YES,
            hint=_("Buyers are asked whether it is right that no grown-up comes along."),
        ),
        Field(
            "asks_number",
            _("Asks for a number"),
            FieldKind.YES,
            hint=_("Such as that of an annual pass: one for each ticket, shown at the door."),
        ),
        Field("number_name", _("What the number is called"), FieldKind.TEXTS, required=False, most=80),
        Field(
            "number_shape",
            _("How the number looks"),
            required=False,
            most=40,
            hint=_("# is a digit, @ a letter, any other sign itself: “VV-######”. Empty: anything."),
        ),
        Field("accompanies", _("Free company of somebody who pays"), FieldKind.YES, hint=_("At most one for each.")),
        Field(
            "goes_with_id",
            _("Only together with"),
            FieldKind.CHOICE,
            choices=others,
            convert=int,
            required=False,
            hint=_("Such as one more child, together with a family ticket."),
        ),
        Field("active", _("It is on sale"), FieldKind.YES),
        Field("sort", _("Place in lists"), FieldKind.WHOLE, most=1000, hint=_("Small numbers come first.")),
    ]
    if row is None:
        price = Field(
            "price",
            _("Price"),
            FieldKind.MONEY,
            unit=centre().currency,
            stored=False,
            hint=_("From now on, VAT included; others can follow."),
        )
        fields.insert(4, price)
    return fields


def _ticket_wrong(values: dict[str, Any]) -> dict[str, str]:
    if values["asks_number"] and not any(values["number_name"].values()):
        return {"number_name": _("Say what the number is called.")}
    if "," in values["number_shape"]:  # buyers of several tickets write their numbers with commas between
        return {"number_shape": _("Leave out commas: they stand between the numbers of several tickets.")}
    return {}


def _ticket_after(row_id: int, values: dict[str, Any]) -> None:
    edits.sell_for(row_id, values["activities"], who().actor)
    if "price" in values:
        audited_rows.add(Price, {"ticket_type_id": row_id, "minor": values["price"]}, actor=who().actor, what="price")


def _ticket_more(row: Model) -> dict[str, Any]:
    ticket_type = cast(TicketType, row)
    return {"prices": queries.prices_of(ticket_type.id), "day_kinds": day_kinds()}


def day_kinds() -> dict[str, str]:
    """What the kinds of days are called."""
    return {
        DayKind.ANY: _("Every day"),
        DayKind.HOLIDAY: _("Public holidays"),
        DayKind.ORDINARY: _("Not on public holidays"),
    }


def _price_fields(row: Model | None) -> list[Field]:
    fields = [
        Field(
            "minor",
            _("Price"),
            FieldKind.MONEY,
            unit=centre().currency,
            hint=_("VAT included. What was sold before keeps its price."),
        ),
        Field(
            "from_date",
            _("Valid from"),
            FieldKind.DATE,
            required=False,
            hint=_("For visits from this day. Empty: from the beginning."),
        ),
        Field(
            "until_date",
            _("Valid until"),
            FieldKind.DATE,
            required=False,
            hint=_("The last day. Empty: until there is a later price."),
        ),
        Field(
            "from_time", _("From time"), FieldKind.TIME, required=False, hint=_("For times that begin then or later.")
        ),
        Field("until_time", _("Before time"), FieldKind.TIME, required=False),
        Field(
            "days",
            _("Days"),
            FieldKind.CHOICE,
            choices=[(str(kind), name) for kind, name in day_kinds().items()],
            convert=DayKind,
        ),
        Field("weekdays", _("Weekdays"), FieldKind.WEEKDAYS),
    ]
    if row is None:
        choices = _choices(queries.titled_types())
        fields.insert(0, Field("ticket_type_id", _("Ticket type"), FieldKind.CHOICE, choices=choices, convert=int))
    return fields


def _price_wrong(values: dict[str, Any]) -> dict[str, str]:
    if values["from_date"] and values["until_date"] and values["from_date"] > values["until_date"]:
        return {"until_date": _("It ends before it begins.")}
    if values["from_time"] and values["until_time"] and values["from_time"] >= values["until_time"]:
        return {"until_time": _("It ends before it begins.")}
    return {}


def _price_after(row_id: int, _values: dict[str, Any]) -> None:
    price = audited_rows.find(Price, row_id)
    if price is not None:
        edits.rank_prices(price.ticket_type_id)


def _price_home(row: Model | None) -> str:
    if row is not None:
        return url_for("admin.tickets_one", row_id=cast(Price, row).ticket_type_id)
    type_id = identity(request.args.get("ticket_type_id"))
    return url_for("admin.tickets_one", row_id=type_id) if type_id else url_for("admin.tickets")


join(
    Register(
        key="activities",
        what="activity",
        table=Activity,
        title_new=lambda: _("New activity"),
        title_one=lambda row: wording().words(cast(Activity, row).title),
        fields=activity_fields,
        home=lambda _row: url_for("admin.activities"),
        complete=activity_complete,
        wrong=activity_wrong,
        more=_activity_more,
        template="admin/activity.html",
        defaults=lambda: {
            "active": True,
            "minutes": 30,
            "turnaround_minutes": 0,
            "stay_minutes": ENTRY_STAY,
            "sort": 0,
        },
    )
)
join(
    Register(
        key="tickets",
        what="ticket_type",
        table=TicketType,
        title_new=lambda: _("New ticket type"),
        title_one=lambda row: wording().words(cast(TicketType, row).title),
        fields=_ticket_fields,
        home=lambda _row: url_for("admin.tickets"),
        wrong=_ticket_wrong,
        complete=lambda row_id, values: {"slug": new_slug(TicketType, values["title"])} if row_id is None else {},
        afterwards=_ticket_after,
        beside=lambda row_id: {"activities": edits.sold_for(row_id)},
        more=_ticket_more,
        template="admin/ticket.html",
        defaults=lambda: {
            "active": True,
            "places": 1,
            "most": centre().most_people,
            "vat_rate": 0,
            "sort": 0,
            "brings_adult": False,
        },
        removable=False,
    )
)
join(
    Register(
        key="prices",
        what="price",
        table=Price,
        title_new=lambda: _("New price"),
        title_one=lambda _row: _("Price"),
        fields=_price_fields,
        home=_price_home,
        wrong=_price_wrong,
        afterwards=_price_after,
        defaults=lambda: {"weekdays": 127, "days": DayKind.ANY},
    )
)
