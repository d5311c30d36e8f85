"""The centre's rules for schools as values: prices, deadlines, and the ticket types of a visit's lines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select, true
from sqlalchemy.orm import aliased

from booking.agreements.deadlines import Deadlines
from booking.agreements.heads import AS_BOOKED, HeadsTerms
from booking.agreements.models import SchoolRules
from booking.agreements.prices import OwnPrice, Ratio, SchoolPrice, ShowPrice
from booking.catalogue.models import Activity, TicketType
from booking.kernel.database import Texts, run
from booking.kernel.money import Money
from booking.kernel.refusals import Refusal
from booking.programmes.models import PriceBy, Programme, SchoolShow
from booking.programmes.shows import IS_OPEN

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
    """What the centre asks of schools; what it costs them stands in its price list.

    `most_visits` and `most_visitors` of one sender are booked at once, more are asked for; `asks_new`: so is what an
    agreement pays for a sender whom nobody knows. `heads` is by which number classes are billed. Materials for before
    are mailed `material_days` before a visit; None: with the reminder.
    """

    deadlines: Deadlines
    pupil: LineType
    adult: LineType
    lunch: LineType
    most_visits: int
    most_visitors: int
    asks_new: bool
    heads: HeadsTerms = AS_BOOKED
    material_days: int | None = None


_PUPIL, _ADULT, _LUNCH = aliased(TicketType), aliased(TicketType), aliased(TicketType)
_THE_FIRST = SchoolRules.id == select(func.min(SchoolRules.id)).scalar_subquery()
_RULES = (
    select(
        SchoolRules.number_days, SchoolRules.free_days, SchoolRules.late_percent, SchoolRules.same_day_percent,
        SchoolRules.lunch_days, SchoolRules.most_visits, SchoolRules.most_visitors, SchoolRules.asks_new,
        SchoolRules.heads_rule, SchoolRules.floor_percent,
        *(column for kind in (_PUPIL, _ADULT, _LUNCH) for column in (kind.id, kind.title, kind.vat_rate)),
        SchoolRules.material_days,
    )
    .join(_PUPIL, _PUPIL.id == SchoolRules.pupil_type_id)
    .join(_ADULT, _ADULT.id == SchoolRules.adult_type_id)
    .join(_LUNCH, _LUNCH.id == func.coalesce(SchoolRules.lunch_type_id, SchoolRules.adult_type_id))
    .where(_THE_FIRST)
)  # fmt: skip
_OPEN = (
    select(SchoolShow.activity_id, SchoolShow.price, SchoolShow.vat_rate)
    .join(Activity, Activity.id == SchoolShow.activity_id)
    .where(IS_OPEN)
    .subquery()
)
_PRICES = (
    select(
        SchoolRules.pupil_price, SchoolRules.adult_price, SchoolRules.least_price, SchoolRules.lunch_price,
        SchoolRules.children_per_adult, SchoolRules.pupils_per_adult,
        Programme.activity_id, Programme.price_by, Programme.price, Programme.adult_price,
        _OPEN.c.activity_id, _OPEN.c.price, _OPEN.c.vat_rate,
    )
    .select_from(SchoolRules)
    .outerjoin(Programme, Programme.price_by.is_not(None))
    .outerjoin(_OPEN, true())  # each with each: both are a handful
    .where(_THE_FIRST)
)  # fmt: skip


def load_rules() -> RulesForSchools:
    """The centre's rules, in one statement. Raises NoSchools."""
    row = run(_RULES).first()
    if row is None:
        raise NoSchools
    pupil, adult, lunch = (LineType(*row[n : n + 3]) for n in (10, 13, 16))
    rule, most_visits, most_visitors, asks_new = Deadlines(*row[:5]), *row[5:8]
    return RulesForSchools(
        rule, pupil, adult, lunch, most_visits, most_visitors, asks_new, HeadsTerms(*row[8:10]), row[19]
    )  # fmt: skip


def price_list(currency: str) -> SchoolPrice:
    """What the centre takes of schools today, with programmes that have their own price and shows, in one statement.

    Raises NoSchools.
    """
    rows = run(_PRICES).all()
    if not rows:
        raise NoSchools
    pupil, adult, least, lunch, children_per_adult, pupils_per_adult = rows[0][:6]
    own = {
        activity_id: OwnPrice(
            PriceBy(by), Money(each or 0, currency), None if for_adult is None else Money(for_adult, currency)
        )
        for *_of_all, activity_id, by, each, for_adult, _show, _price, _rate in rows
        if activity_id is not None
    }
    return SchoolPrice(
        Money(pupil, currency),
        Money(adult, currency),
        Money(least, currency),
        (Ratio(children_per_adult, (KINDERGARTEN, KINDERGARTEN)), Ratio(pupils_per_adult)),
        own,
        Money(lunch, currency),
        {show_id: ShowPrice(Money(each, currency), rate) for *_row, show_id, each, rate in rows if show_id is not None},
    )


def lunch_price(currency: str) -> Money:
    """What a seat in the lunch room costs today, in one statement; nothing where schools cannot book."""
    rows = run(select(SchoolRules.lunch_price).order_by(SchoolRules.id).limit(1))
    return Money(rows.scalar() or 0, currency)


def school_year(on: date) -> int:
    """The year in which the school year of a date began."""
    return on.year if on.month >= SCHOOL_YEAR_BEGINS else on.year - 1
