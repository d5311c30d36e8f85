"""How many heads of a visit were decided to be billed: as it is kept and read, and by which rule each class is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select

from booking.agreements.heads import ClassHeads, HeadsRule, HeadsTerms
from booking.agreements.models import Agreement
from booking.kernel.database import run
from booking.visits.models import ReckonedBy, Reckoning
from booking.visits.read import VisitFacts


@dataclass(frozen=True, slots=True)
class ClassReckoned:
    """A class, by its place in the visit: what was booked, counted and is billed, and by which rule.

    `together`: it was counted in one number with others, which was shared out by what they had booked. `payer_id` is
    the agreement that pays for it, kept also while nothing is owed, so that it is found again.
    """

    rule: HeadsRule
    booked: ClassHeads
    counted: ClassHeads | None
    billed: ClassHeads
    together: bool = False
    payer_id: int | None = None


@dataclass(frozen=True, slots=True)
class ReckoningFacts:
    """What was decided, when, by whom (an actor as in the log) and why; `stale`: the count is another since."""

    at: datetime
    by: str
    decided: ReckonedBy
    reason: str
    total: int
    classes: tuple[ClassReckoned, ...]
    stale: bool

    @property
    def billed(self) -> tuple[ClassHeads, ...]:
        """The heads of each class that are billed."""
        return tuple(of_class.billed for of_class in self.classes)


def reckoning_of(visit_id: int) -> ReckoningFacts | None:
    """What was decided of a visit, if anything, in one statement."""
    columns = (getattr(Reckoning, name) for name in ReckoningFacts.__dataclass_fields__)
    row = run(select(*columns).where(Reckoning.visit_id == visit_id)).first()
    if row is None:
        return None
    at, by, decided, reason, total, classes, stale = row
    return ReckoningFacts(at, by, decided, reason, total, tuple(_class_from(kept) for kept in classes), stale)


def write_reckoning(visit_id: int, facts: ReckoningFacts) -> None:
    """Keep a decision in place of the one before; call inside a unit of work that has locked the booking."""
    run(delete(Reckoning).where(Reckoning.visit_id == visit_id))
    values = {name: getattr(facts, name) for name in ReckoningFacts.__dataclass_fields__}
    kept = [_as_kept(of_class) for of_class in facts.classes]
    run(insert(Reckoning), values | {"visit_id": visit_id, "classes": kept})


def payers_by_class(facts: VisitFacts, decided: ReckoningFacts | None) -> tuple[int | None, ...]:
    """The agreement that pays for each class; of one that owes nothing by now, the one that paid when it did."""
    payers = {due.due.group: due.due.payer_id for due in facts.dues if due.due.payer_id is not None}
    before = [of_class.payer_id for of_class in decided.classes] if decided else []
    before += [None] * len(facts.timetables)
    return tuple(
        payers.get(timetable.group.name, payer_before)
        for timetable, payer_before in zip(facts.timetables, before, strict=False)
    )


def terms_by_class(facts: VisitFacts, payers: Sequence[int | None]) -> tuple[HeadsTerms, ...]:
    """By which number each class is billed: as the agreement that pays for it says, else as the visit was booked."""
    ids = sorted({payer_id for payer_id in payers if payer_id is not None})
    query = select(Agreement.id, Agreement.heads_rule, Agreement.floor_percent).where(
        Agreement.id.in_(ids), Agreement.heads_rule.is_not(None)
    )
    agreed = {row[0]: HeadsTerms(*row[1:]) for row in run(query)} if ids else {}
    return tuple(agreed.get(payer_id or 0, facts.heads) for payer_id in payers)


def booked_heads(facts: VisitFacts) -> tuple[ClassHeads, ...]:
    """Who was to come of each class."""
    return tuple(ClassHeads(timetable.group.pupils, timetable.group.adults) for timetable in facts.timetables)


def _as_kept(of_class: ClassReckoned) -> dict[str, Any]:
    heads = {name: getattr(of_class, name) for name in ("booked", "counted", "billed")}
    plain = {name: of and [of.pupils, of.adults] for name, of in heads.items()}
    return {"rule": of_class.rule.value, **plain, "together": of_class.together, "payer": of_class.payer_id}


def _class_from(kept: Mapping[str, Any]) -> ClassReckoned:
    counted: Sequence[int] | None = kept["counted"]
    return ClassReckoned(
        HeadsRule(kept["rule"]),
        ClassHeads(*kept["booked"]),
        None if counted is None else ClassHeads(*counted),
        ClassHeads(*kept["billed"]),
        kept["together"],
        kept.get("payer"),
    )
