"""An issue goes out: frozen when it begins, in portions, one letter to each reader whoever dies meanwhile.

A portion's deliveries, the promises of their letters and the place of the next portion are one transaction, and there
is one delivery for each issue and reader. A letter is noted as GOING before it is handed over: what a worker that was
killed leaves so may have gone, and is not sent again; nor is one whose receipt the mail server did not give. So nobody
gets an issue twice; of a worker that is killed, or a connection that breaks, one letter may be lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import String, func, insert, literal, select, update

from booking.kernel.database import run
from booking.kernel.refusals import Refusal
from booking.newsletter import audience, content, left_marks
from booking.newsletter.content import Lacking
from booking.newsletter.issues import LATEST, IssueFacts, blocks_of, issue_of, locked, move
from booking.newsletter.models import IssueState, NewsDelivery, NewsFate, NewsIssue, Subscriber, SubscriberState
from booking.outbox.models import Promise, PromiseState
from booking.outbox.promises import promise
from booking.records.audit import note

PORTION = 200  # letters promised at a time
GIVEN_UP = timedelta(days=4)  # after a spell began: by then each letter was sent, refused or given up
PORTION_KIND, LETTER_KIND = "news.portion", "mail.news"


class IssueLacks(Refusal):
    """Something must be written first."""

    def __init__(self, gaps: list[Lacking]) -> None:
        super().__init__(gaps)
        self.gaps = gaps


class NoReaders(Refusal):
    """Nobody has asked for any of these topics in any of these languages."""


class OddMoment(Refusal):
    """The moment is past, or further ahead than anybody means."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom one letter of an issue is for."""

    subscriber_id: int
    email: str
    secret: str
    lang: str
    topics: list[str]


def schedule(issue_id: int, send_at: datetime, now: datetime, actor: str) -> None:
    """Let a draft go at a moment; call inside a unit of work. Raises IssueStands, IssueLacks, NoReaders, OddMoment."""
    issue = locked(issue_id, IssueState.DRAFT)
    if not now <= send_at <= now + LATEST:
        raise OddMoment
    blocks = blocks_of(issue_id)
    if gaps := content.lacking(issue, blocks, content.events_of(issue, blocks, now)):
        raise IssueLacks(gaps)
    if not sum(audience.count_by_language(issue.topics, issue.langs).values()):
        raise NoReaders
    move(issue, IssueState.SCHEDULED, send_at=send_at)
    note(actor, "news_issue.schedule", f"news_issue:{issue_id}", None, {"send_at": send_at.isoformat()})


def withdraw(issue_id: int, actor: str) -> None:
    """Back to a draft before it begins; call inside a unit of work. Raises IssueStands."""
    move(locked(issue_id, IssueState.SCHEDULED), IssueState.DRAFT, send_at=None)
    note(actor, "news_issue.withdraw", f"news_issue:{issue_id}")


def begin_due(now: datetime) -> int:
    """Begin what is scheduled and due; call inside a unit of work. How many began."""
    due = select(NewsIssue.id).where(NewsIssue.state == IssueState.SCHEDULED, NewsIssue.send_at <= now)
    ids = list(run(due.with_for_update(skip_locked=True, key_share=True)).scalars())
    for issue_id in ids:
        _begin(locked(issue_id, IssueState.SCHEDULED), now)
    return len(ids)


def _begin(issue: IssueFacts, now: datetime) -> None:
    events = content.events_of(issue, blocks_of(issue.id), now)
    move(
        issue,
        IssueState.SENDING,
        begun_at=now,
        send_at=now,
        frozen=content.frozen(events),
        last_subscriber_id=audience.last_number(),
        audience=sum(audience.count_by_language(issue.topics, issue.langs).values()),
        spell=1,
    )
    _promise_portion(issue.id, 1, 0)


def _promise_portion(issue_id: int, spell: int, cursor: int) -> None:
    about = {"issue_id": issue_id, "spell": spell, "cursor": cursor}
    promise("news.portion", f"{PORTION_KIND}:{issue_id}:{spell}:{cursor}", about)


