"""Who reads the newsletter: they ask, say yes from their mailbox, choose, leave. Nothing is sent before the yes.

Each of these is called inside a unit of work and holds the subscriber's row locked until it ends.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, insert, select, text, update

from booking.kernel.codes import is_secret, new_secret
from booking.kernel.database import db, insert_once, run
from booking.newsletter import consents, left_marks
from booking.newsletter.consents import AskedBy
from booking.newsletter.models import (
    TRANSITIONS,
    WRITTEN_ELSEWHERE,
    ConsentPlace,
    NewsIssue,
    Subscriber,
    SubscriberState,
    SubscriberTopic,
)
from booking.outbox.promises import promise
from booking.records.audit import note

QUARTER = 900  # seconds: so often a page can have one mailbox written to
BOUNCED_FOR = timedelta(days=7)  # so long nobody tries an address again that does not exist
FROM_CHECKOUT = ConsentPlace.CHECKOUT
BATCH = 500
GONE = (SubscriberState.LEFT, SubscriberState.BOUNCED)


def ask(
    email: str, topics: Sequence[str], lang: str, now: datetime, asked_by: AskedBy | None = None, once: str = ""
) -> None:
    """Promise the letter that asks for a yes, where somebody wished for news that they do not get yet.

    Nothing is sent to them before that yes, also where they have said yes to other news before, or have left. `once` is
    the occasion: asked about again on the same one, they get no other letter; "" is this quarter of an hour.
    """
    if not topics or not email:
        return
    subscriber = _made_or_known(email, lang, now)
    if subscriber.state is SubscriberState.BOUNCED and now - (subscriber.ended_at or now) < BOUNCED_FOR:
        return
    is_on_list = subscriber.state is SubscriberState.CONFIRMED
    new = set(topics) - set(subscriber.topics) if is_on_list else set(topics)
    if not new:
        return
    if not is_on_list:
        _ask_anew(subscriber, now)
        subscriber.lang = lang  # of who is on the list it is theirs to change: anybody can type their address
    subscriber.unconfirmed, subscriber.asked_at, subscriber.changed_at = sorted(new), now, now
    db.session.flush()
    consents.ask(subscriber.id, subscriber.unconfirmed, asked_by or AskedBy(FROM_CHECKOUT, lang), now)
    promise("mail.newsletter", f"newsletter:{subscriber.id}:{once or quarter(now)}", {"subscriber_id": subscriber.id})


def ask_from_page(email: str, topics: Sequence[str], lang: str, now: datetime, asked_by: AskedBy) -> None:
    """As `ask`, for who waits for a letter: who gets all of it already is sent the link to their own page."""
    before = _known(Subscriber.email == email)
    if before is not None and before.state is SubscriberState.CONFIRMED and not set(topics) - set(before.topics):
        send_link(email, lang, now)
        return
    ask(email, topics, lang, now, asked_by)


def send_link(email: str, lang: str, now: datetime) -> None:
    """Promise the letter with the link to one's own page; whether there is one shows in the mailbox alone."""
    promise("mail.news_link", f"news_link:{left_marks.mark_of(email)}:{quarter(now)}", {"email": email, "lang": lang})


def quarter(now: datetime) -> int:
    """The number of this quarter of an hour."""
    return int(now.timestamp()) // QUARTER


def confirm(secret: str, now: datetime) -> bool:
    """The yes from the mailbox to what was asked last; False for an unknown secret.

    Who has left, or was asked nothing new, stays as they are: an old letter's page opened again says nothing anew.
    """
    subscriber = _with_secret(secret)
    if subscriber is None:
        return False
    if not subscriber.unconfirmed:
        return subscriber.state is SubscriberState.CONFIRMED
    had = subscriber.topics if subscriber.state is SubscriberState.CONFIRMED else []
    consents.answer(subscriber.id, now)
    _put_on_list(subscriber, {*had, *subscriber.unconfirmed}, now)
    return True


def choose(secret: str, topics: Collection[str], lang: str, now: datetime, asked_by: AskedBy) -> bool:
    """Read about these topics from now on, in this language; none is to leave. False unless they are on the list."""
    subscriber = _with_secret(secret)
    if subscriber is None or subscriber.state is not SubscriberState.CONFIRMED:
        return False
    if not topics:
        return leave(secret, now)
    if set(topics) != set(subscriber.topics):
        consents.choose(subscriber.id, sorted(topics), asked_by, now)
    subscriber.lang, subscriber.unconfirmed = lang, []
    _list_under(subscriber, topics)
    subscriber.changed_at = now
    return True


def leave(secret: str, now: datetime, issue_id: int | None = None) -> bool:
    """Off the list, for good and at once; twice is once. False for an unknown secret.

    `issue_id`: the issue whose link was used. Who was only asked and says no is not kept at all.
    """
    subscriber = _with_secret(secret)
    if subscriber is None:
        return False
    if subscriber.state is SubscriberState.ASKED:
        db.session.delete(subscriber)
        db.session.flush()
        return True
    if subscriber.state is SubscriberState.LEFT:
        return True
    if subscriber.state is SubscriberState.CONFIRMED and issue_id is not None:
        run(update(NewsIssue).where(NewsIssue.id == issue_id).values(left=NewsIssue.left + 1))
    take_off(subscriber, SubscriberState.LEFT, now)
    left_marks.keep(subscriber.email, now)
    return True


