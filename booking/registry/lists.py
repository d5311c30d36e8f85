"""What staff read of schools, agreements and programmes; each list in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, func, or_, select

from booking.agreements.models import Agreement, Allowance, School, SchoolKind, SchoolRules
from booking.agreements.municipalities import EVERYWHERE
from booking.agreements.prices import Pays
from booking.bookings.models import Booking, State
from booking.bookings.search_words import fold_letters
from booking.catalogue.models import Activity, Kind
from booking.kernel.collation import order_key
from booking.kernel.database import Texts, as_values, run
from booking.outreach.models import Outreach
from booking.programmes.models import PriceBy, Programme
from booking.visits.models import Visit, VisitDue
from booking.visits.read import VISIT_ROW, VisitRow

PAGE = 50
MOST_VISITS = 20


class SchoolStanding(StrEnum):
    """How a school got here, and whether it still is."""

    OURS = "ours"  # entered by the centre
    WRITTEN = "written"  # by a teacher, in a booking
    GONE = "gone"  # no longer active


@dataclass(frozen=True, slots=True)
class SchoolFilter:
    """Which schools: all that fit every filter that is set. `after` is the id that a page begins behind."""

    typed: str = ""
    municipality: str = ""
    kind: SchoolKind | None = None
    standing: SchoolStanding | None = None
    after: int | None = None


@dataclass(frozen=True, slots=True)
class SchoolRow:
    """A school in the list."""

    id: int
    name: str
    org_number: str
    municipality: str
    kind: SchoolKind
    known: bool
    active: bool


@dataclass(frozen=True, slots=True)
class SchoolPage:
    """Some schools, and the id that the next page begins behind, if there is one."""

    schools: list[SchoolRow] = field(default_factory=list)
    next_after: int | None = None


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """An agreement in the list, with what is used of it in a school year."""

    id: int
    payer: str
    municipality: str
    school_kind: SchoolKind | None
    grade_from: int | None
    grade_to: int | None
    pays: Pays
    percent: int
    each: int
    from_date: date | None
    until_date: date | None
    most_visits: int | None
    most_pupils: int | None
    class_visits: int | None
    active: bool
    visits: int
    pupils: int


@dataclass(frozen=True, slots=True)
class ProgrammeRow:
    """A programme in the list; `grade_from` None: nothing is told to teachers yet, so they do not see it."""

    id: int
    title: Texts
    minutes: int
    active: bool
    grade_from: int | None
    grade_to: int | None
    subjects: Sequence[str] | None
    instant: bool | None
    price_by: PriceBy | None
    price: int | None


_SCHOOL = (
    School.id, School.name, School.org_number, School.municipality, School.kind, School.known, School.active,
)  # fmt: skip
_AGREEMENT = (
    Agreement.id, Agreement.payer, Agreement.municipality, Agreement.school_kind, Agreement.grade_from,
    Agreement.grade_to, Agreement.pays, Agreement.percent, Agreement.each, Agreement.from_date, Agreement.until_date,
    Agreement.most_visits, Agreement.most_pupils, Agreement.class_visits, Agreement.active,
)  # fmt: skip
_KEPT = (State.PENDING, State.CONFIRMED)


@dataclass(frozen=True, slots=True)
class MadeForSchools:
    """What has been made of each thing that schools need before they can book: the newest id, or None."""

    programme: int | None
    rules: int | None
    school: int | None
    agreement: int | None
    outreach: int | None


def schools(wanted: SchoolFilter, places: Sequence[str] = (), lang: str = "en") -> SchoolPage:
    """A page of schools, by name as a reader of this language sorts; two statements.

    `places` are the municipalities, among which the typed words are sought too. All names are read for it: no database
    here sorts by the reader, and a centre knows some thousand schools at most.
    """
    query = select(School.id, School.name)
    word = fold_letters(wanted.typed).strip()[:60]
    digits = "".join(sign for sign in wanted.typed if sign in "0123456789")
    if len(digits) >= 3 and not any(sign.isalpha() for sign in word):
        query = query.where(School.org_number != "", School.org_number.between(digits[:20], digits[:20].ljust(20, "9")))
    elif word:
        there = [place for place in places if fold_letters(place).startswith(word)]
        begins = School.search.between(word, word + "\U0010ffff")
        query = query.where(or_(begins, School.municipality.in_(there)) if there else begins)
    if wanted.municipality:
        query = query.where(School.municipality == wanted.municipality)
    if wanted.kind is not None:
        query = query.where(School.kind == wanted.kind)
    if wanted.standing is SchoolStanding.GONE:
        query = query.where(School.active.is_(False))
    elif wanted.standing is not None:
        query = query.where(School.active, School.known.is_(wanted.standing is SchoolStanding.OURS))
    named = sorted(run(query).all(), key=lambda row: (order_key(row[1], lang), row[0]))
    ids = [row[0] for row in named]
    begin = ids.index(wanted.after) + 1 if wanted.after in ids else 0
    shown = ids[begin : begin + PAGE]
    rows = as_values(SchoolRow, run(select(*_SCHOOL).where(School.id.in_(shown))).all())
    rows.sort(key=lambda row: shown.index(row.id))
    return SchoolPage(rows, shown[-1] if len(ids) > begin + PAGE else None)


def municipalities() -> list[str]:
    """Where there are schools, in order."""
    there = select(School.municipality).where(School.municipality != "").distinct().order_by(School.municipality)
    return [str(name) for name in run(there).scalars()]


def visits_of_school(school_id: int, now: datetime) -> tuple[list[VisitRow], list[VisitRow]]:
    """What is to come, soonest first, and what was, latest first; two statements."""
    return _coming_and_past(Visit.school_id == school_id, now)


def visits_of_agreement(agreement_id: int, now: datetime) -> tuple[list[VisitRow], list[VisitRow]]:
    """The visits that an agreement pays for, to come and past; two statements."""
    paid = select(VisitDue.visit_id).where(VisitDue.paid_by == agreement_id)
    return _coming_and_past(Visit.id.in_(paid), now)


def _coming_and_past(condition: ColumnElement[bool], now: datetime) -> tuple[list[VisitRow], list[VisitRow]]:
    visits = select(*VISIT_ROW).join(Visit, Visit.booking_id == Booking.id).where(condition)
    coming = visits.where(Visit.arrives_at >= now, Booking.state.in_(_KEPT)).order_by(Visit.arrives_at)
    past = visits.where(Visit.arrives_at < now, Booking.state == State.CONFIRMED).order_by(Visit.arrives_at.desc())
    return as_values(VisitRow, run(coming.limit(MOST_VISITS))), as_values(VisitRow, run(past.limit(MOST_VISITS)))


def agreements(year: int) -> list[AgreementRow]:
    """All agreements by payer, those that hold first, with what is used in a school year; one statement."""
    used = and_(Allowance.agreement_id == Agreement.id, Allowance.holder == "", Allowance.year == year)
    rows = run(
        select(*_AGREEMENT, func.coalesce(Allowance.visits, 0), func.coalesce(Allowance.pupils, 0))
        .outerjoin(Allowance, used)
        .order_by(Agreement.active.desc(), Agreement.payer, Agreement.id)
    )
    return as_values(AgreementRow, rows)


def used_by_year(agreement_id: int, year: int) -> list[tuple[int, int, int]]:
    """(school year, class visits, pupils) of an agreement, this school year and later ones in which there are any."""
    rows = run(
        select(Allowance.year, Allowance.visits, Allowance.pupils)
        .where(Allowance.agreement_id == agreement_id, Allowance.holder == "", Allowance.year >= year)
        .order_by(Allowance.year)
    )
    return [(in_year, visits, pupils) for in_year, visits, pupils in rows]


def schools_under(agreement: Agreement) -> int:
    """How many of the centre's schools an agreement holds for without a code."""
    if not agreement.municipality:
        return 0
    count = select(func.count()).where(School.known, School.active)
    if agreement.municipality != EVERYWHERE:
        count = count.where(School.municipality == agreement.municipality)
    if agreement.school_kind is not None:
        count = count.where(School.kind == agreement.school_kind)
    return int(run(count).scalar_one())


def made_for_schools() -> MadeForSchools:
    """How far setting up for schools is; found at once however many there are of each, in one statement."""
    keys = (Programme.activity_id, SchoolRules.id, School.id, Agreement.id, Outreach.activity_id)
    rows = run(select(*(select(func.max(key)).scalar_subquery() for key in keys)))
    return as_values(MadeForSchools, rows)[0]


def programme_rows() -> list[ProgrammeRow]:
    """Every activity that is a programme, with what teachers are told of it; one statement."""
    rows = run(
        select(
            Activity.id, Activity.title, Activity.minutes, Activity.active, Programme.grade_from, Programme.grade_to,
            Programme.subjects, Programme.instant, Programme.price_by, Programme.price,
        )
        .outerjoin(Programme, Programme.activity_id == Activity.id)
        .where(Activity.kind == Kind.PROGRAMME)
        .order_by(Activity.active.desc(), Programme.grade_from, Activity.sort, Activity.id)
    )  # fmt: skip
    return as_values(ProgrammeRow, rows)
