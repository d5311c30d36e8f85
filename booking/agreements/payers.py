"""Which school, which agreements hold for it, and what of them is taken this school year."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Executable, Select, and_, or_, select, update

from booking.agreements import municipalities, prices
from booking.agreements.models import Agreement, Allowance, School, SchoolKind
from booking.agreements.municipalities import EVERYWHERE
from booking.agreements.prices import Due, VisitKind
from booking.bookings.search_words import fold_letters
from booking.kernel.database import db, insert_into, insert_once, run
from booking.kernel.refusals import Refusal
from booking.planner.wish import Group

MOST_FOUND = 8
_FOUND = and_(School.known, School.active)


class CodeUnknown(Refusal):
    """No agreement has this code."""


class AllowanceUsed(Refusal):
    """Somebody was faster: nothing is left of what the agreement pays. `payer` is whose."""

    def __init__(self, payer: str) -> None:
        super().__init__(f"nothing left of the agreement with {payer}")
        self.payer = payer


@dataclass(frozen=True, slots=True)
class SchoolFacts:
    """A school as it is found; `id` None for one that is typed and not yet ours."""

    id: int | None
    name: str
    org_number: str
    municipality: str
    kind: SchoolKind
    reference_pattern: str
    known: bool


def find_schools(typed: str) -> list[SchoolFacts]:
    """The centre's schools whose name begins like this, or with this organisation number, in one statement."""
    word, digits = fold_letters(typed).strip()[:60], "".join(sign for sign in typed if sign in "0123456789")
    if len(word) < 2:
        return []
    query = select(School).order_by(School.search, School.id).limit(MOST_FOUND)
    if len(digits) >= 9:
        return [facts_of(school) for school in db.session.scalars(query.where(School.org_number == digits, _FOUND))]
    begins = School.search.between(word, word + "\U0010ffff")
    return [facts_of(school) for school in db.session.scalars(query.where(begins, _FOUND))]


def school_by_id(school_id: int) -> SchoolFacts | None:
    """One of the centre's own schools."""
    school = db.session.get(School, school_id)
    return facts_of(school) if school is not None and school.known and school.active else None


def school_by_number(org_number: str) -> SchoolFacts | None:
    """The school with this organisation number."""
    school = db.session.scalar(select(School).where(School.org_number == org_number, School.org_number != ""))
    return facts_of(school) if school is not None else None


def facts_of(school: School) -> SchoolFacts:
    """A row as a value."""
    return SchoolFacts(
        school.id,
        school.name,
        school.org_number,
        school.municipality,
        school.kind,
        school.reference_pattern,
        school.known,
    )


def as_known_here(facts: SchoolFacts) -> SchoolFacts:
    """A school that is typed as the one that has come before, if there is one; in one statement, else as it is."""
    there = _there(facts) if facts.id is None else None
    return facts if there is None else facts_of(there)


def write_school(facts: SchoolFacts) -> int:
    """The id of the school, entered unless it is there; call inside a unit of work."""
    return enter_school(facts).id or 0


def enter_school(facts: SchoolFacts) -> SchoolFacts:
    """The school as we have it, entered unless it is there; call inside a unit of work."""
    there = as_known_here(facts)
    if there.id is not None:
        return there
    school = School(
        name=facts.name,
        search=fold_letters(facts.name)[:120],
        org_number=facts.org_number,
        municipality=facts.municipality,
        kind=facts.kind,
    )
    db.session.add(school)
    db.session.flush()
    return replace(facts, id=school.id)


def _there(facts: SchoolFacts) -> School | None:
    """The school with this number, or one typed before with this name in this municipality.

    Many schools share a name: those with two numbers, or in two municipalities, are two, and so are a school and a
    kindergarten.
    """
    named = and_(School.search == fold_letters(facts.name)[:120], School.known.is_(False), School.kind == facts.kind)
    numbered = and_(School.org_number == facts.org_number, School.org_number != "")
    rows = db.session.scalars(select(School).where(or_(named, numbered)).order_by(School.id)).all()
    same_number = [row for row in rows if facts.org_number and row.org_number == facts.org_number]
    same_place = [
        row
        for row in rows
        if municipalities.key_of(row.municipality) == municipalities.key_of(facts.municipality) != ""
        and not (row.org_number and facts.org_number)
    ]
    return next(iter(same_number + same_place), None)


def plain_code(code: str) -> str:
    """A code as it is kept, however it was typed."""
    return "".join(code.split()).upper()[:40]