def keep_portion(issue_id: int, spell: int, cursor: int) -> int:
    """Promise the letters of one portion and the next portion; call inside a unit of work. How many letters.

    Whoever comes second, or after it was halted, finds the cursor moved or the spell over, and does nothing.
    """
    issue = issue_of(issue_id)
    if issue is None or issue.begun_at is None:
        return 0
    ids = audience.portion(issue, issue.begun_at, PORTION)
    reached = ids[-1] if len(ids) == PORTION else issue.last_subscriber_id
    moved = run(
        update(NewsIssue)
        .where(
            NewsIssue.id == issue_id,
            NewsIssue.state == IssueState.SENDING,
            NewsIssue.spell == spell,
            NewsIssue.cursor == cursor,
            NewsIssue.cursor < NewsIssue.last_subscriber_id,
        )
        .values(cursor=reached)
        .returning(NewsIssue.id)
    ).first()
    if moved is None or issue.cursor != cursor:
        return 0
    if ids:
        rows = [{"issue_id": issue_id, "subscriber_id": number, "state": NewsFate.PROMISED} for number in ids]
        run(insert(NewsDelivery), rows)
    for number in ids:
        _promise_letter(issue_id, number, spell)
    if reached < issue.last_subscriber_id:
        _promise_portion(issue_id, spell, reached)
    return len(ids)


def _promise_letter(issue_id: int, subscriber_id: int, spell: int) -> None:
    about = {"issue_id": issue_id, "subscriber_id": subscriber_id}
    promise("mail.news", f"news:{issue_id}:{subscriber_id}:{spell}", about)


def halt(issue_id: int, actor: str) -> None:
    """No further letter goes; call inside a unit of work. Raises IssueStands."""
    move(locked(issue_id, IssueState.SENDING), IssueState.HALTED)
    note(actor, "news_issue.halt", f"news_issue:{issue_id}")


def go_on(issue_id: int, now: datetime, actor: str) -> None:
    """On from where it was halted; call inside a unit of work. Raises IssueStands."""
    issue = locked(issue_id, IssueState.HALTED)
    spell = issue.spell + 1
    move(issue, IssueState.SENDING, spell=spell, send_at=now)
    held = (NewsDelivery.issue_id == issue_id, NewsDelivery.state == NewsFate.HELD)
    for number in run(
        update(NewsDelivery).where(*held).values(state=NewsFate.PROMISED).returning(NewsDelivery.subscriber_id)
    ).scalars():
        if number is not None:
            _promise_letter(issue_id, number, spell)
    if issue.cursor < issue.last_subscriber_id:
        _promise_portion(issue_id, spell, issue.cursor)
    note(actor, "news_issue.go_on", f"news_issue:{issue_id}")


def take(issue_id: int, subscriber_id: int) -> Reader | None:
    """Note that one letter is about to go, and to whom; call inside a unit of work.

    None for who has left or bounced, or has got it, or while the issue is halted: each is noted.
    """
    mine = (NewsDelivery.issue_id == issue_id, NewsDelivery.subscriber_id == subscriber_id)
    # Reader, issue, delivery: so whoever leaves, is deleted, halts or goes on locks them, too. Who halts or goes on at
    # this moment either comes before this letter or is told so after it.
    reader = _reader(subscriber_id)
    state = run(select(NewsIssue.state).where(NewsIssue.id == issue_id).with_for_update(read=True)).scalar()
    delivery = run(select(NewsDelivery.state).where(*mine).with_for_update(key_share=True)).scalar()
    if delivery is not NewsFate.PROMISED or state is None:
        return None
    fate = NewsFate.LEFT_OUT if reader is None else NewsFate.GOING if state is IssueState.SENDING else NewsFate.HELD
    run(update(NewsDelivery).where(*mine).values(state=fate))
    return reader if fate is NewsFate.GOING else None


def _reader(subscriber_id: int) -> Reader | None:
    """Whom it is for, if they still want it. A mark of who left counts more than what the row says."""
    row = run(
        select(Subscriber.email, Subscriber.secret, Subscriber.lang, Subscriber.topics)
        .where(
            Subscriber.id == subscriber_id,
            Subscriber.state == SubscriberState.CONFIRMED,
            Subscriber.ended_at.is_(None),
        )
        .with_for_update(read=True)  # who leaves at this moment either comes before this letter or is told so after it
    ).first()
    return None if row is None or left_marks.has_left(row[0]) else Reader(subscriber_id, *row)


