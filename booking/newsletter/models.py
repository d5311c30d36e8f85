"""Tables of who reads the newsletter: the address and its state, the topics, and what was said yes to when."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from booking.kernel.database import Id, Json, Model, UTCDateTime, stored
from booking.pictures.facts import Pictured, PictureFacts

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
# As it stands in the index: what a program that knows nothing of `changed_at` has written since.
WRITTEN_ELSEWHERE = "asked_at > changed_at OR confirmed_at > changed_at OR ended_at > changed_at"


class SubscriberState(StrEnum):
    """Where an address stands. Only CONFIRMED is written to, apart from the one question to ASKED."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    LEFT = "left"
    BOUNCED = "bounced"


# Nobody comes back onto the list but by a yes of their own: the secret is in their mailbox alone.
TRANSITIONS: dict[SubscriberState, frozenset[SubscriberState]] = {
    SubscriberState.ASKED: frozenset({SubscriberState.CONFIRMED, SubscriberState.BOUNCED}),
    SubscriberState.CONFIRMED: frozenset({SubscriberState.LEFT, SubscriberState.BOUNCED}),
    SubscriberState.LEFT: frozenset({SubscriberState.ASKED, SubscriberState.CONFIRMED}),
    SubscriberState.BOUNCED: frozenset({SubscriberState.ASKED, SubscriberState.CONFIRMED, SubscriberState.LEFT}),
}


class ConsentPlace(StrEnum):
    """Where somebody was asked."""

    CHECKOUT = "checkout"
    FOOT = "foot"
    PAGE = "page"
    OWN = "own"  # their own page, by the link in their mailbox


class Subscriber(Model):
    """An address that wants the newsletter, or once did; it counts only once confirmed from its mailbox.

    `topics` are those that were said yes to, `unconfirmed` those that wait for a yes. `bounces` are letters that came
    back for a while, since the last yes; `changed_at` is when this room has written the row.
    """

    __tablename__ = "subscriber"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    secret: Mapped[str] = mapped_column(String(26), unique=True)
    state: Mapped[SubscriberState] = mapped_column(
        stored(SubscriberState, check=False), default=SubscriberState.ASKED, server_default="asked"
    )
    lang: Mapped[str] = mapped_column(String(2))
    topics: Mapped[list[str]] = mapped_column(Json)
    unconfirmed: Mapped[list[str]] = mapped_column(Json, default=list, server_default="[]")
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    changed_at: Mapped[datetime] = mapped_column(
        UTCDateTime, default=LONG_AGO, server_default=text("'1970-01-01 00:00:00'")
    )
    bounces: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    bounce_code: Mapped[str] = mapped_column(String(20), default="", server_default="")

    __table_args__ = (
        Index("ix_subscriber_state", "state", "lang", "id"),
        Index("ix_subscriber_asked_at", "state", "asked_at"),
        Index(
            "ix_subscriber_ended_at",
            "ended_at",
            sqlite_where=text("ended_at IS NOT NULL"),
            postgresql_where=text("ended_at IS NOT NULL"),
        ),
        Index(
            "ix_subscriber_written_elsewhere",
            "id",
            sqlite_where=text(WRITTEN_ELSEWHERE),
            postgresql_where=text(WRITTEN_ELSEWHERE),
        ),
    )