def come_back(secret: str, now: datetime, asked_by: AskedBy) -> bool:
    """Who has left by mistake, or whose letters came back for a while, is back with the topics they had.

    False for anybody else.
    """
    subscriber = _with_secret(secret)
    if subscriber is None or subscriber.state not in GONE or not subscriber.topics:
        return False
    consents.choose(subscriber.id, subscriber.topics, asked_by, now)
    _put_on_list(subscriber, subscriber.topics, now)
    return True


def take_off_by_staff(subscriber_id: int, now: datetime, actor: str) -> None:
    """Off the list on somebody's wish, by one of the staff."""
    subscriber = _known(Subscriber.id == subscriber_id)
    if subscriber is not None and subscriber.state in (SubscriberState.CONFIRMED, SubscriberState.ASKED):
        email = subscriber.email
        leave(subscriber.secret, now)
        left_marks.keep(email, now)
        note(actor, "subscriber.take_off", f"subscriber:{subscriber_id}")


def remove_by_staff(subscriber_id: int, now: datetime, actor: str) -> None:
    """All that is kept of somebody here, gone at once, but the mark that keeps them from being written to."""
    subscriber = _known(Subscriber.id == subscriber_id)
    if subscriber is not None:
        left_marks.keep(subscriber.email, now)
        db.session.delete(subscriber)
        db.session.flush()
        note(actor, "subscriber.remove", f"subscriber:{subscriber_id}")


def take_off(subscriber: Subscriber, state: SubscriberState, now: datetime) -> None:
    """Off the list, as LEFT or BOUNCED. Their topics stay with the row, for who comes back before it goes."""
    _move(subscriber, state)
    subscriber.unconfirmed, subscriber.ended_at, subscriber.changed_at = [], now, now
    db.session.flush()
    run(delete(SubscriberTopic).where(SubscriberTopic.subscriber_id == subscriber.id))


def _made_or_known(email: str, lang: str, now: datetime) -> Subscriber:
    fresh = {
        "email": email,
        "secret": new_secret(),
        "state": SubscriberState.ASKED,
        "lang": lang,
        "topics": [],
        "unconfirmed": [],
        "asked_at": now,
        "changed_at": now,
        "bounces": 0,
        "bounce_code": "",
    }
    insert_once(Subscriber, "email", fresh)  # two at once are one
    subscriber = _known(Subscriber.email == email)
    assert subscriber is not None
    return subscriber


def _ask_anew(subscriber: Subscriber, now: datetime) -> None:
    """Whoever is not on the list begins from the beginning, but keeps the day on which they left."""
    if subscriber.state is not SubscriberState.ASKED:
        _move(subscriber, SubscriberState.ASKED)
    subscriber.topics, subscriber.confirmed_at = [], None


def _put_on_list(subscriber: Subscriber, topics: Collection[str], now: datetime) -> None:
    if subscriber.state is not SubscriberState.CONFIRMED:
        _move(subscriber, SubscriberState.CONFIRMED)
        left_marks.take_away(subscriber.email)
    subscriber.unconfirmed, subscriber.ended_at = [], None
    subscriber.confirmed_at = subscriber.changed_at = now
    subscriber.bounces, subscriber.bounce_code = 0, ""
    _list_under(subscriber, topics)


def _list_under(subscriber: Subscriber, topics: Collection[str]) -> None:
    """Let the audience of an issue find them by these topics."""
    subscriber.topics = sorted(topics)
    db.session.flush()
    run(delete(SubscriberTopic).where(SubscriberTopic.subscriber_id == subscriber.id))
    if topics:
        run(insert(SubscriberTopic), [{"topic": topic, "subscriber_id": subscriber.id} for topic in sorted(topics)])


def _move(subscriber: Subscriber, state: SubscriberState) -> None:
    if state not in TRANSITIONS[subscriber.state]:
        raise ValueError(f"{subscriber.state} to {state}")
    subscriber.state = state


def _with_secret(secret: str) -> Subscriber | None:
    return _known(Subscriber.secret == secret) if is_secret(secret) else None


def _known(which: ColumnElement[bool]) -> Subscriber | None:
    """The subscriber, locked until the unit of work ends, as the release of before has left it if that wrote last."""
    locked = select(Subscriber).where(which).with_for_update(key_share=True)
    subscriber = db.session.scalar(locked.execution_options(populate_existing=True))
    if subscriber is not None:
        _adopt(subscriber)
    return subscriber


def adopt_written_elsewhere(most: int = BATCH) -> int:
    """Take over what a program of the release before has written meanwhile, while both run; how many there were.

    It knows neither states nor the index of topics.
    """
    rows = run(select(Subscriber.id).where(text(WRITTEN_ELSEWHERE)).order_by(Subscriber.id).limit(most)).scalars().all()
    return sum(_known(Subscriber.id == subscriber_id) is not None for subscriber_id in rows)


def _adopt(subscriber: Subscriber) -> None:
    moments = (subscriber.asked_at, subscriber.confirmed_at, subscriber.ended_at)
    latest = max(moment for moment in moments if moment is not None)
    if latest <= subscriber.changed_at:
        return
    if subscriber.ended_at is not None and subscriber.confirmed_at is not None:
        subscriber.state = SubscriberState.LEFT
        left_marks.keep(subscriber.email, subscriber.ended_at)
    elif subscriber.confirmed_at is not None:
        subscriber.state = SubscriberState.CONFIRMED
        consents.answer(subscriber.id, subscriber.confirmed_at)
        left_marks.take_away(subscriber.email)
    is_on_list = subscriber.state is SubscriberState.CONFIRMED
    had = subscriber.topics
    _list_under(subscriber, had if is_on_list else [])
    subscriber.topics, subscriber.changed_at = had, latest
    db.session.flush()