def note_fate(issue_id: int, subscriber_id: int, fate: NewsFate) -> None:
    """What became of a letter that was about to go; call inside a unit of work."""
    going = NewsDelivery.state == NewsFate.GOING
    mine = (NewsDelivery.issue_id == issue_id, NewsDelivery.subscriber_id == subscriber_id, going)
    run(update(NewsDelivery).where(*mine).values(state=fate))


def end_done(now: datetime) -> int:
    """Say of what has gone out wholly that it is sent; call inside a unit of work. How many that were."""
    sending = select(NewsIssue.id).where(
        NewsIssue.state == IssueState.SENDING, NewsIssue.cursor >= NewsIssue.last_subscriber_id
    )
    ended = 0
    for issue_id in list(run(sending.with_for_update(skip_locked=True, key_share=True)).scalars()):
        issue = locked(issue_id, IssueState.SENDING)
        is_over = issue.send_at is not None and now - issue.send_at > GIVEN_UP
        if is_over or not _some_may_still_go(issue):
            _give_up_the_rest(issue_id)
            counts = fates([issue_id]).get(issue_id, {})
            figures = {"figures": {fate.value: count for fate, count in counts.items()}}
            move(issue, IssueState.SENT, ended_at=now, frozen={**issue.frozen, **figures})
            ended += 1
    return ended


def _some_may_still_go(issue: IssueFacts) -> bool:
    """Whether letters wait, or are in a worker's hand; in one statement, since they go from one to the other and back.

    A worker's promise is open as long as it has the letter in hand. Whoever gets the promise of one that was killed,
    when its lease is over, finds the letter GOING and closes it.
    """
    letter = literal(f"news:{issue.id}:") + NewsDelivery.subscriber_id.cast(String)  # its key, but for the spell
    keys = [letter + f":{spell}" for spell in range(1, issue.spell + 1)]
    in_hand = select(Promise.id).where(Promise.key.in_(keys), Promise.state == PromiseState.WAITING).exists()
    open_letters = (
        NewsDelivery.issue_id == issue.id,
        NewsDelivery.state.in_((NewsFate.PROMISED, NewsFate.GOING)),
        NewsDelivery.subscriber_id.is_not(None),  # nobody gets the letter of who was deleted meanwhile
    )
    may_go = (NewsDelivery.state == NewsFate.PROMISED) | in_hand
    return run(select(NewsDelivery.id).where(*open_letters, may_go).limit(1)).first() is not None


def _give_up_the_rest(issue_id: int) -> None:
    """What still waits when an issue is done will not go: to who was deleted, or what no server took in time."""
    rest = (NewsDelivery.issue_id == issue_id, NewsDelivery.state.in_((NewsFate.PROMISED, NewsFate.HELD)))
    deleted = NewsDelivery.subscriber_id.is_(None)
    run(update(NewsDelivery).where(*rest, deleted).values(state=NewsFate.LEFT_OUT))
    run(update(NewsDelivery).where(*rest).values(state=NewsFate.REFUSED))


def fates(issue_ids: list[int]) -> Mapping[int, Mapping[NewsFate, int]]:
    """What became of the letters of these issues, counted in one statement."""
    query = (
        select(NewsDelivery.issue_id, NewsDelivery.state, func.count())
        .where(NewsDelivery.issue_id.in_(issue_ids))
        .group_by(NewsDelivery.issue_id, NewsDelivery.state)
    )
    counted: dict[int, dict[NewsFate, int]] = {}
    for issue_id, fate, count in run(query):
        counted.setdefault(issue_id, {})[fate] = count
    return counted


def figures(issues: list[IssueFacts]) -> Mapping[int, Mapping[NewsFate, int]]:
    """The same, from what was counted when an issue was done, where it is."""
    kept = {
        issue.id: {NewsFate(fate): count for fate, count in issue.frozen["figures"].items()}
        for issue in issues
        if "figures" in issue.frozen
    }
    going = [issue.id for issue in issues if issue.begun_at is not None and issue.id not in kept]
    return kept | dict(fates(going)) if going else kept