class SubscriberTopic(Model):
    """One topic that a confirmed subscriber reads about: their `topics`, as the audience of an issue is found by."""

    __tablename__ = "subscriber_topic"

    topic: Mapped[str] = mapped_column(String(40), primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id", ondelete="CASCADE"), primary_key=True)

    __table_args__ = (Index("ix_subscriber_topic_subscriber_id", "subscriber_id"),)


class ConsentWording(Model):
    """The words that somebody was asked by, kept once: `digest` is of the language and the text."""

    __tablename__ = "consent_wording"

    digest: Mapped[str] = mapped_column(String(16), primary_key=True)
    lang: Mapped[str] = mapped_column(String(2))
    text: Mapped[str] = mapped_column(Text)
    first_shown_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Consent(Model):
    """What somebody was asked, where, by which words, and when they said yes; goes with its subscriber.

    `wording` is "" where it was asked before words were kept. One without an answer is replaced when they ask again.
    """

    __tablename__ = "consent"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id", ondelete="CASCADE"), index=True)
    place: Mapped[ConsentPlace] = mapped_column(stored(ConsentPlace))
    topics: Mapped[list[str]] = mapped_column(Json)
    lang: Mapped[str] = mapped_column(String(2))
    wording: Mapped[str] = mapped_column(String(16), default="", server_default="")
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class LeftMark(Model):
    """That a mailbox has left: a keyed digest of its address, which outlives the address. See left_marks.py."""

    __tablename__ = "left_mark"

    mark: Mapped[str] = mapped_column(String(32), primary_key=True)
    left_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class IssueState(StrEnum):
    """Where an issue stands. What is in it may change only while it is a DRAFT."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    SENDING = "sending"
    HALTED = "halted"
    SENT = "sent"


ISSUE_TRANSITIONS: dict[IssueState, frozenset[IssueState]] = {
    IssueState.DRAFT: frozenset({IssueState.SCHEDULED}),
    IssueState.SCHEDULED: frozenset({IssueState.DRAFT, IssueState.SENDING}),
    IssueState.SENDING: frozenset({IssueState.HALTED, IssueState.SENT}),
    IssueState.HALTED: frozenset({IssueState.SENDING}),
    IssueState.SENT: frozenset(),
}


class BlockKind(StrEnum):
    """What an issue is made of."""

    HEADING = "heading"
    WORDS = "words"
    PICTURE = "picture"
    EVENT = "event"
    BUTTON = "button"


class NewsIssue(Model):
    """One newsletter. Nobody's choice of topics or languages is everybody: an empty list leaves nobody out.

    While it goes out `cursor` is the last subscriber whose letter is promised, `last_subscriber_id` the last there was
    when it began, `audience` how many were to get it, `spell` how often it has begun, and `frozen` what its events were
    then. `left` counts who has left by its link.
    """

    __tablename__ = "news_issue"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    state: Mapped[IssueState] = mapped_column(stored(IssueState), default=IssueState.DRAFT)
    subject: Mapped[dict[str, str]] = mapped_column(Json)
    topics: Mapped[list[str]] = mapped_column(Json)
    langs: Mapped[list[str]] = mapped_column(Json)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    send_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    begun_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    frozen: Mapped[dict[str, object]] = mapped_column(Json, default=dict)
    cursor: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    last_subscriber_id: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    audience: Mapped[int] = mapped_column(default=0, server_default="0")
    spell: Mapped[int] = mapped_column(default=0, server_default="0")
    left: Mapped[int] = mapped_column(default=0, server_default="0")

    __table_args__ = (
        Index("ix_news_issue_made_at", "made_at"),
        Index(
            "ix_news_issue_scheduled",
            "send_at",
            sqlite_where=text("state = 'scheduled'"),
            postgresql_where=text("state = 'scheduled'"),
        ),
    )


class NewsBlock(Model):
    """One block of an issue. `words` by language: a heading, a text, what is said to an event, a button's words."""

    __tablename__ = "news_block"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("news_issue.id", ondelete="CASCADE"), index=True)
    sort: Mapped[int]
    kind: Mapped[BlockKind] = mapped_column(stored(BlockKind))
    words: Mapped[dict[str, str]] = mapped_column(Json)
    address: Mapped[str] = mapped_column(String(500), default="", server_default="")
    activity_id: Mapped[int | None] = mapped_column(ForeignKey("activity.id"))
    picture: Mapped[PictureFacts | None] = mapped_column(Pictured)


class NewsFate(StrEnum):
    """What became of one letter of an issue.

    GOING is written before it is handed over: found so later, nobody knows whether it went, and it is not sent again.
    """

    PROMISED = "promised"
    HELD = "held"
    GOING = "going"
    SENT = "sent"
    REFUSED = "refused"
    LEFT_OUT = "left_out"  # who had left, or bounced, when their turn came


class NewsDelivery(Model):
    """One letter of an issue to one subscriber; without whom it was to, once they are forgotten."""

    __tablename__ = "news_delivery"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("news_issue.id", ondelete="CASCADE"))
    subscriber_id: Mapped[int | None] = mapped_column(ForeignKey("subscriber.id", ondelete="SET NULL"))
    state: Mapped[NewsFate] = mapped_column(stored(NewsFate), default=NewsFate.PROMISED)

    __table_args__ = (
        Index("uq_news_delivery_issue_subscriber", "issue_id", "subscriber_id", unique=True),
        Index("ix_news_delivery_issue_state", "issue_id", "state"),
        Index(
            "ix_news_delivery_subscriber_id",
            "subscriber_id",
            sqlite_where=text("subscriber_id IS NOT NULL"),
            postgresql_where=text("subscriber_id IS NOT NULL"),
        ),
    )
