"""What the settings ask of the centre, each rule with a plain hint."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

from babel.numbers import get_currency_name, get_currency_precision, list_currencies
from flask_babel import gettext as _
from flask_babel import pgettext

from booking.centre import colours
from booking.centre.models import Strictness
from booking.web.forms.chosen_fields import ChoiceField, EnumField, SeveralField, YesField
from booking.web.forms.fields import (
    ColourField,
    EmailField,
    Field,
    LongTextsField,
    MoneyField,
    TextField,
    TextsField,
    WholeField,
)
from booking.web.languages import LANGUAGES, wording
from booking.web.typed import Wrong
from booking.withdrawals.period import LEAST_DAYS


class WebsiteField(TextField):
    """The address of a website; "" for none."""

    __slots__ = ()

    def value_of(self, text: str) -> str:
        """An address that begins with http:// or https://; "" for none. Raises Wrong."""
        if text and not text.startswith(("https://", "http://")):
            raise Wrong(_("It begins with https://."))
        return text


class BrandColourField(ColourField):
    """A colour on which white words can be read."""

    __slots__ = ()

    def value_of(self, colour: str) -> str:
        """The colour, if white words are read well on it. Raises Wrong, and names a colour near it that will do."""
        ratio = colours.contrast(colour, colours.SHEET)
        if ratio >= colours.ENOUGH:
            return colour
        raise Wrong(
            _(
                "White words on it cannot be read well (%(ratio)s : 1, needed 4.5 : 1). "
                "Choose a darker one, such as %(other)s.",
                ratio=f"{ratio:.1f}",
                other=colours.readable(colour, (colours.SHEET,), colours.INK),
            )
        )


class AccentColourField(ColourField):
    """A colour on which either white or dark words can be read."""

    __slots__ = ()

    def value_of(self, colour: str) -> str:
        """The colour, if white words or dark ones are read well on it. Raises Wrong."""
        if colours.contrast(colours.readable_on(colour), colour) < colours.ENOUGH:
            raise Wrong(_("Neither white nor dark words can be read well on it. Choose a lighter or a darker one."))
        return colour


def centre_fields() -> list[Field]:
    """Who the centre is, how it looks, how it reckons, and its rules."""
    return [
        *_who(),
        *_looks(),
        *_reckons(),
        *_paying(),
        *_limits(),
        _two_at_once(),
        *_sale(),
        *_changing(),
        *_door(),
        *_gift_cards(),
        *_withdrawals(),
    ]


def _who() -> list[Field]:
    return [
        TextField("name", pgettext("of a thing", "Name"), most=120, heading=_("The centre")),
        TextField("legal_name", _("Legal name"), most=120, hint=_("As it stands on receipts and invoices.")),
        TextField("org_number", _("Organisation number"), most=20, required=False),
        EmailField("email", _("Email"), most=254, hint=_("Where visitors write to, shown on every page.")),
        TextField("phone", _("Phone"), most=40, required=False),
        TextField("address", _("Address"), required=False),
        WebsiteField("website", _("Website"), required=False),
        TextsField("tagline", _("A line of welcome"), required=False, hint=_("On the front page.")),
        LongTextsField("find_us", _("How to find you"), required=False, most=1000),
    ]


def _looks() -> list[Field]:
    words_on_it = _("Buttons, links and headings. White words stand on it.")
    return [
        BrandColourField("brand", _("Main colour"), heading=_("Colours"), hint=words_on_it),
        AccentColourField("accent", _("Second colour"), hint=_("Small marks and outlines.")),
    ]


def _reckons() -> list[Field]:
    return [
        SeveralField(
            "languages",
            _("Languages"),
            choices=list(LANGUAGES.items()),
            heading=_("Language, money, time"),
            hint=_("Visitors choose among these."),
        ),
        ChoiceField(
            "first_language",
            _("First language"),
            choices=list(LANGUAGES.items()),
            stored=False,
            hint=_("For visitors whose browser speaks none of them. Every text is written in it at least."),
        ),
        ChoiceField(
            "country", _("Country"), choices=countries(), hint=_("Its public holidays are proposed as closing days.")
        ),
        ChoiceField("currency", _("Currency"), choices=_currencies()),
        ChoiceField("timezone", _("Time zone"), choices=[(name, name) for name in _zones()]),
    ]


def _paying() -> list[Field]:
    so_long = _("So long has a visitor to fill in and pay before others may have the places.")
    keeps = _("Places are kept while paying")
    return [
        WholeField("hold_minutes", keeps, least=1, most=120, unit=_("minutes"), heading=_("Buying"), hint=so_long),
        WholeField("hold_renewals", _("How often that may be prolonged"), most=20),
    ]


