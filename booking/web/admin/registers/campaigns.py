"""Campaigns: what they take off which tickets, when, for how many; their codes, their uses, their end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext, pgettext

from booking.capacity.models import Channel
from booking.catalogue import queries as catalogue
from booking.discounts import edits, lists
from booking.discounts.codes import MOST, key_of
from booking.discounts.lists import CampaignListed, SingleCodes
from booking.discounts.models import Campaign, DiscountWay
from booking.discounts.refusals import CodeInUse, OddCode
from booking.exports import discounts as exports
from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.kernel.refusals import Refusal
from booking.records import audited_rows
from booking.records.audited_rows import Meets
from booking.staff.models import Role
from booking.web.admin.bookings.exports import export_list
from booking.web.admin.registers.prices import choices_of
from booking.web.blueprints import admin
from booking.web.forms.chosen_fields import EnumField, SeveralField, SeveralNumbersField, WeekdaysField, YesField
from booking.web.forms.fields import ClockField, DayField, Field, MoneyField, TextField, TextsField, WholeField
from booking.web.forms.filled import Values
from booking.web.forms.row_lists import Register
from booking.web.forms.row_pages import join
from booking.web.guards.access import staff, who
from booking.web.languages import centre, wording
from booking.web.typed import whole_number

MOST_COUNTED = 10_000_000
MOST_AMOUNT = 10_000_000  # minor units


@dataclass(frozen=True, slots=True)
class CampaignsPage:
    """All campaigns, those that can be had first."""

    current: Sequence[CampaignListed]
    over: Sequence[CampaignListed]
    today: date
    may_change: bool

    def standing(self, campaign: CampaignListed) -> str:
        """Where one stands, in a word or two."""
        facts = campaign.facts
        if facts.stopped_at is not None:
            stands = _("stopped")
        elif facts.is_over(self.today):
            stands = pgettext("campaign", "over")
        elif facts.is_used_up:
            stands = _("used up")
        elif facts.sale_from is not None and facts.sale_from > self.today:
            stands = _("from %(day)s", day=wording().dated(facts.sale_from))
        else:
            stands = _("can be had")
        return str(stands)


@dataclass(frozen=True, slots=True)
class AboutCampaign:
    """How often a campaign was used, what it gave, and its single codes."""

    used: int
    most_uses: int | None
    given: int
    codes: SingleCodes
    is_stopped: bool
    asks_code: bool
    most_at_once: int = edits.MOST_AT_ONCE


@admin.get("/campaigns")
@staff(Role.FINANCE)
def campaigns() -> str:
    """All of them; what is over stands below."""
    today = centre().local(clock.now()).date()
    listed = lists.all_campaigns()
    page = CampaignsPage(
        current=[campaign for campaign in listed if not campaign.facts.is_over(today)],
        over=[campaign for campaign in listed if campaign.facts.is_over(today)],
        today=today,
        may_change=who().role is Role.ADMIN,
    )
    return render_template("admin/campaigns.html", page=page)


@admin.post("/campaigns/<int:row_id>/stop")
@staff()
def stop_campaign(row_id: int) -> ResponseReturnValue:
    """Let nobody have it any more, or let it go on."""
    row = _known(row_id)
    with unit_of_work():
        if request.form.get("go_on"):
            edits.go_on(row.id, who().actor)
        else:
            edits.stop(row.id, who().actor, clock.now())
    return redirect(url_for("admin.campaigns_one", row_id=row_id), 303)


@admin.post("/campaigns/<int:row_id>/codes")
@staff()
def make_codes(row_id: int) -> ResponseReturnValue:
    """Make single codes."""
    row = _known(row_id)
    number = whole_number(request.form.get("number"), 1, edits.MOST_AT_ONCE)
    if number is None or not row.asks_code:
        flash(_("Enter a whole number from 1 to %(most)s.", most=edits.MOST_AT_ONCE), "bad")
    else:
        with unit_of_work():
            edits.make_codes(row_id, number, who().actor)
        flash(ngettext("%(num)s code was made.", "%(num)s codes were made.", number), "good")
    return redirect(url_for("admin.campaigns_one", row_id=row_id, _anchor="codes"), 303)


@admin.post("/campaigns/<int:row_id>/codes/export")
@staff(Role.FINANCE)
def export_codes(row_id: int) -> ResponseReturnValue:
    """All codes of a campaign as a file."""
    return export_list("discount_codes", exports.codes_filters(_known(row_id).id))


def _known(row_id: int) -> Campaign:
    row = audited_rows.find(Campaign, row_id)
    if row is None:
        abort(404)
    return row


class CampaignRegister(Register[Campaign]):
    """One campaign a row. What was sold names it, so that none is taken away; it can be stopped."""

    key = "campaigns"
    what = "campaign"
    table = Campaign
    template = "admin/campaign.html"
    lookers = (Role.FINANCE,)
    is_removable = False

    def title_of_new(self) -> str:
        """Above the form of a new campaign."""
        return str(_("New campaign"))

    def title_of(self, row: Campaign) -> str:
        """The campaign's name."""
        return wording().words(row.name)

    def home(self, _row: Campaign | None) -> str:
        """All campaigns."""
        return url_for("admin.campaigns")

    def saved(self, row_id: int) -> str:
        """The campaign's own page, where its codes are."""
        return url_for("admin.campaigns_one", row_id=row_id)

    def defaults(self) -> Values:
        """A percentage for whoever has the code, every day, sold online."""
        return {
            "way": DiscountWay.PERCENT, "asks_code": True, "weekdays": 127, "channels": [Channel.PUBLIC.value],
            "days_ahead": 0,
        }  # fmt: skip

    def fields(self, _row: Campaign | None) -> list[Field]:
        """How much, by which code, off what, when, for how many."""
        return [*_what(), *_of_what(), *_when(), *_how_many()]

    def beside(self, row_id: int) -> Values:
        """The code that everybody has."""
        return {"code": edits.code_for_everybody(row_id)}

    def wrong(self, values: Values, row_id: int | None) -> Mapping[str, str]:
        """What does not fit together."""
        return _wrong_amount(values) | _wrong_code(values, row_id) | _wrong_span(values) | _wrong_number(values, row_id)

    def before(self, row_id: int | None, _values: Values) -> None:
        """What a limit begins with, where there was none."""
        if row_id is not None:
            edits.count_before_a_limit(row_id)

    def afterwards(self, row_id: int, values: Values) -> None:
        """Its code."""
        edits.give_code(row_id, values["code"] if values["asks_code"] else "")

    def refused(self, refusal: Refusal) -> Mapping[str, str]:
        """A code that cannot be, or that another campaign has had meanwhile; a limit that orders have gone past."""
        if isinstance(refusal, Meets):
            return {"most_uses": _("It has been used more often meanwhile: choose a higher number.")}
        if isinstance(refusal, CodeInUse):
            return {"code": _("Another campaign has this code, or one that cannot be told from it.")}
        return {"code": _odd_code()} if isinstance(refusal, OddCode) else {}

    def about(self, row: Campaign) -> AboutCampaign:
        """Its uses and its codes."""
        used, given = lists.used_and_given(row.id)
        codes, is_stopped = lists.single_codes(row.id), row.stopped_at is not None
        return AboutCampaign(used, row.most_uses, given, codes, is_stopped, row.asks_code)


