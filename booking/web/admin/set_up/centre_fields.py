"""What the settings ask of the centre, each rule with a plain hint."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

from babel.numbers import get_currency_name, get_currency_precision, list_currencies
from flask_babel import gettext as _
from flask_babel import pgettext

from booking.centre import colours
from booking.centre.models import Strictness
from booking.web.forms.fields import Field, FieldKind
from booking.web.languages import LANGUAGES, wording


def centre_fields() -> list[Field]:
    """Who the centre is, how it looks, how it reckons, and its rules."""
    return [*_who(), *_looks(), *_reckons(), *_rules(), *_door()]


def _who() -> list[Field]:
    return [
        Field("name", pgettext("of a thing", "Name"), most=120, heading=_("The centre")),
        Field("legal_name", _("Legal name"), most=120, hint=_("As it stands on receipts and invoices.")),
        Field("org_number", _("Organisation number"), most=20, required=False),
        Field("email", _("E-mail"), FieldKind.EMAIL, most=254, hint=_("Where visitors write to, shown on every page.")),
        Field("phone", _("Phone"), most=40, required=False),
        Field("address", _("Address"), required=False),
        Field("website", _("Website"), required=False, check=_is_website),
        Field("tagline", _("A line of welcome"), FieldKind.TEXTS, required=False, hint=_("On the front page.")),
        Field("find_us", _("How to find you"), FieldKind.LONG_TEXTS, required=False, most=1000),
    ]


def _looks() -> list[Field]:
    return [
        Field(
            "brand",
            _("Main colour"),
            FieldKind.COLOUR,
            heading=_("Colours"),
            check=_is_readable,
            hint=_("Buttons, links and headings. White words stand on it."),
        ),
        Field(
            "accent", _("Second colour"), FieldKind.COLOUR, check=_can_carry_words, hint=_("Small marks and outlines.")
        ),
    ]


def _reckons() -> list[Field]:
    return [
        Field(
            "languages",
            _("Languages"),
            FieldKind.SEVERAL,
            choices=list(LANGUAGES.items()),
            heading=_("Language, money, time"),
            hint=_("Visitors choose among these."),
        ),
        Field(
            "first_language",
            _("First language"),
            FieldKind.CHOICE,
            choices=list(LANGUAGES.items()),
            stored=False,
            hint=_("For visitors whose browser speaks none of them. Every text is written in it at least."),
        ),
        Field(
            "country",
            _("Country"),
            FieldKind.CHOICE,
            choices=_countries(),
            hint=_("Its public holidays are proposed as closing days."),
        ),
        Field("currency", _("Currency"), FieldKind.CHOICE, choices=_currencies()),
        Field("timezone", _("Time zone"), FieldKind.CHOICE, choices=[(name, name) for name in _zones()]),
    ]


def _rules() -> list[Field]:
    minutes, hours, days = _("minutes"), _("hours"), _("days")
    return [
        Field(
            "hold_minutes",
            _("Places are kept while paying"),
            FieldKind.WHOLE,
            least=1,
            most=120,
            unit=minutes,
            heading=_("Buying"),
            hint=_("So long has a visitor to fill in and pay before others may have the places."),
        ),
        Field("hold_renewals", _("How often that may be prolonged"), FieldKind.WHOLE, most=20),
        Field(
            "most_people",
            _("Most people in one booking"),
            FieldKind.WHOLE,
            least=1,
            most=500,
            hint=_("Larger groups are asked to write."),
        ),
        Field(
            "most_places_person",
            _("Most places without payment, by e-mail address"),
            FieldKind.WHOLE,
            least=1,
            most=5000,
            hint=_("Of one day: in baskets, while paying, offered from the waiting list, and free of charge."),
        ),
        Field(
            "most_places_address",
            _("Most places without payment, by network address"),
            FieldKind.WHOLE,
            least=1,
            most=5000,
            hint=_("As above. A school or a café may have one address for all who are there."),
        ),
        Field(
            "most_free_places",
            _("Free places without a yes by mail"),
            FieldKind.WHOLE,
            most=500,
            hint=_("A free booking of more is confirmed by the link in a mail. The places are kept meanwhile."),
        ),
        Field(
            "most_mails",
            _("Mails of one kind to one address in a day"),
            FieldKind.WHOLE,
            least=1,
            most=1000,
            hint=_("Of those that anybody can have us send. What is more is held back until staff let it through."),
        ),
        Field(
            "two_at_once",
            _("Two shows at one time for the same people"),
            FieldKind.CHOICE,
            choices=[
                (Strictness.WARN.value, _("Ask whether that is right")),
                (Strictness.REFUSE.value, _("Refuse it")),
            ],
            convert=Strictness,
        ),
        Field("on_sale_days", _("Sale opens before the day"), FieldKind.WHOLE, least=1, most=730, unit=days),
        Field(
            "sale_ends_minutes", _("Entry is sold after its time has begun"), FieldKind.WHOLE, most=600, unit=minutes
        ),
        Field(
            "few_left",
            _("“Few left” is shown from"),
            FieldKind.WHOLE,
            least=1,
            most=500,
            hint=_("So many free places or fewer."),
        ),
        Field(
            "slot_minutes",
            _("The house is counted every"),
            FieldKind.WHOLE,
            least=5,
            most=240,
            unit=minutes,
            hint=_("For times that are made from now on."),
        ),
        Field(
            "change_until_hours",
            _("Visitors change by themselves until"),
            FieldKind.WHOLE,
            most=2000,
            unit=hours,
            heading=_("Changing and cancelling"),
            hint=_("Before the visit begins."),
        ),
        Field(
            "refund_until_hours",
            _("All the money back until"),
            FieldKind.WHOLE,
            most=2000,
            unit=hours,
            hint=_("Before the visit begins."),
        ),
        Field("late_refund_percent", _("Share of the money back after that"), FieldKind.WHOLE, most=100, unit="%"),
        Field("offer_hours", _("An offer from the waiting list lasts"), FieldKind.WHOLE, least=1, most=336, unit=hours),
    ]


def _door() -> list[Field]:
    return [
        Field(
            "door_early_minutes",
            _("Let in before the time on the ticket"),
            FieldKind.WHOLE,
            most=600,
            unit=_("minutes"),
            heading=_("At the door"),
        ),
        Field("door_late_minutes", _("Let in after it"), FieldKind.WHOLE, most=600, unit=_("minutes")),
        Field(
            "door_moves",
            _("Whoever comes at another time is moved to the present one where there is room"),
            FieldKind.YES,
        ),
    ]


def _is_website(said: str) -> str:
    return "" if not said or said.startswith(("https://", "http://")) else _("It begins with https://.")


def _is_readable(colour: str) -> str:
    ratio = colours.contrast(colour, colours.SHEET)
    if ratio >= colours.ENOUGH:
        return ""
    words: str = _(
        "White words on it cannot be read well (%(ratio)s : 1, needed 4.5 : 1). "
        "Choose a darker one, such as %(other)s.",
        ratio=f"{ratio:.1f}",
        other=colours.readable(colour, (colours.SHEET,), colours.INK),
    )
    return words


def _can_carry_words(colour: str) -> str:
    if colours.contrast(colours.readable_on(colour), colour) >= colours.ENOUGH:
        return ""
    return str(_("Neither white nor dark words can be read well on it. Choose a lighter or a darker one."))


def _countries() -> list[tuple[str, str]]:
    names = wording().locale.territories
    found = [
        (code, str(names[code])) for code in names if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRY
    ]
    return wording().in_order(found, lambda one: one[1])


_NO_COUNTRY = frozenset({"EU", "EZ", "UN", "ZZ", "XA", "XB", "QO"})


def _currencies() -> list[tuple[str, str]]:
    locale = wording().locale
    return [(code, f"{code} · {get_currency_name(code, locale=locale)}") for code in _with_cents()]


@cache
def _with_cents() -> list[str]:
    """Currencies that are counted in hundredths, as everything here is; those of the north first."""
    near = ["NOK", "EUR", "SEK", "DKK", "ISK", "GBP", "PLN", "CHF", "USD"]
    known = list_currencies("en")
    return [code for code in near if code in known and get_currency_precision(code) == 2]


@cache
def _zones() -> list[str]:
    return sorted(
        name for name in available_timezones() if name.startswith("Europe/") or name in ("UTC", "Atlantic/Reykjavik")
    )
