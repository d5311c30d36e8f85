"""What the page of an activity asks, what is wrong with it, and what it leaves open."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import pgettext

from booking.catalogue.models import ENTRY_STAY, Activity, Kind
from booking.centre.queries import spaces
from booking.kernel.database import Model
from booking.kernel.slugs import new_slug
from booking.web.forms.fields import Field, FieldKind
from booking.web.languages import wording


def kind_names() -> dict[str, str]:
    """What the kinds of activity are called."""
    return {
        Kind.ADMISSION: _("Entry"),
        Kind.PROGRAMME: _("School programme"),
        Kind.COURSE: _("Teacher course"),
        Kind.SHOW: pgettext("kind of activity", "Show"),
        Kind.WORKSHOP: _("Workshop"),
        Kind.EVENT: _("Event"),
        Kind.LUNCH: _("Lunch room"),
    }


def activity_fields(_row: Model | None) -> list[Field]:
    rooms = [(str(space.id), wording().words(space.name)) for space in spaces()]
    minutes = _("minutes")
    return [
        Field("title", _("Title"), FieldKind.TEXTS, most=120, heading=_("What it is")),
        Field("summary", _("In a few sentences"), FieldKind.LONG_TEXTS, required=False, most=600),
        Field(
            "kind",
            _("Kind"),
            FieldKind.CHOICE,
            choices=[(str(kind), name) for kind, name in kind_names().items()],
            convert=Kind,
            hint=_("Entry, shows, workshops and events are sold to everybody; the rest is for schools."),
        ),
        Field("active", _("It is offered"), FieldKind.YES, hint=_("Otherwise no new times are made of it.")),
        Field(
            "minutes",
            _("How long it lasts"),
            FieldKind.WHOLE,
            least=1,
            most=1440,
            unit=minutes,
            heading=_("Time and room"),
        ),
        Field(
            "turnaround_minutes",
            _("To tidy up after it"),
            FieldKind.WHOLE,
            most=600,
            unit=minutes,
            hint=_("Its space is not free before."),
        ),
        Field(
            "stay_minutes",
            _("How long people stay in the house"),
            FieldKind.WHOLE,
            most=1440,
            required=False,
            unit=minutes,
            hint=_("So long do they count in the house. Empty: 120 for entry, for all else as long as it lasts."),
        ),
        Field(
            "capacity",
            _("Places"),
            FieldKind.WHOLE,
            least=1,
            most=100_000,
            hint=_("At each of its times, unless said otherwise there."),
        ),
        Field(
            "most_places",
            _("Most places in one booking"),
            FieldKind.WHOLE,
            least=1,
            most=500,
            required=False,
            hint=_("At one of its times, online. Empty: as many as there are."),
        ),
        Field("space_id", _("Space"), FieldKind.CHOICE, choices=rooms, convert=int, required=False),
        Field(
            "needs_admission",
            _("Only together with entry"),
            FieldKind.YES,
            heading=_("Selling"),
            hint=_("An add-on, such as a show: whoever comes has entry that day."),
        ),
        Field("least_age", _("Lowest age"), FieldKind.WHOLE, most=99, required=False),
        Field(
            "on_sale_days",
            _("Sale opens before the day"),
            FieldKind.WHOLE,
            least=1,
            most=730,
            required=False,
            hint=_("Days. Empty: as the settings say."),
        ),
        Field(
            "sale_ends_minutes",
            _("Sale ends before it begins"),
            FieldKind.WHOLE,
            most=100_000,
            required=False,
            hint=_("Minutes. Empty: when it begins; for entry as the settings say."),
        ),
        Field("sort", _("Place in lists"), FieldKind.WHOLE, most=1000, hint=_("Small numbers come first.")),
    ]


def activity_wrong(values: dict[str, Any]) -> dict[str, str]:
    if values["kind"] is Kind.ADMISSION and values["needs_admission"]:
        return {"needs_admission": _("This is the entry itself.")}
    if values["kind"] is Kind.ADMISSION and values["space_id"] is None:
        return {"space_id": _("Choose the room that people enter, or the whole house.")}
    if values["kind"] is Kind.ADMISSION and values["stay_minutes"] == 0:
        return {"stay_minutes": _("Write how long people stay, or leave it empty for two hours.")}
    return {}


def activity_complete(row_id: int | None, values: dict[str, Any]) -> dict[str, Any]:
    """What the form leaves open: how long people stay, and the name in addresses."""
    stay = values["stay_minutes"]
    if stay is None:
        stay = ENTRY_STAY if values["kind"] is Kind.ADMISSION else 0
    slug = {"slug": new_slug(Activity, values["title"])} if row_id is None else {}
    return {"stay_minutes": stay} | slug
