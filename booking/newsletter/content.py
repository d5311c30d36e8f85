"""What is in an issue: what it lacks before it may go, what a reader of a language would miss, what its events are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select

from booking.capacity.models import Slot, SlotStatus
from booking.catalogue.models import Activity
from booking.kernel.database import Texts, run
from booking.newsletter.issues import BlockFacts, IssueFacts
from booking.newsletter.models import BlockKind


class Lack(StrEnum):
    """Why an issue cannot go."""

    SUBJECT = "subject"
    BLOCKS = "blocks"
    WORDS = "words"
    PICTURE = "picture"
    EVENT = "event"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class Lacking:
    """One thing that an issue lacks; `place` is the block's from 1, 0 for the issue itself."""

    lack: Lack
    place: int = 0


@dataclass(frozen=True, slots=True)
class Untold:
    """What is not written in a language: the subject, and the places of blocks from 1."""

    subject: bool
    places: tuple[int, ...]

    @property
    def is_nothing(self) -> bool:
        """Whether all is written."""
        return not self.subject and not self.places


@dataclass(frozen=True, slots=True)
class IssueEvent:
    """An activity as an issue tells of it: what it is called, and when it is held next, if that is known."""

    activity_id: int
    title: Texts
    summary: Texts
    slot_id: int | None
    starts_at: datetime | None


IN_WORDS = frozenset({BlockKind.HEADING, BlockKind.WORDS, BlockKind.BUTTON})


def lacking(issue: IssueFacts, blocks: Sequence[BlockFacts], events: Mapping[int, IssueEvent]) -> list[Lacking]:
    """What must be there before it may go."""
    gaps = [] if any(issue.subject.values()) else [Lacking(Lack.SUBJECT)]
    if not blocks:
        gaps.append(Lacking(Lack.BLOCKS))
    for place, block in enumerate(blocks, 1):
        if block.kind in IN_WORDS and not any(block.words.values()):
            gaps.append(Lacking(Lack.WORDS, place))
        if block.kind is BlockKind.BUTTON and not block.address:
            gaps.append(Lacking(Lack.ADDRESS, place))
        if block.kind is BlockKind.PICTURE and block.picture is None:
            gaps.append(Lacking(Lack.PICTURE, place))
        if block.kind is BlockKind.EVENT and block.activity_id not in events:
            gaps.append(Lacking(Lack.EVENT, place))
    return gaps


def untold(issue: IssueFacts, blocks: Sequence[BlockFacts], langs: Iterable[str]) -> dict[str, Untold]:
    """What readers of each language would get in another one; languages in which all is written are left out."""
    missing = {lang: _untold_in(lang, issue, blocks) for lang in langs}
    return {lang: gaps for lang, gaps in missing.items() if not gaps.is_nothing}


def _untold_in(lang: str, issue: IssueFacts, blocks: Sequence[BlockFacts]) -> Untold:
    places = [
        place
        for place, block in enumerate(blocks, 1)
        if any(_written(block).values()) and not _written(block).get(lang)
    ]
    return Untold(any(issue.subject.values()) and not issue.subject.get(lang), tuple(places))


def _written(block: BlockFacts) -> Texts:
    return block.picture.alt if block.picture is not None else block.words


def events_now(activity_ids: Collection[int], now: datetime) -> dict[int, IssueEvent]:
    """These activities with the next time that they are held; in two statements."""
    if not activity_ids:
        return {}
    ids = sorted(activity_ids)
    coming = (
        select(Slot.activity_id, func.min(Slot.starts_at).label("starts_at"))
        .where(Slot.activity_id.in_(ids), Slot.starts_at > now, Slot.status == SlotStatus.OPEN)
        .group_by(Slot.activity_id)
        .subquery()
    )
    slots = run(
        select(Slot.activity_id, func.min(Slot.id), Slot.starts_at)
        .join(coming, (Slot.activity_id == coming.c.activity_id) & (Slot.starts_at == coming.c.starts_at))
        .where(Slot.status == SlotStatus.OPEN)
        .group_by(Slot.activity_id, Slot.starts_at)
    )
    soonest = {activity_id: (slot_id, starts_at) for activity_id, slot_id, starts_at in slots}
    rows = run(select(Activity.id, Activity.title, Activity.summary).where(Activity.id.in_(ids)))
    return {
        activity_id: IssueEvent(activity_id, title, summary or {}, *soonest.get(activity_id, (None, None)))
        for activity_id, title, summary in rows
    }


def events_of(issue: IssueFacts, blocks: Iterable[BlockFacts], now: datetime) -> dict[int, IssueEvent]:
    """The events of an issue: as they were when it began to go out, or as they are now."""
    if issue.frozen:
        return _thawed(issue.frozen["events"])
    return events_now({block.activity_id for block in blocks if block.activity_id is not None}, now)


def frozen(events: Mapping[int, IssueEvent]) -> dict[str, Any]:
    """The events as they are kept with an issue, so that all its readers read the same."""
    return {
        "events": [
            {
                "activity_id": event.activity_id,
                "title": dict(event.title),
                "summary": dict(event.summary),
                "slot_id": event.slot_id,
                "starts_at": event.starts_at.isoformat() if event.starts_at else None,
            }
            for event in events.values()
        ]
    }


def _thawed(kept: Iterable[Mapping[str, Any]]) -> dict[int, IssueEvent]:
    return {
        event["activity_id"]: IssueEvent(
            event["activity_id"],
            event["title"],
            event["summary"],
            event["slot_id"],
            datetime.fromisoformat(event["starts_at"]) if event["starts_at"] else None,
        )
        for event in kept
    }
