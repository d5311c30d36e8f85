"""Activities: everything that can be attended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from flask_babel import pgettext

from booking.capacity.models import Pattern
from booking.capacity.queries import patterns_of
from booking.catalogue import queries
from booking.catalogue.models import ENTRY_STAY, EVENTS, Activity, Kind
from booking.centre.queries import spaces
from booking.kernel.slugs import new_slug
from booking.outreach.read import is_held_at_schools
from booking.web.forms.chosen_fields import EnumField, NumberChoiceField, YesField
from booking.web.forms.fields import Field, LongTextsField, ParagraphsField, TextsField, WholeField
from booking.web.forms.filled import Values
from booking.web.forms.row_lists import Register
from booking.web.forms.row_pages import join
from booking.web.languages import wording

NEVER_ADMISSION = (Kind.LUNCH, Kind.COURSE)


@dataclass(frozen=True, slots=True)
class AboutActivity:
    """What an activity is sold with, and when it runs."""

    types: Sequence[queries.Titled]
    patterns: Sequence[Pattern]
    held_at_schools: bool


class ActivityRegister(Register[Activity]):
    """One activity a row."""

    key = "activities"
    what = "activity"
    table = Activity
    template = "admin/activity.html"

    def title_of_new(self) -> str:
        """Above the form of something new to attend."""
        return str(_("New activity"))

    def title_of(self, row: Activity) -> str:
        """The activity's own title, in the reader's language."""
        return wording().words(row.title)

    def home(self, _row: Activity | None) -> str:
        """The list of activities."""
        return url_for("admin.activities")

    def defaults(self) -> Values:
        """Half an hour, offered at once; who has come in stays as long as people usually do."""
        return {"active": True, "minutes": 30, "turnaround_minutes": 0, "stay_minutes": ENTRY_STAY, "sort": 0}

    def fields(self, _row: Activity | None) -> list[Field]:
        """What it is, how long, in which room, and when and to whom it is sold."""
        return [*_what(), *_time(), *_room(), *_selling(), *_sale_days(), *_invoicing()]

    def wrong(self, values: Values, row_id: int | None) -> dict[str, str]:
        """Entry needs a room and no entry before it, among other things that two fields say together."""
        wrong, kind = {}, values["kind"]
        if kind is Kind.ADMISSION and values["needs_admission"]:
            wrong["needs_admission"] = _("This is the entry itself.")
        if kind is Kind.ADMISSION and values["space_id"] is None:
            wrong["space_id"] = _("Choose the room that people enter, or the whole house.")
        if kind is Kind.ADMISSION and values["stay_minutes"] == 0:
            wrong["stay_minutes"] = _("Enter how long people stay, or leave it empty for two hours.")
        if values["gives_entry"] and (values["needs_admission"] or kind not in EVENTS):
            wrong["gives_entry"] = _("Only what is sold alone to everybody, besides entry, can be entry, too.")
        if values["part_of_id"] is not None and (kind not in EVENTS or kind is Kind.FESTIVAL):
            wrong["part_of_id"] = _("Only a show, a workshop or the like can be on the programme of a festival.")
        if values["outside_hours"] and (kind not in EVENTS or values["needs_admission"]):
            wrong["outside_hours"] = _("Only what is sold alone to everybody can be held when the house is closed.")
        if values["invoiced_ahead"] and (kind in NEVER_ADMISSION or self._is_away(row_id)):
            wrong["invoiced_ahead"] = _("Lunch, courses and what is held at schools are not admission.")
        return wrong

    def _is_away(self, row_id: int | None) -> bool:
        return row_id is not None and is_held_at_schools(row_id)

    def worked_out(self, row_id: int | None, values: Values) -> Values:
        """What the form leaves open: how long people stay, and the name in addresses."""
        stay = values["stay_minutes"]
        if stay is None:
            stay = ENTRY_STAY if values["kind"] is Kind.ADMISSION else 0
        slug = {"slug": new_slug(Activity, values["title"])} if row_id is None else {}
        return {"stay_minutes": stay} | slug

    def about(self, row: Activity) -> AboutActivity:
        """The ticket types that are sold for it, its weekly times, and whether it is held at schools."""
        return AboutActivity(queries.types_sold_for(row.id), patterns_of(row.id), is_held_at_schools(row.id))


def kind_names() -> dict[str, str]:
    """What the kinds of activity are called."""
    return {
        Kind.ADMISSION: _("Entry"),
        Kind.PROGRAMME: _("School programme"),
        Kind.COURSE: _("Teacher course"),
        Kind.SHOW: pgettext("kind of activity", "Show"),
        Kind.WORKSHOP: _("Workshop"),
        Kind.EVENT: _("Event"),
        Kind.LECTURE: _("Lecture"),
        Kind.FESTIVAL: _("Festival"),
        Kind.CONTEST: _("Contest"),
        Kind.LUNCH: _("Lunch room"),
    }


def _what() -> list[Field]:
    kinds = [(str(kind), name) for kind, name in kind_names().items()]
    return [
        TextsField("title", _("Title"), most=120, heading=_("What it is")),
        LongTextsField("summary", _("In a few sentences"), required=False, most=600),
        ParagraphsField(
            "about",
            _("What it is about"),
            required=False,
            most=4000,
            hint=_("On its own page under What’s on, below the few sentences. An empty line begins a new paragraph."),
        ),
        EnumField(
            "kind",
            _("Kind"),
            choices=kinds,
            kind=Kind,
            hint=_("Programmes, courses and the lunch room are for schools; the rest is sold to everybody."),
        ),
        YesField("active", _("It is offered"), hint=_("Otherwise no new times are made of it.")),
    ]


def _time() -> list[Field]:
    lasts, tidying, stay = _("How long it lasts"), _("To tidy up after it"), _("How long people stay in the house")
    minutes, not_before = _("minutes"), _("Its space is taken before then.")
    return [
        WholeField("minutes", lasts, least=1, most=1440, unit=minutes, heading=_("Time and room")),
        WholeField("turnaround_minutes", tidying, most=600, unit=minutes, hint=not_before),
        WholeField(
            "stay_minutes",
            stay,
            most=1440,
            required=False,
            unit=minutes,
            hint=_("So long do they count in the house. Empty: 120 for entry, for all else as long as it lasts."),
        ),
    ]


def _room() -> list[Field]:
    rooms = [(str(space.id), wording().words(space.name)) for space in spaces()]
    at_each = _("At each of its times, unless said otherwise there.")
    online = _("At one of its times, online. Empty: as many as there are.")
    return [
        WholeField("capacity", _("Places"), least=1, most=100_000, hint=at_each),
        WholeField("most_places", _("Most places in one booking"), least=1, most=500, required=False, hint=online),
        NumberChoiceField("space_id", _("Space"), choices=rooms, required=False),
    ]


def _selling() -> list[Field]:
    festivals = [(str(row.id), wording().words(row.title)) for row in queries.titled_festivals()]
    return [
        YesField(
            "needs_admission",
            _("Only together with entry"),
            heading=_("Selling"),
            hint=_("An add-on, such as a show: whoever comes has entry that day. Otherwise it is sold alone, too."),
        ),
        YesField(
            "gives_entry",
            _("The ticket is entry, too"),
            hint=_("Such as that of a festival: whoever has it may see the exhibitions and add shows."),
        ),
        NumberChoiceField(
            "part_of_id",
            _("On the programme of"),
            choices=festivals,
            required=False,
            hint=_("A festival. What is only sold together with entry is then sold to those who have its ticket."),
        ),
        YesField(
            "outside_hours",
            _("May be held when the house is closed"),
            hint=_("Such as an evening event. Never on days that you have closed."),
        ),
        WholeField("least_age", _("Lowest age"), most=99, required=False),
    ]


def _invoicing() -> list[Field]:
    return [
        YesField(
            "invoiced_ahead",
            _("Admission that may be invoiced before the visit"),
            heading=_("Invoices"),
            hint=_(
                "In Norway the law allows it up to a year ahead for entry to museums and experience centres, and for "
                "nothing else (bokføringsforskriften § 5-2-6): not for teaching, lunch or fees. Ask your accountant."
            ),
        ),
    ]


def _sale_days() -> list[Field]:
    opens, ends = _("Sale opens before the day"), _("Sale ends before it begins")
    days = _("Days. Empty: as the settings say.")
    minutes = _("Minutes. Empty: when it begins; for entry as the settings say.")
    return [
        WholeField("on_sale_days", opens, least=1, most=730, required=False, hint=days),
        WholeField("sale_ends_minutes", ends, most=100_000, required=False, hint=minutes),
        WholeField("sort", _("Place in lists"), most=1000, hint=_("Small numbers come first.")),
    ]


join(ActivityRegister())