def _odd_code() -> str:
    return str(_("A code has 3 to 15 letters and digits, such as SUMMER25."))


def _wrong_amount(values: Values) -> dict[str, str]:
    if values["amount"] > (10_000 if values["way"] is DiscountWay.PERCENT else MOST_AMOUNT):
        return {"amount": _("That is too much.")}
    if not values["amount"] and values["way"] is not DiscountWay.PRICE:
        return {"amount": _("That would take nothing off.")}
    return {}


def _wrong_code(values: Values, row_id: int | None) -> dict[str, str]:
    if not values["code"]:
        return {}
    key = key_of(values["code"])
    if key is None:
        return {"code": _odd_code()}
    if not values["asks_code"]:
        return {"code": _("Without a code to enter, leave this empty.")}
    if edits.is_of_another(key, row_id):
        return {"code": _("Another campaign has this code, or one that cannot be told from it.")}
    return {}


def _wrong_span(values: Values) -> dict[str, str]:
    before = _("It ends before it begins.")
    wrong = {
        last: before
        for first, last in (("visit_from", "visit_until"), ("sale_from", "sale_until"))
        if values[first] and values[last] and values[first] > values[last]
    }
    if values["from_time"] and values["until_time"] and values["from_time"] >= values["until_time"]:
        wrong["until_time"] = before
    return wrong