def agreement_with_code(code: str) -> Agreement:
    """The agreement that a code stands for. Raises CodeUnknown."""
    plain = plain_code(code)
    agreement = db.session.scalar(select(Agreement).where(Agreement.code == plain, Agreement.active)) if plain else None
    if agreement is None:
        raise CodeUnknown
    return agreement


def agreements_for(school: SchoolFacts, code: str = "", *, locked: bool = False) -> list[Agreement]:
    """The agreements of a school, best first: of its own code, then of its municipality if the centre knows it.

    One without a municipality holds for all schools of the county. `locked`: as `_as_they_stand`, for who is going to
    move allowances in this unit of work. In one statement. Raises CodeUnknown.
    """
    given, ways = plain_code(code), []
    if given:
        ways.append(Agreement.code == given)
    elif code:
        raise CodeUnknown
    if school.known and school.municipality:
        of_place = or_(Agreement.municipality == school.municipality, Agreement.municipality == EVERYWHERE)
        ways.append(and_(of_place, or_(Agreement.school_kind.is_(None), Agreement.school_kind == school.kind)))
    if not ways:
        return []
    query = select(Agreement).where(Agreement.active, or_(*ways)).order_by(Agreement.id)
    agreements = list(db.session.scalars(_shared(query) if locked else query))
    if given and all(agreement.code != given for agreement in agreements):
        raise CodeUnknown
    return sorted(agreements, key=lambda agreement: agreement.code != given)


def agreements_again(school: SchoolFacts, code: str, paying: Sequence[Agreement]) -> list[Agreement]:
    """The agreements of a visit that is booked: those that pay for it, then those that hold today.

    One that has been stopped since, or has another code, goes on paying for what was booked under it.
    """
    try:
        agreements = agreements_for(school, code)
    except CodeUnknown:
        agreements = agreements_for(school)
    return [*paying, *(agreement for agreement in agreements if agreement.id not in {other.id for other in paying})]


def with_what_is_left(
    agreements: Sequence[Agreement], school: SchoolFacts, groups: Iterable[Group], year: int, own: Collection[Due] = ()
) -> list[prices.AgreementTerms]:
    """The agreements as prices knows them, with what is left this school year: in one statement if any has a limit.

    `own` is what the visit itself has taken before and gives back: it counts as left.
    """
    names = [group.name for group in groups]
    keys = {
        key_of(agreement.id, year)
        for agreement in agreements
        if (agreement.most_visits, agreement.most_pupils) != (None, None)
    }
    keys |= {
        key_of(agreement.id, year, school, name) for agreement in agreements for name in names if agreement.class_visits
    }
    rows = {}
    if keys:
        rows = {row.key: row for row in db.session.scalars(select(Allowance).where(Allowance.key.in_(keys)))}
    values = []
    for agreement in agreements:
        dues = [due for due in own if due.payer_id == agreement.id]
        whole = rows.get(key_of(agreement.id, year))
        visits = (whole.visits if whole else 0) - len(dues)
        pupils = (whole.pupils if whole else 0) - sum(due.pupils for due in dues)
        given_back = {due.group for due in dues}
        had = frozenset(
            name
            for name in names
            if agreement.class_visits
            and (row := rows.get(key_of(agreement.id, year, school, name))) is not None
            and row.visits - (name in given_back) >= agreement.class_visits
        )
        values.append(
            replace(
                value_of(agreement),
                visits_left=None if agreement.most_visits is None else agreement.most_visits - visits,
                pupils_left=None if agreement.most_pupils is None else agreement.most_pupils - pupils,
                had_theirs=had,
            )
        )
    return values


def value_of(agreement: Agreement) -> prices.AgreementTerms:
    """An agreement's row as the value that prices knows; the agreement is its own payer."""
    grades = (
        None
        if agreement.grade_from is None or agreement.grade_to is None
        else (agreement.grade_from, agreement.grade_to)
    )
    return prices.AgreementTerms(
        agreement_id=agreement.id,
        payer_id=agreement.id,
        pays=agreement.pays,
        percent=agreement.percent,
        each=agreement.each,
        grades=grades,
        from_date=agreement.from_date,
        until_date=agreement.until_date,
        kinds=None if agreement.kinds is None else frozenset(VisitKind(kind) for kind in agreement.kinds),
    )


def key_of(agreement_id: int, year: int, school: SchoolFacts | None = None, group: str = "") -> str:
    """Under which an allowance is found: of the whole agreement, or of one class of a school that is entered.

    By the school's id, since names are shared, and numbers are corrected.
    """
    if school is None:
        return f"{agreement_id}:{year}"
    mark = hashlib.sha256(f"school:{school.id}|{fold_letters(group)}".encode())
    return f"{agreement_id}:{year}:{mark.hexdigest()[:24]}"


