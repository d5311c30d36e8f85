"""The centre's rules for schools as values: prices, deadlines, and the ticket types of a visit's lines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from booking.agreements.deadlines import Deadlines
from booking.agreements.models import SchoolRules
from booking.agreements.prices import OwnPrice, Ratio, SchoolPrice
from booking.agreements.queries import school_rules
from booking.catalogue.models import TicketType
from booking.kernel.database import Texts, db, run
from booking.kernel.money import Money
from booking.kernel.refusals import Refusal
from booking.programmes.models import PriceBy, Programme

KINDERGARTEN = 0
SCHOOL_YEAR_BEGINS = 8  # August


class NoSchools(Refusal):
    """The centre has no rules for schools, so they cannot book here."""


@dataclass(frozen=True, slots=True)
class LineType:
    """A ticket type as lines are written with it."""

    id: int
    title: Texts
    vat_rate: int


@dataclass(frozen=True, slots=True)
class RulesForSchools:
    """What the centre asks of schools."""

    price: SchoolPrice
    deadlines: Deadlines
    pupil: LineType
    adult: LineType
    lunch: LineType


def load_rules(currency: str) -> RulesForSchools:
    """The centre's rules, in three statements. Raises NoSchools."""
    row = school_rules()
    if row is None:
        raise NoSchools
    wanted = [row.pupil_type_id, row.adult_type_id, row.lunch_type_id or row.adult_type_id]
    types = {
        one.id: LineType(one.id, one.title, one.vat_rate)
        for one in db.session.scalars(select(TicketType).where(TicketType.id.in_(set(wanted))))
    }
    price = SchoolPrice(
        Money(row.pupil_price, currency),
        Money(row.adult_price, currency),
        Money(row.least_price, currency),
        (Ratio(row.children_per_adult, (KINDERGARTEN, KINDERGARTEN)), Ratio(row.pupils_per_adult)),
        _own_prices(currency),
        Money(row.lunch_price, currency),
    )
    deadlines = Deadlines(row.number_days, row.free_days, row.late_percent, row.same_day_percent, row.lunch_days)
    pupil, adult, lunch = (types[one] for one in wanted)
    return RulesForSchools(price, deadlines, pupil, adult, lunch)


def lunch_price(currency: str) -> Money:
    """What a seat in the lunch room costs today, in one statement; nothing where schools cannot book."""
    rows = run(select(SchoolRules.lunch_price).order_by(SchoolRules.id).limit(1))
    return Money(rows.scalar() or 0, currency)


def _own_prices(currency: str) -> dict[int, OwnPrice]:
    rows = run(
        select(Programme.activity_id, Programme.price_by, Programme.price, Programme.adult_price).where(
            Programme.price_by.is_not(None)
        )
    )
    return {
        activity_id: OwnPrice(
            PriceBy(by), Money(each or 0, currency), None if adult is None else Money(adult, currency)
        )
        for activity_id, by, each, adult in rows
    }


def school_year(on: date) -> int:
    """The year in which the school year of a date began."""
    return on.year if on.month >= SCHOOL_YEAR_BEGINS else on.year - 1