def _wrong_number(values: Values, row_id: int | None) -> dict[str, str]:
    wrong = {}
    used = edits.uses_at_least(row_id) if row_id is not None else 0
    if values["most_uses"] is not None and values["most_uses"] < used:
        wrong["most_uses"] = _("It has been used %(used)s times already.", used=used)
    if values["most_tickets"] and (values["stacks"] or values["way"] is DiscountWay.ORDER):
        wrong["most_tickets"] = _("Only a discount off each ticket that stands alone can be for so many tickets.")
    return wrong


def _what() -> list[Field]:
    ways = [
        (DiscountWay.PERCENT.value, _("Percent off each ticket")), (DiscountWay.EACH.value, _("A sum off each ticket")),
        (DiscountWay.ORDER.value, _("A sum off the whole order")),
        (DiscountWay.PRICE.value, _("Another price for each ticket")),
    ]  # fmt: skip
    without = _("Else it is taken off by itself, where it fits.")
    everybody = _("The same for everybody. Empty: single codes, which are made once this is saved.")
    together = _("With others that may. Of those that may not, an order has the one that takes most off.")
    return [
        TextsField("name", pgettext("of a thing", "Name"), most=60, hint=_("Buyers read it beside the price.")),
        EnumField("way", _("What it does"), choices=ways, kind=DiscountWay),
        MoneyField("amount", _("How much"), hint=_("Percent, or a sum in %(currency)s.", currency=centre().currency)),
        YesField("asks_code", _("Buyers enter a code"), hint=without),
        TextField("code", _("Code"), most=MOST + 5, required=False, stored=False, hint=everybody),
        YesField("stacks", _("May be combined"), hint=together),
    ]


def _of_what() -> list[Field]:
    activities = choices_of(catalogue.active_first(catalogue.titled_activities()))
    types = choices_of(catalogue.active_first(catalogue.titled_types()))
    channels = [(Channel.PUBLIC.value, _("Online")), (Channel.DESK.value, _("At the desk"))]
    none = _("None chosen: all of them.")
    return [
        SeveralNumbersField("activities", _("Activities"), choices=activities, required=False, heading=_("Off what"),
                            hint=none),
        SeveralNumbersField("ticket_types", _("Ticket types"), choices=types, required=False, hint=none),
        SeveralField("channels", _("Where it is sold"), choices=channels),
    ]  # fmt: skip


def _when() -> list[Field]:
    return [
        DayField("visit_from", _("Visits from"), required=False, heading=_("When")),
        DayField("visit_until", _("Visits until"), required=False, hint=_("The last day.")),
        WeekdaysField("weekdays", _("Weekdays")),
        ClockField("from_time", _("From time"), required=False, hint=_("For times that begin then or later.")),
        ClockField("until_time", _("Before time"), required=False),
        DayField("sale_from", _("Ordered from"), required=False),
        DayField("sale_until", _("Ordered until"), required=False, hint=_("The last day.")),
        WholeField("days_ahead", _("Ordered at least so many days ahead"), most=365),
    ]


def _how_many() -> list[Field]:
    unbounded = _("Empty: as many as you like.")
    return [
        WholeField("most_uses", _("Orders in all"), least=1, most=MOST_COUNTED, required=False, hint=unbounded,
                   heading=_("For how many")),
        WholeField("most_each", _("Orders of one person"), least=1, most=1000, required=False, hint=unbounded),
        WholeField("most_tickets", _("Tickets of one order"), least=1, most=500, required=False, hint=unbounded),
    ]  # fmt: skip


join(CampaignRegister())