def move_allowances(
    giving: Sequence[Due], taking: Sequence[Due], school: SchoolFacts, agreements: Iterable[Agreement], year: int
) -> None:
    """Give back and take what agreements pay, by conditional UPDATE in ascending key; call inside a unit of work.

    Raises AllowanceUsed; the unit of work must then end without a commit.
    """
    move_allowances_of(_as_they_stand({agreement.id for agreement in agreements}), giving, taking, school, year)


def move_allowances_of(
    locked: Iterable[Agreement], giving: Sequence[Due], taking: Sequence[Due], school: SchoolFacts, year: int
) -> None:
    """As `move_allowances`, for agreements that this unit of work has locked: see `agreements_for`."""
    for move in _moves(locked, giving, taking, school, year):
        row = {name: getattr(move, name) for name in ("key", "agreement_id", "year", "holder", *_LIMITS)}
        more = {"visits": Allowance.visits + move.visits, "pupils": Allowance.pupils + move.pupils}
        within = []
        if move.visits > 0:
            within.append(or_(Allowance.most_visits.is_(None), more["visits"] <= Allowance.most_visits))
        if move.pupils > 0:
            within.append(or_(Allowance.most_pupils.is_(None), more["pupils"] <= Allowance.most_pupils))
        moved: Executable
        if move.gives:  # no new row can hold that, and the database would say so of one that is there
            insert_once(Allowance, "key", row | {"visits": 0, "pupils": 0})
            moved = update(Allowance).where(Allowance.key == move.key, *within).values(more).returning(Allowance.id)
        elif move.is_beyond:
            raise AllowanceUsed(move.payer)  # also of a year in which nobody has taken anything
        else:
            first = insert_into(Allowance).values(row | {"visits": move.visits, "pupils": move.pupils})
            where = and_(*within) if within else None
            moved = first.on_conflict_do_update(index_elements=["key"], set_=more, where=where).returning(Allowance.id)
        if run(moved).first() is None:
            raise AllowanceUsed(move.payer)


@dataclass(slots=True)
class _AllowanceMove:
    """What is given to and taken from one allowance, with the limits of its agreement."""

    key: str
    agreement_id: int
    payer: str
    year: int
    holder: str
    most_visits: int | None
    most_pupils: int | None
    visits: int = 0
    pupils: int = 0

    @property
    def gives(self) -> bool:
        return self.visits < 0 or self.pupils < 0

    @property
    def is_beyond(self) -> bool:
        """Whether it is more than a whole year's."""
        counts = ((self.visits, self.most_visits), (self.pupils, self.most_pupils))
        return any(most is not None and taken > most for taken, most in counts)


_LIMITS = ("most_visits", "most_pupils")


def _moves(
    agreements: Iterable[Agreement], giving: Sequence[Due], taking: Sequence[Due], school: SchoolFacts, year: int
) -> list[_AllowanceMove]:
    """What dues give and take of their payers' allowances, in ascending key."""
    known = {agreement.id: agreement for agreement in agreements}
    moves: dict[str, _AllowanceMove] = {}
    for sign, dues in ((-1, giving), (1, taking)):
        for due in dues:
            agreement = known.get(due.payer_id or 0)
            if agreement is None:
                continue
            key = key_of(agreement.id, year)
            whole = _AllowanceMove(
                key, agreement.id, agreement.payer, year, "", agreement.most_visits, agreement.most_pupils
            )
            whole = moves.setdefault(key, whole)
            whole.visits, whole.pupils = whole.visits + sign, whole.pupils + sign * due.pupils
            if agreement.class_visits:
                key = key_of(agreement.id, year, school, due.group)
                of_class = _AllowanceMove(
                    key, agreement.id, agreement.payer, year, "class", agreement.class_visits, None
                )
                moves.setdefault(key, of_class).visits += sign
    return [moves[key] for key in sorted(moves)]


def _as_they_stand(ids: Collection[int]) -> list[Agreement]:
    """The agreements with the limits of this moment: whoever changes those meanwhile waits, or we have waited."""
    if not ids:
        return []
    return list(db.session.scalars(_shared(select(Agreement).where(Agreement.id.in_(ids)).order_by(Agreement.id))))


def _shared(query: Select[Agreement]) -> Select[Agreement]:
    return query.with_for_update(read=True).execution_options(populate_existing=True)
