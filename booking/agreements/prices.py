"""What a visit costs and who pays: the centre's price for schools, and the agreements that pay for some of them.

Pure: the caller finds the agreements that a school has and what is left of each this school year, best first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from booking.agreements.serving import Served, at_least_cost
from booking.kernel.money import Money, part_of
from booking.planner.wish import Group
from booking.programmes.models import PriceBy


class VisitKind(StrEnum):
    """What a school comes for, or that we come to it: agreements may pay for some of these only."""

    PROGRAMME = "programme"
    ADMISSION = "admission"  # the exhibition alone
    OUTREACH = "outreach"


@dataclass(frozen=True, slots=True)
class Ratio:
    """One adult comes free for each so many pupils; a part of so many counts as a whole. None: all grades, kinds."""

    pupils: int
    grades: tuple[int, int] | None = None
    kinds: frozenset[VisitKind] | None = None

    def holds_for(self, group: Group, kind: VisitKind) -> bool:
        """Whether it is the ratio of such a group."""
        return _among(group.grade, self.grades) and (self.kinds is None or kind in self.kinds)


@dataclass(frozen=True, slots=True)
class OwnPrice:
    """What one programme costs in place of the centre's price: a pupil, or a whole group with its adults, or nothing.

    A paying adult costs `adult` where the price is by person; None: as a pupil does.
    """

    by: PriceBy
    each: Money
    adult: Money | None = None


@dataclass(frozen=True, slots=True)
class ShowPrice:
    """What a show costs a pupil, and an adult who does not come free; `vat_rate` in hundredths of a percent."""

    each: Money
    vat_rate: int


@dataclass(frozen=True, slots=True)
class SchoolPrice:
    """What the centre takes: for a pupil, for an adult who does not come free, and of a group at least.

    Of the ratios the first that holds counts; without one every adult pays. `own` are the programmes (activity ids)
    that have a price of their own: each of them is paid for by itself, all the others together once.
    `lunch` is for everybody who has a seat in the lunch room; None: nothing. `shows` are those that are open to
    classes, by activity id: no other can be had.
    """

    pupil: Money
    adult: Money
    least: Money
    ratios: tuple[Ratio, ...] = ()
    own: Mapping[int, OwnPrice] = field(default_factory=dict)
    lunch: Money | None = None
    shows: Mapping[int, ShowPrice] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GroupPrice:
    """The price of one group and how it came about; `least` when so few pay that the least amount counts.

    `for_adults` is what of the amount is for the paying adults.
    """

    pupils: int
    free_adults: int
    paying_adults: int
    amount: Money
    least: bool
    for_adults: Money


class Pays(StrEnum):
    """How an agreement says what its payer pays."""

    ALL = "all"
    SHARE = "share"
    PER_PUPIL = "per_pupil"
    PER_GROUP = "per_group"


@dataclass(frozen=True, slots=True)
class AgreementTerms:
    """What a municipality or county pays for its schools. None: no limit.

    `percent` is for a share, `each` in the currency's minor units for a fixed sum. `visits_left` counts groups,
    `pupils_left` pupils, both in this school year; the groups named in `had_theirs` have no visit left of their own.
    `price` is one that was agreed on, in place of the centre's own.
    What the payer does not pay, the school does.
    """

    agreement_id: int
    payer_id: int
    pays: Pays
    percent: int = 100
    each: int = 0
    grades: tuple[int, int] | None = None
    from_date: date | None = None
    until_date: date | None = None
    kinds: frozenset[VisitKind] | None = None
    visits_left: int | None = None
    pupils_left: int | None = None
    price: SchoolPrice | None = None
    had_theirs: frozenset[str] = frozenset()


class Because(StrEnum):
    """The rule by which somebody owes a sum: how the payer pays, or why the school does."""

    ALL = "all"
    SHARE = "share"
    PER_PUPIL = "per_pupil"
    PER_GROUP = "per_group"
    REST = "rest"  # what an agreement leaves to the school
    USED_UP = "used_up"  # an agreement would have paid, but nothing is left of it
    OTHER_DATE = "other_date"
    OTHER_GRADE = "other_grade"
    OTHER_KIND = "other_kind"
    NO_AGREEMENT = "no_agreement"


@dataclass(frozen=True, slots=True)
class Due:
    """What one payer owes for one group. `payer_id` None is the school; `agreement_id` the agreement it is about."""

    payer_id: int | None
    group: str
    amount: Money
    because: Because
    agreement_id: int | None = None
    pupils: int = 0  # how many of the group it is for
    for_lunch: bool = False  # which no agreement pays
    show_id: int | None = None  # the show (activity id) that it is for, which no agreement pays either


@dataclass(frozen=True, slots=True)
class Bill:
    """Who owes what for a visit. The sums of all payers are the whole."""

    dues: tuple[Due, ...]
    whole: Money

    def by_payer(self) -> dict[int | None, Money]:
        """What each payer owes for all groups; the school is None."""
        sums: dict[int | None, Money] = {}
        for due in self.dues:
            sums[due.payer_id] = sums.get(due.payer_id, Money(0, self.whole.currency)) + due.amount
        return sums

    def in_minor_units(self) -> dict[int | None, int]:
        """The same as bare numbers, as a page says them and gets them back."""
        return {payer: amount.minor for payer, amount in self.by_payer().items()}


_Used = tuple[tuple[int, int], ...]  # what groups of the same visit have taken of each agreement: visits and pupils


def price_of(group: Group, kind: VisitKind, price: SchoolPrice) -> GroupPrice:
    """What one group costs by the centre's own prices, whoever pays, for the programmes that it names."""
    ratio = next((ratio for ratio in price.ratios if ratio.holds_for(group, kind)), None)
    free = 0 if ratio is None else min(group.adults, -(-group.pupils // ratio.pupils))
    paying, nothing = group.adults - free, price.pupil * 0
    named = dict.fromkeys(group.programmes or ())
    own = [price.own[activity_id] for activity_id in named if activity_id in price.own]
    of_pupils, of_adults, least = nothing, nothing, False
    if len(own) < len(named) or not named:
        of_pupils, of_adults = price.pupil * group.pupils, price.adult * paying
        least = of_pupils + of_adults < price.least
        of_pupils = max(of_pupils, price.least - of_adults)
    for own_price in own:
        if own_price.by is PriceBy.GROUP:
            of_pupils += own_price.each
        elif own_price.by is PriceBy.PERSON:
            of_pupils += own_price.each * group.pupils
            of_adults += (own_price.each if own_price.adult is None else own_price.adult) * paying
    return GroupPrice(group.pupils, free, paying, of_pupils + of_adults, least, of_adults)


def bill(
    groups: Sequence[Group], kind: VisitKind, on: date, price: SchoolPrice, agreements: Sequence[AgreementTerms] = ()
) -> Bill:
    """What each payer owes for a visit on a date. Each group is paid by the first agreement that holds for it.

    An agreement with fewer pupils left than a group has pays for those. Where less is left than the groups could use,
    they are served in the order in which the school pays least, whatever order they are named in; where that makes no
    difference, larger ones and earlier names come first. A group for which an agreement pays nothing takes nothing of
    what is left of it. What a class is taught is paid by agreement; its lunch and the shows that it sees are the
    school's own.
    """

    def serve(place: int, used: _Used) -> Served[list[Due], _Used]:
        return _dues(groups[place], kind, on, price, agreements, used)

    nothing: _Used = ((0, 0),) * len(agreements)
    if _is_scarce(groups, agreements):
        paid = at_least_cost(sorted(range(len(groups)), key=lambda place: _first_come(groups[place])), nothing, serve)
    else:
        paid = {place: serve(place, nothing).got for place in range(len(groups))}
    dues: list[Due] = []
    for place, group in enumerate(groups):
        dues += paid[place]
        eaten = lunch_of(group, price)
        if eaten:
            dues.append(Due(None, group.name, eaten, Because.NO_AGREEMENT, None, group.pupils, for_lunch=True))
        for seen in shows_of(group, kind, price):
            if seen.amount:
                owed = Due(None, group.name, seen.amount, Because.NO_AGREEMENT, None, group.pupils, show_id=seen.id)
                dues.append(owed)
    whole = sum((due.amount for due in dues), Money(0, price.pupil.currency))
    return Bill(tuple(dues), whole)


def lunch_of(group: Group, price: SchoolPrice) -> Money:
    """What a group's seats in the lunch room cost: nothing where it does not eat there."""
    each = price.lunch if group.eats else None
    return price.pupil * 0 if each is None else each * group.people


@dataclass(frozen=True, slots=True)
class SeenShow:
    """What a show costs one group: for its pupils, and for the adults who do not come free."""

    id: int
    for_pupils: Money
    for_adults: Money
    vat_rate: int

    @property
    def amount(self) -> Money:
        """For all of them."""
        return self.for_pupils + self.for_adults


def shows_of(group: Group, kind: VisitKind, price: SchoolPrice) -> list[SeenShow]:
    """What the shows cost that a group sees, each by itself; one that is not open to classes has no price."""
    paying = price_of(group, kind, price).paying_adults
    return [
        SeenShow(show_id, show.each * group.pupils, show.each * paying, show.vat_rate)
        for show_id in dict.fromkeys(group.shows or ())
        if (show := price.shows.get(show_id)) is not None
    ]


def _first_come(group: Group) -> tuple[int, str, int, int, tuple[int, ...]]:
    return -group.pupils, group.name, group.grade, group.adults, group.programmes or ()


def _is_scarce(groups: Sequence[Group], agreements: Sequence[AgreementTerms]) -> bool:
    """Whether some agreement may have less left than the groups could use: only then does their order matter."""
    pupils = sum(group.pupils for group in groups)
    return any(
        (agreement.visits_left is not None and agreement.visits_left < len(groups))
        or (agreement.pupils_left is not None and agreement.pupils_left < pupils)
        for agreement in agreements
    )


def _dues(
    group: Group, kind: VisitKind, on: date, price: SchoolPrice, agreements: Sequence[AgreementTerms], used: _Used
) -> Served[list[Due], _Used]:
    """What is owed for one group after others have `used` so much; its cost is what the school pays."""
    missed: tuple[Because, int | None] = Because.NO_AGREEMENT, None
    for nth, agreement in enumerate(agreements):
        miss = _miss(agreement, group, kind, on, used[nth])
        if miss is None:
            amount = price_of(group, kind, agreement.price or price).amount
            dues, covered = _paid_by(agreement, group, amount, used[nth][1])
            if covered is not None:
                visits, pupils = used[nth]
                used = (*used[:nth], (visits + 1, pupils + covered), *used[nth + 1 :])
            return Served(dues, sum(due.amount.minor for due in dues if due.payer_id is None), used)
        missed = min(missed, (miss, agreement.agreement_id), key=lambda reason: _CLOSEST.index(reason[0]))
    amount = price_of(group, kind, price).amount
    return Served([Due(None, group.name, amount, *missed, group.pupils)] if amount else [], amount.minor, used)


def _paid_by(agreement: AgreementTerms, group: Group, amount: Money, taken: int) -> tuple[list[Due], int | None]:
    """What the agreement pays of an amount and what it leaves to the school, and for how many pupils it pays.

    None: it pays nothing. `taken` pupils have been paid for before.
    """
    covered = group.pupils
    if agreement.pupils_left is not None:
        covered = min(covered, agreement.pupils_left - taken)
    for_all = min(_paid_for_all(agreement, group, amount.minor), amount.minor)
    paid = Money(_proportion(for_all, covered, group.pupils), amount.currency)
    all_covered = covered == group.pupils
    because = Because.REST if all_covered else Because.USED_UP
    rest_for = group.pupils if all_covered else group.pupils - covered
    dues = (
        Due(agreement.payer_id, group.name, paid, Because(agreement.pays), agreement.agreement_id, covered),
        Due(None, group.name, amount - paid, because, agreement.agreement_id, rest_for),
    )
    return [due for due in dues if due.amount], covered if paid else None


def _paid_for_all(agreement: AgreementTerms, group: Group, price: int) -> int:
    match agreement.pays:
        case Pays.ALL:
            return price
        case Pays.SHARE:
            return part_of(price, agreement.percent)
        case Pays.PER_PUPIL:
            return agreement.each * group.pupils
        case Pays.PER_GROUP:
            return agreement.each


def _miss(agreement: AgreementTerms, group: Group, kind: VisitKind, on: date, used: tuple[int, int]) -> Because | None:
    """Why an agreement does not hold for a group; None when it does."""
    if agreement.kinds is not None and kind not in agreement.kinds:
        return Because.OTHER_KIND
    if not _among(group.grade, agreement.grades):
        return Because.OTHER_GRADE
    if (agreement.from_date or on) > on or (agreement.until_date or on) < on:
        return Because.OTHER_DATE
    visits, pupils = used
    no_visits = agreement.visits_left is not None and agreement.visits_left <= visits
    no_pupils = agreement.pupils_left is not None and agreement.pupils_left <= pupils
    return Because.USED_UP if no_visits or no_pupils or group.name in agreement.had_theirs else None


# Which of several misses is told: the one that came closest to being paid.
_CLOSEST = (Because.USED_UP, Because.OTHER_DATE, Because.OTHER_GRADE, Because.OTHER_KIND, Because.NO_AGREEMENT)


def _proportion(minor: int, pupils: int, of: int) -> int:
    """The part of an amount that falls on so many of the pupils, rounded half up."""
    if pupils == of:
        return minor
    return (2 * minor * pupils + of) // (2 * of)


def _among(grade: int, grades: tuple[int, int] | None) -> bool:
    return grades is None or grades[0] <= grade <= grades[1]
