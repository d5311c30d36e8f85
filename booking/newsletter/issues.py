"""Issues of the newsletter as staff write and schedule them. What is in one may change only while it is a draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from booking.kernel.database import Texts, as_values, run
from booking.kernel.refusals import Refusal
from booking.newsletter.models import ISSUE_TRANSITIONS, BlockKind, IssueState, NewsBlock, NewsIssue
from booking.pictures.facts import PictureFacts
from booking.pictures.keeping import PictureHolder, drop_picture
from booking.records.audit import note

MOST_BLOCKS = 40
LATEST = timedelta(days=366)  # ahead: what is meant for later is a mistake in the year


class IssueStands(Refusal):
    """The issue is no longer, or not, where this can be done; `state` is where it is."""

    def __init__(self, state: IssueState) -> None:
        super().__init__(state)
        self.state = state


class TooManyBlocks(Refusal):
    """An issue has only so many blocks."""


@dataclass(frozen=True, slots=True)
class IssueFacts:
    """One issue as pages and letters see it."""

    id: int
    state: IssueState
    subject: Texts
    topics: Sequence[str]
    langs: Sequence[str]
    made_at: datetime
    send_at: datetime | None
    begun_at: datetime | None
    ended_at: datetime | None
    frozen: Mapping[str, Any]
    cursor: int
    last_subscriber_id: int
    audience: int
    spell: int
    left: int


@dataclass(frozen=True, slots=True)
class BlockFacts:
    """One block of an issue."""

    id: int
    sort: int
    kind: BlockKind
    words: Texts
    address: str
    activity_id: int | None
    picture: PictureFacts | None


_ISSUE = tuple(getattr(NewsIssue, name) for name in IssueFacts.__dataclass_fields__)
_BLOCK = tuple(getattr(NewsBlock, name) for name in BlockFacts.__dataclass_fields__)


def latest(most: int = 100) -> list[IssueFacts]:
    """The newest issues, in one statement."""
    query = select(*_ISSUE).order_by(NewsIssue.made_at.desc(), NewsIssue.id.desc()).limit(most)
    return as_values(IssueFacts, run(query))


def issue_of(issue_id: int) -> IssueFacts | None:
    """The issue of this number."""
    query = select(*_ISSUE).where(NewsIssue.id == issue_id)
    return next(iter(as_values(IssueFacts, run(query))), None) if issue_id < 10**18 else None


def blocks_of(issue_id: int) -> list[BlockFacts]:
    """Its blocks from the top."""
    query = select(*_BLOCK).where(NewsBlock.issue_id == issue_id).order_by(NewsBlock.sort, NewsBlock.id)
    return as_values(BlockFacts, run(query))


def new_issue(now: datetime, actor: str) -> int:
    """An empty draft; call inside a unit of work. Its number."""
    values = {"state": IssueState.DRAFT, "subject": {}, "topics": [], "langs": [], "made_at": now, "frozen": {}}
    issue_id: int = run(insert(NewsIssue).returning(NewsIssue.id), values).scalar_one()
    note(actor, "news_issue.begin", f"news_issue:{issue_id}")
    return issue_id


def hold_draft(issue_id: int) -> None:
    """Let nobody schedule it until this unit of work ends. Raises IssueStands unless it is a draft."""
    locked(issue_id, IssueState.DRAFT)


def locked(issue_id: int, *states: IssueState) -> IssueFacts:
    """The issue, locked until the unit of work ends. Raises IssueStands unless it is in one of these states."""
    query = select(*_ISSUE).where(NewsIssue.id == issue_id).with_for_update(key_share=True)
    issue = next(iter(as_values(IssueFacts, run(query))), None)
    if issue is None or issue.state not in states:
        raise IssueStands(issue.state if issue is not None else IssueState.SENT)
    return issue


def move(issue: IssueFacts, state: IssueState, **values: Any) -> None:  # noqa: ANN401  (columns by name)
    """Let a locked issue be in another state, with what belongs to that."""
    if state not in ISSUE_TRANSITIONS[issue.state]:
        raise IssueStands(issue.state)
    run(update(NewsIssue).where(NewsIssue.id == issue.id).values(state=state, **values))


def add_block(issue_id: int, kind: BlockKind, values: Mapping[str, Any], actor: str) -> int:
    """One more at the bottom of a draft; call inside a unit of work. Raises IssueStands, TooManyBlocks."""
    hold_draft(issue_id)
    bottom = run(select(func.count(), func.max(NewsBlock.sort)).where(NewsBlock.issue_id == issue_id)).one()
    if bottom[0] >= MOST_BLOCKS:
        raise TooManyBlocks
    filled = {"words": {}, "address": "", "activity_id": None, "picture": None} | dict(values)
    row = {"issue_id": issue_id, "sort": (bottom[1] or 0) + 1, "kind": kind, **filled}
    block_id: int = run(insert(NewsBlock).returning(NewsBlock.id), row).scalar_one()
    note(actor, "news_block.add", f"news_issue:{issue_id}", None, {"kind": kind.value})
    return block_id


def remove_block(issue_id: int, block_id: int, actor: str) -> None:
    """Take a block out of a draft, its picture with it; call inside a unit of work. Raises IssueStands."""
    hold_draft(issue_id)
    for block in blocks_of(issue_id):
        if block.id == block_id:
            _drop_picture(block, actor)
            run(delete(NewsBlock).where(NewsBlock.id == block_id))
            note(actor, "news_block.remove", f"news_issue:{issue_id}", {"kind": block.kind.value}, None)


def shift_block(issue_id: int, block_id: int, by: int) -> None:
    """One up (-1) or one down (1) in a draft; call inside a unit of work. Raises IssueStands."""
    hold_draft(issue_id)
    order = [block.id for block in blocks_of(issue_id)]
    if block_id not in order:
        return
    place = order.index(block_id)
    order.insert(min(max(place + by, 0), len(order) - 1), order.pop(place))
    for sort, each in enumerate(order, 1):
        run(update(NewsBlock).where(NewsBlock.id == each).values(sort=sort))


def remove_issue(issue_id: int, actor: str) -> None:
    """Throw a draft away; call inside a unit of work. Raises IssueStands."""
    hold_draft(issue_id)
    for block in blocks_of(issue_id):
        _drop_picture(block, actor)
    run(delete(NewsIssue).where(NewsIssue.id == issue_id))
    note(actor, "news_issue.remove", f"news_issue:{issue_id}")


def _drop_picture(block: BlockFacts, actor: str) -> None:
    if block.picture is not None:
        drop_picture(PictureHolder(NewsBlock, block.id), block.picture.stamp, actor)
