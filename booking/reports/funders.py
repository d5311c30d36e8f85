"""Yearly figures for funders: school visits by municipality, school, grade, programme and agreement; the whole year."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field

from flask_babel import gettext as _
from sqlalchemy import func, select

from booking.agreements.models import SchoolKind
from booking.bookings.models import Booking, State, Ticket
from booking.capacity.models import Slot
from booking.catalogue.models import Activity, Kind
from booking.centre.facts import the_centre
from booking.kernel.database import db, in_language
from booking.reports import classes, names
from booking.reports.classes import NOBODY, ClassSeen, Heads
from booking.reports.figures import Measure, Report, ReportRequest, ReportSection, Tally
from booking.reports.period import Period
from booking.sheets.sheet import Cell, Column, Shape
from booking.sheets.sheet import ColumnKind as Cells
from booking.visits.models import Visit


@dataclass(slots=True)
class _Sum:
    """What classes come to."""

    visits: set[int] = field(default_factory=set)
    groups: int = 0
    booked: Heads = NOBODY
    came: Heads = NOBODY
    by_agreements: int = 0
    by_school: int = 0

    def add(self, class_seen: ClassSeen, came: Heads) -> None:
        """One more class, of which so many came."""
        self.visits.add(class_seen.visit_id)
        self.groups += 1
        self.booked = Heads(
            self.booked.pupils + class_seen.booked.pupils, self.booked.adults + class_seen.booked.adults
        )
        self.came = Heads(self.came.pupils + came.pupils, self.came.adults + came.adults)
        self.by_agreements += class_seen.by_agreements
        self.by_school += class_seen.by_school

    @property
    def heads(self) -> tuple[int, ...]:
        """Visits, groups, and heads."""
        return (
            len(self.visits), self.groups, self.booked.pupils, self.came.pupils, self.booked.adults, self.came.adults
        )  # fmt: skip

    @property
    def values(self) -> tuple[int, ...]:
        """All of it."""
        return (*self.heads, self.by_agreements, self.by_school)


Key = tuple[Hashable, tuple[Cell, ...]]


def _by(seen: Iterable[ClassSeen], key_of: Callable[[ClassSeen], Key]) -> list[Tally]:
    """The sums of classes by what they have in common, most pupils first."""
    sums: dict[Key, _Sum] = {}
    for class_seen in seen:
        sums.setdefault(key_of(class_seen), _Sum()).add(class_seen, class_seen.came)
    ordered = sorted(sums.items(), key=lambda item: -item[1].booked.pupils)
    return [Tally(key, labels, whole.values) for (key, labels), whole in ordered]


def _municipalities(request: ReportRequest) -> list[Tally]:
    unknown = _("Not known")
    return _by(
        classes.read(request.period),
        lambda class_seen: (class_seen.municipality, (class_seen.municipality or unknown,)),
    )


def _schools(request: ReportRequest) -> list[Tally]:
    return _by(
        classes.read(request.period),
        lambda class_seen: (class_seen.school_id, (class_seen.school, class_seen.municipality)),
    )


def _grades(request: ReportRequest) -> list[Tally]:
    called = names.grades(the_centre().country)
    tallies = _by(classes.read(request.period), lambda class_seen: (class_seen.grade, (called(class_seen.grade),)))
    return sorted(tallies, key=lambda tally: int(str(tally.key)))


def _programmes(request: ReportRequest) -> list[Tally]:
    sums: dict[int, _Sum] = {}
    for class_seen in classes.read(request.period):
        for activity_id, came in class_seen.programmes.items():
            sums.setdefault(activity_id, _Sum()).add(class_seen, came)
    titles = select(Activity.id, Activity.title).where(Activity.id.in_(sorted(sums)))
    titled = {activity_id: in_language(title, request.lang) for activity_id, title in db.session.execute(titles)}
    ordered = sorted(sums.items(), key=lambda item: -item[1].booked.pupils)
    return [Tally(activity_id, (titled.get(activity_id, ""),), whole.heads) for activity_id, whole in ordered]


def _agreements(request: ReportRequest) -> list[Tally]:
    """A class that two agreements pay for stands with the first."""
    alone = _("No agreement: the school pays")

    def key_of(class_seen: ClassSeen) -> Key:
        payer_id, payer = next(iter(class_seen.payers.items()), (None, alone))
        return payer_id, (payer,)

    return _by(classes.read(request.period), key_of)


def _year(request: ReportRequest) -> list[Tally]:
    seen = classes.read(request.period)
    came = [class_seen for class_seen in seen if class_seen.came.people]
    rows: list[tuple[str, str, Callable[[Sequence[ClassSeen]], int]]] = [
        ("visits", _("School visits"), lambda classes_seen: len({class_seen.visit_id for class_seen in classes_seen})),
        ("groups", _("Groups"), len),
        (
            "schools",
            _("Different schools and kindergartens"),
            lambda classes_seen: len({class_seen.school_id for class_seen in classes_seen}),
        ),
        (
            "municipalities",
            _("Different municipalities"),
            lambda classes_seen: len({class_seen.municipality for class_seen in classes_seen} - {""}),
        ),
    ]
    tallies = [Tally(key, (name,), (count(seen), count(came))) for key, name, count in rows]
    heads = [
        ("pupils", _("Pupils"), _heads(seen, "pupils", SchoolKind.SCHOOL)),
        ("children", _("Children of kindergartens"), _heads(seen, "pupils", SchoolKind.KINDERGARTEN)),
        ("adults", _("Adults with groups"), _heads(seen, "adults", None)),
        ("others", _("Other visitors"), _others(request.period)),
    ]
    tallies += [Tally(key, (name,), sums) for key, name, sums in heads]
    booked, arrived = (sum(sums[n] for _key, _name, sums in heads) for n in (0, 1))
    return [*tallies, Tally("all", (_("All visitors"),), (booked, arrived))]


def _heads(seen: Iterable[ClassSeen], who: str, kind: SchoolKind | None) -> tuple[int, int]:
    classes_seen = [class_seen for class_seen in seen if kind is None or class_seen.kind is kind]
    return sum(getattr(class_seen.booked, who) for class_seen in classes_seen), sum(
        getattr(class_seen.came, who) for class_seen in classes_seen
    )


def _others(period: Period) -> tuple[int, int]:
    """Everybody who comes without a class, counted where they come into the house."""
    query = (
        select(func.coalesce(func.sum(Ticket.admits), 0), func.coalesce(func.sum(Ticket.admitted), 0))
        .select_from(Slot)
        .join(Activity, Activity.id == Slot.activity_id)
        .join(Ticket, Ticket.slot_id == Slot.id)
        .join(Booking, Booking.id == Ticket.booking_id)
        .outerjoin(Visit, Visit.booking_id == Booking.id)
        .where(
            Slot.starts_at >= period.begin,
            Slot.starts_at < period.end,
            Activity.kind != Kind.LUNCH,
            Activity.needs_admission.is_(False),
            Ticket.void.is_(False),
            Booking.state == State.CONFIRMED,
            Visit.id.is_(None),
        )
    )
    booked, came = db.session.execute(query).one()
    return int(booked), int(came)


def _of_classes(visits_add_up: bool = True) -> list[Measure]:
    return [
        Measure(_("Visits"), adds_up=visits_add_up), Measure(_("Groups")), Measure(_("Pupils booked")),
        Measure(_("Pupils who came")), Measure(_("Adults booked")), Measure(_("Adults who came")),
    ]  # fmt: skip


def _with_money(visits_add_up: bool = True) -> list[Measure]:
    return [
        *_of_classes(visits_add_up), Measure(_("Agreements pay"), Cells.MONEY), Measure(_("Schools pay"), Cells.MONEY),
        Measure(_("Share that came"), Cells.PERCENT, (3, 2)),
    ]  # fmt: skip


CAME = 3  # the measure that is drawn
REPORTS = (
    Report(
        "year", ReportSection.FUNDERS, lambda: _("The year in figures"),
        lambda: _("All who were booked and all who were counted at the door, schools and others."),
        lambda: [Column(_("What"))],
        lambda: [Measure(_("Booked")), Measure(_("Came")), Measure(_("Share that came"), Cells.PERCENT, (1, 0))],
        _year, main=1, shape=Shape.BARS, adds_up=False,
    ),
    Report(
        "municipalities", ReportSection.FUNDERS, lambda: _("School visits by municipality"),
        lambda: _("Where classes come from, how many came of those booked, and who pays."),
        lambda: [Column(_("Municipality"))], _with_money, _municipalities, main=CAME, shape=Shape.BARS,
    ),
    Report(
        "schools", ReportSection.FUNDERS, lambda: _("School visits by school"),
        lambda: _("Which schools and kindergartens come, how many came of those booked, and who pays."),
        lambda: [Column(_("School")), Column(_("Municipality"))], _with_money, _schools, main=CAME, shape=Shape.BARS,
    ),
    Report(
        "grades", ReportSection.FUNDERS, lambda: _("School visits by grade"),
        lambda: _("How old the pupils are. A visit of two grades counts in both."),
        lambda: [Column(_("Grade"))], lambda: _with_money(visits_add_up=False), _grades, main=CAME, shape=Shape.BARS,
    ),
    Report(
        "programmes", ReportSection.FUNDERS, lambda: _("School visits by programme"),
        lambda: _("Who came to what. A class that goes to two programmes counts in both."),
        lambda: [Column(_("Programme"))], _of_classes, _programmes, main=CAME, shape=Shape.BARS, adds_up=False,
    ),
    Report(
        "agreements", ReportSection.FUNDERS, lambda: _("School visits by agreement"),
        lambda: _("What each agreement pays for. A class stands where its first payer does."),
        lambda: [Column(_("Payer"))], lambda: _with_money(visits_add_up=False), _agreements, main=CAME,
        shape=Shape.BARS,
    ),
)  # fmt: skip
