"""The centre as a value: what pages and rules need to know of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select

from booking.centre.models import Centre, DayException, Strictness
from booking.kernel.database import Texts
from booking.kernel.prepared import ReadyStatement
from booking.kernel.refusals import Refusal
from booking.kernel.used_again import MarkedRow, used_again
from booking.pictures.facts import PictureFacts


class NoCentre(Refusal):
    """The database holds no centre yet."""


@dataclass(frozen=True, slots=True)
class CentreFacts:
    """One row of the table `centre`, read once a request. Minutes, hours and people as the names say."""

    name: str
    legal_name: str
    org_number: str
    country: str
    timezone: str
    currency: str
    languages: list[str]
    address: str
    phone: str
    email: str
    website: str
    tagline: Texts
    find_us: Texts
    brand: str
    accent: str
    logo: str
    newsletter_topics: dict[str, dict[str, str]]
    picture: PictureFacts | None  # of the house
    hold_minutes: int
    hold_renewals: int
    most_people: int
    most_places_person: int
    most_places_address: int
    most_free_places: int
    most_mails: int
    two_at_once: Strictness
    offer_hours: int
    sale_ends_minutes: int
    on_sale_days: int
    change_until_hours: int
    refund_until_hours: int
    late_refund_percent: int
    few_left: int
    slot_minutes: int
    door_early_minutes: int
    door_late_minutes: int
    gift_card_least: int  # minor units, as the two below
    gift_card_most: int  # 0 while none are sold
    gift_card_step: int  # 0 where there are none at all
    gift_card_months: int
    has_campaigns: bool  # or had
    sells_passes: bool
    withdrawal_days: int  # at least those of the law
    withdrawal_moves: bool  # a period that would end on a day off ends with the next working day
    door_moves: bool

    @property
    def has_gift_cards(self) -> bool:
        """Whether one pays with gift cards here, even where none are sold any more."""
        return self.gift_card_step > 0

    @property
    def sells_gift_cards(self) -> bool:
        """Whether they are sold."""
        return self.has_gift_cards and self.gift_card_most >= max(self.gift_card_least, 1)

    @property
    def zone(self) -> ZoneInfo:
        """The centre's time zone."""
        return ZoneInfo(self.timezone)

    def local(self, moment: datetime) -> datetime:
        """The moment on the centre's wall clock."""
        return moment.astimezone(self.zone)


# What staff pages show before there is a centre: somebody must be able to sign in and make it.
NOT_YET = CentreFacts(
    name="Bestill", legal_name="", org_number="", country="NO", timezone="Europe/Oslo", currency="NOK",
    languages=["en"], address="", phone="", email="", website="", tagline={}, find_us={}, brand="#0b4f6c",
    accent="#f2a541", logo="", newsletter_topics={}, picture=None, hold_minutes=15, hold_renewals=4, most_people=30,
    most_places_person=40, most_places_address=60, most_free_places=6, most_mails=10, two_at_once=Strictness.WARN,
    offer_hours=12, sale_ends_minutes=30, on_sale_days=120, change_until_hours=2, refund_until_hours=24,
    late_refund_percent=0, few_left=10, slot_minutes=30, door_early_minutes=30, door_late_minutes=60, gift_card_least=0,
    gift_card_most=0, gift_card_step=0, gift_card_months=36, has_campaigns=False, sells_passes=False,
    withdrawal_days=14, withdrawal_moves=True, door_moves=True,
)  # fmt: skip

_COLUMNS = tuple(getattr(Centre, name) for name in CentreFacts.__dataclass_fields__)

_CENTRE = MarkedRow(select(*_COLUMNS).order_by(Centre.id).limit(1), lambda row: CentreFacts(*row))
_CLOSING_DAYS = ReadyStatement(
    select(DayException.on_date, DayException.reason).where(
        DayException.on_date >= bindparam("start"),
        DayException.on_date < bindparam("end"),
        DayException.opens.is_(None),
    )
)


def the_centre() -> CentreFacts:
    """The centre, in one statement at most. Raises NoCentre in an empty database."""
    facts = _CENTRE.get()
    if facts is None:
        raise NoCentre
    return facts


def closing_days(start: date, end: date) -> Mapping[date, Texts]:
    """The dates in [start, end) on which the centre is closed out of the ordinary, and why."""
    values = {"start": start, "end": end}
    return used_again((_CLOSING_DAYS, start, end), lambda: {day: reason for day, reason in _CLOSING_DAYS.rows(values)})


Holidays = dict[tuple[str, int], frozenset[date]]  # by country (ISO 3166 alpha-2) and year
_HOLIDAYS: Holidays = {}


def is_public_holiday(country: str, day: date) -> bool:
    """Whether `day` is a public holiday in a country (ISO 3166 alpha-2), Sundays as such not counted."""
    key = country, day.year
    if key not in _HOLIDAYS:
        _HOLIDAYS[key] = holidays_of(*key)
    return day in _HOLIDAYS[key]


def holidays_of(country: str, year: int) -> frozenset[date]:
    """The public holidays of a year. Loads a library of 16 MB; `is_public_holiday` asks once."""
    import holidays

    return frozenset(holidays.country_holidays(country, years=year))


def remember_holidays(known: Holidays) -> None:
    """Take over what another process has found out, so that this one never loads the library."""
    _HOLIDAYS.update(known)
