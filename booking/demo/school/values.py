"""What a demo centre has of schools: plain values, no database. What a centre does not have stays empty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from booking.agreements.models import SchoolKind
from booking.bookings.details import Contact
from booking.kernel.database import Texts
from booking.planner.wish import Group
from booking.programmes.models import Subject
from booking.releases.models import ReleaseWay


@dataclass(frozen=True, slots=True)
class DemoProgramme:
    """Grades, subjects, and what the pupils learn; `own` are further columns of its row, such as a price of its own."""

    slug: str
    grades: tuple[int, int]
    subjects: tuple[Subject, ...]
    aims: Texts
    shared: bool = False
    instant: bool = True
    own: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DemoSchool:
    """A made-up school; `pattern` is that of its references on invoices."""

    name: str
    org_number: str
    municipality: str
    pattern: str = ""
    grades: tuple[int, int] = (1, 10)
    kind: SchoolKind = SchoolKind.SCHOOL
    active: bool = True


@dataclass(frozen=True, slots=True)
class DemoMonth:
    """One of the months that are over: who came by turns, and how many classes at most."""

    schools: tuple[str, ...]
    most: int


@dataclass(frozen=True, slots=True)
class DemoVisit:
    """A visit some weeks ahead: which programme, or the exhibition where `slug` is empty."""

    slug: str
    school: str
    group: Group
    reference: str = ""
    show: str = ""  # that they see after it


@dataclass(frozen=True, slots=True)
class DemoShow:
    """A show that classes may see: for which grades, and the price of a pupil in minor units."""

    slug: str
    grades: tuple[int, int]
    price: int


@dataclass(frozen=True, slots=True)
class DemoTeacher:
    """Who wishes for places when a release opens."""

    school: str
    name: str
    group: Group


@dataclass(frozen=True, slots=True)
class DemoRelease:
    """Programmes whose sessions open together, so many days from today."""

    way: ReleaseWay
    slugs: tuple[str, ...]
    opens_in: int
    teachers: tuple[DemoTeacher, ...]


@dataclass(frozen=True, slots=True)
class DemoOutreach:
    """A programme held at schools: texts and columns of its rows, ways to go (municipality, minutes, fee), a visit."""

    slug: str
    title: Texts
    summary: Texts
    facts: Mapping[str, object]
    ways: tuple[tuple[str, int, int], ...]
    educators: int
    visit: DemoVisit
    address: str
    room: str


@dataclass(frozen=True, slots=True)
class DemoLine:
    """Who waits (people, address, language): for a programme's next session that is taken, or for `any_day` of it."""

    slug: str
    waiting: tuple[tuple[int, str, str], ...]
    any_day: bool = False


@dataclass(frozen=True, slots=True)
class DemoSchools:
    """All of it.

    `rules` are the columns of SchoolRules but for its ticket types; those of `agreements` and, by their keys, of
    `payers` likewise. `coming` are the schools of the fortnight, with one of `needs`.
    """

    programmes: tuple[DemoProgramme, ...]
    before: Texts
    after: Texts
    rules: Mapping[str, object]
    schools: tuple[DemoSchool, ...]
    agreements: tuple[Mapping[str, object], ...]
    coming: tuple[str, ...]
    needs: tuple[str, ...]
    months: tuple[DemoMonth, DemoMonth, DemoMonth]
    teacher: Contact
    order_number: str  # what stands before its digits
    opinions: tuple[tuple[int, str], ...]
    summer: tuple[int, ...] = (7, 8)  # months without school
    class_mark: str = ""  # between grade and letter
    letters: str = "ABCDEFGH"
    payers: tuple[tuple[str, Mapping[str, object]], ...] = ()
    ahead: tuple[DemoVisit, ...] = ()
    shows: tuple[DemoShow, ...] = ()
    exhibition: DemoVisit | None = None
    lines: tuple[DemoLine, ...] = ()
    releases: tuple[DemoRelease, ...] = ()
    outreach: DemoOutreach | None = None

    def class_name(self, grade: int, number: int) -> str:
        """What the school calls a class, the first of its grade with number 0."""
        return f"{grade}{self.class_mark}{self.letters[number % len(self.letters)]}"

    def grades_of(self, school: str) -> tuple[int, int]:
        """The lowest and the highest of a school's."""
        return next(demo.grades for demo in self.schools if demo.name == school)