def _limits() -> list[Field]:
    person = _("Most places without payment, by email address")
    of_one_day = _("Of one day: in baskets, while paying, offered from the waiting list, and free of charge.")
    address = _("Most places without payment, by network address")
    as_above = _("As above. A school or a café may have one address for all who are there.")
    free = _("Free tickets that need no confirmation by email")
    by_the_link = _("A free booking of more is confirmed by the link in an email. The places are held meanwhile.")
    mails = _("Mails of one kind to one address in a day")
    held_back = _("Of those that anybody can have us send. What is more is held back until staff let it through.")
    groups = _("Larger groups are asked to write.")
    return [
        WholeField("most_people", _("Most people in one booking"), least=1, most=500, hint=groups),
        WholeField("most_places_person", person, least=1, most=5000, hint=of_one_day),
        WholeField("most_places_address", address, least=1, most=5000, hint=as_above),
        WholeField("most_free_places", free, most=500, hint=by_the_link),
        WholeField("most_mails", mails, least=1, most=1000, hint=held_back),
    ]


def _two_at_once() -> Field:
    ways = [
        (Strictness.WARN.value, _("Ask whether that is right")),
        (Strictness.REFUSE.value, _("Refuse it")),
    ]
    return EnumField("two_at_once", _("Two shows at one time for the same people"), choices=ways, kind=Strictness)


def _sale() -> list[Field]:
    after_it_began = _("Entry is sold after its time has begun")
    from_now_on = _("For times that are made from now on.")
    or_fewer = _("So many free places or fewer.")
    minutes = _("minutes")
    return [
        WholeField("on_sale_days", _("Sale opens before the day"), least=1, most=730, unit=_("days")),
        WholeField("sale_ends_minutes", after_it_began, most=600, unit=minutes),
        WholeField("few_left", _("“Few left” is shown from"), least=1, most=500, hint=or_fewer),
        WholeField("slot_minutes", _("The house is counted every"), least=5, most=240, unit=minutes, hint=from_now_on),
    ]


def _changing() -> list[Field]:
    hours, before = _("hours"), _("Before the visit begins.")
    by_themselves = _("Visitors change by themselves until")
    return [
        WholeField(
            "change_until_hours",
            by_themselves,
            most=2000,
            unit=hours,
            heading=_("Changing and cancelling"),
            hint=before,
        ),
        WholeField("refund_until_hours", _("All the money back until"), most=2000, unit=hours, hint=before),
        WholeField("late_refund_percent", _("Share of the money back after that"), most=100, unit="%"),
        WholeField("offer_hours", _("An offer from the waiting list lasts"), least=1, most=336, unit=hours),
    ]


def _door() -> list[Field]:
    return [
        WholeField(
            "door_early_minutes",
            _("Let in before the time on the ticket"),
            most=600,
            unit=_("minutes"),
            heading=_("At the door"),
        ),
        WholeField("door_late_minutes", _("Let in after it"), most=600, unit=_("minutes")),
        YesField("door_moves", _("Whoever comes at another time is moved to the present one where there is room")),
    ]


def _gift_cards() -> list[Field]:
    none = _("0 where the house has no gift cards.")
    stopped = _("0 stops the sale; cards that are sold are taken as before.")
    return [
        MoneyField("gift_card_step", _("Gift cards are sold in steps of"), heading=_("Gift cards"), hint=none),
        MoneyField("gift_card_least", _("The smallest")),
        MoneyField("gift_card_most", _("The largest"), hint=stopped),
        WholeField("gift_card_months", _("They are valid for"), least=1, most=120, unit=_("months")),
    ]


def _withdrawals() -> list[Field]:
    of_what = _("For gift cards; a visit at a set time has no such right. The law asks for fourteen days at least.")
    moves = _("A period that would end on a Saturday, a Sunday or a public holiday ends with the next working day")
    return [
        WholeField(
            "withdrawal_days",
            _("Buyers may withdraw from a purchase for"),
            least=LEAST_DAYS,
            most=365,
            unit=_("days"),
            heading=_("Right of withdrawal"),
            hint=of_what,
        ),
        YesField("withdrawal_moves", moves),
    ]


def countries() -> list[tuple[str, str]]:
    """Every country by its code, as the reader's alphabet has them."""
    names = wording().locale.territories
    listed = [
        (code, str(names[code])) for code in names if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRY
    ]
    return wording().in_order(listed, lambda country: country[1])


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
