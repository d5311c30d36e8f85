"""The newsletter: states, topics and consents of its readers, issues with their blocks, and what became of each letter.

Revision ID: 0046
Revises: 0047
"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0047"
branch_labels = None
depends_on = None
runs_from = "0038"

AT_ONCE = 1000
ELSEWHERE = "asked_at > changed_at OR confirmed_at > changed_at OR ended_at > changed_at"


def _enum(column: str, *members: str) -> sa.Enum:
    return sa.Enum(*members, name=column, native_enum=False, create_constraint=True, length=20)


def upgrade() -> None:
    """Who is on the list is carried over with their topics; when they said yes is known, by which words is not."""
    op.add_column("booking", sa.Column("news_wording", sa.String(16), server_default="", nullable=False))
    _widen_subscribers()
    _make_tables()
    _carry_over()
    op.create_index("ix_subscriber_state", "subscriber", ["state", "lang", "id"])
    op.create_index("ix_subscriber_asked_at", "subscriber", ["state", "asked_at"])
    for name, column, condition in (
        ("ix_subscriber_ended_at", "ended_at", "ended_at IS NOT NULL"),
        ("ix_subscriber_written_elsewhere", "id", ELSEWHERE),
    ):
        where = sa.text(condition)
        op.create_index(name, "subscriber", [column], sqlite_where=where, postgresql_where=where)


def _widen_subscribers() -> None:
    state = sa.Enum("asked", "confirmed", "left", "bounced", name="subscriberstate", native_enum=False, length=20)
    op.add_column("subscriber", sa.Column("state", state, server_default="asked", nullable=False))
    long_ago = sa.text("'1970-01-01 00:00:00'")
    changed_at = sa.Column("changed_at", sa.DateTime(timezone=True), server_default=long_ago, nullable=False)
    op.add_column("subscriber", changed_at)
    op.add_column("subscriber", sa.Column("bounces", sa.SmallInteger(), server_default="0", nullable=False))
    op.add_column("subscriber", sa.Column("bounce_code", sa.String(20), server_default="", nullable=False))


def _make_tables() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "subscriber_topic",
        sa.Column("topic", sa.String(40), nullable=False),
        sa.Column("subscriber_id", number, nullable=False),
        sa.ForeignKeyConstraint(
            ["subscriber_id"], ["subscriber.id"], name="fk_subscriber_topic_subscriber_id_subscriber", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("topic", "subscriber_id", name="pk_subscriber_topic"),
    )
    op.create_index("ix_subscriber_topic_subscriber_id", "subscriber_topic", ["subscriber_id"])
    op.create_table(
        "consent_wording",
        sa.Column("digest", sa.String(16), nullable=False),
        sa.Column("lang", sa.String(2), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("first_shown_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_consent_wording"),
    )
    op.create_table(
        "consent",
        sa.Column("id", number, nullable=False),
        sa.Column("subscriber_id", number, nullable=False),
        sa.Column("place", _enum("consentplace", "checkout", "foot", "page", "own"), nullable=False),
        sa.Column("topics", sa.Text(), nullable=False),
        sa.Column("lang", sa.String(2), nullable=False),
        sa.Column("wording", sa.String(16), server_default="", nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["subscriber_id"], ["subscriber.id"], name="fk_consent_subscriber_id_subscriber", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_consent"),
    )
    op.create_index("ix_consent_subscriber_id", "consent", ["subscriber_id"])
    op.create_table(
        "left_mark",
        sa.Column("mark", sa.String(32), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("mark", name="pk_left_mark"),
    )
    op.create_index("ix_left_mark_left_at", "left_mark", ["left_at"])
    _make_issues(number)


def _make_issues(number: sa.types.TypeEngine) -> None:
    states = _enum("issuestate", "draft", "scheduled", "sending", "halted", "sent")
    op.create_table(
        "news_issue",
        sa.Column("id", number, nullable=False),
        sa.Column("state", states, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("topics", sa.Text(), nullable=False),
        sa.Column("langs", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("send_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("frozen", sa.Text(), nullable=False),
        sa.Column("cursor", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("last_subscriber_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("audience", sa.Integer(), server_default="0", nullable=False),
        sa.Column("spell", sa.Integer(), server_default="0", nullable=False),
        sa.Column("left", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_news_issue"),
    )
    op.create_index("ix_news_issue_made_at", "news_issue", ["made_at"])
    scheduled = sa.text("state = 'scheduled'")
    op.create_index(
        "ix_news_issue_scheduled", "news_issue", ["send_at"], sqlite_where=scheduled, postgresql_where=scheduled
    )
    op.create_table(
        "news_block",
        sa.Column("id", number, nullable=False),
        sa.Column("issue_id", number, nullable=False),
        sa.Column("sort", sa.Integer(), nullable=False),
        sa.Column("kind", _enum("blockkind", "heading", "words", "picture", "event", "button"), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("address", sa.String(500), server_default="", nullable=False),
        sa.Column("activity_id", number, nullable=True),
        sa.Column("picture", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["issue_id"], ["news_issue.id"], name="fk_news_block_issue_id_news_issue", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name="fk_news_block_activity_id_activity"),
        sa.PrimaryKeyConstraint("id", name="pk_news_block"),
    )
    op.create_index("ix_news_block_issue_id", "news_block", ["issue_id"])
    _make_deliveries(number)


def _make_deliveries(number: sa.types.TypeEngine) -> None:
    states = _enum("newsfate", "promised", "held", "going", "sent", "refused", "left_out")
    op.create_table(
        "news_delivery",
        sa.Column("id", number, nullable=False),
        sa.Column("issue_id", number, nullable=False),
        sa.Column("subscriber_id", number, nullable=True),
        sa.Column("state", states, nullable=False),
        sa.ForeignKeyConstraint(
            ["issue_id"], ["news_issue.id"], name="fk_news_delivery_issue_id_news_issue", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["subscriber_id"], ["subscriber.id"], name="fk_news_delivery_subscriber_id_subscriber", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_news_delivery"),
    )
    op.create_index("uq_news_delivery_issue_subscriber", "news_delivery", ["issue_id", "subscriber_id"], unique=True)
    op.create_index("ix_news_delivery_issue_state", "news_delivery", ["issue_id", "state"])
    known = sa.text("subscriber_id IS NOT NULL")
    op.create_index(
        "ix_news_delivery_subscriber_id",
        "news_delivery",
        ["subscriber_id"],
        sqlite_where=known,
        postgresql_where=known,
    )


SUBSCRIBER = sa.table(
    "subscriber",
    *map(sa.column, ("id", "state", "lang", "topics", "unconfirmed", "asked_at", "confirmed_at", "ended_at", "changed_at")),
)
TOPIC = sa.table("subscriber_topic", sa.column("topic"), sa.column("subscriber_id"))
CONSENT = sa.table(
    "consent",
    *map(sa.column, ("subscriber_id", "place", "topics", "lang", "asked_at", "answered_at")),
)


def _carry_over() -> None:
    """States by the moments there are; each yes as one that was given in the checkout, where all were asked."""
    connection = op.get_bind()
    connection.execute(
        sa.text(
            "UPDATE subscriber SET changed_at = COALESCE(ended_at, confirmed_at, asked_at), state = CASE"
            " WHEN ended_at IS NOT NULL THEN 'left' WHEN confirmed_at IS NOT NULL THEN 'confirmed' ELSE 'asked' END"
        )
    )
    # Asked again since: what the later moment is does not matter, as long as none is later than it.
    connection.execute(sa.text("UPDATE subscriber SET changed_at = asked_at WHERE asked_at > changed_at"))
    connection.execute(sa.text("UPDATE subscriber SET changed_at = confirmed_at WHERE confirmed_at > changed_at"))
    last = 0
    while rows := connection.execute(
        sa.select(SUBSCRIBER).where(SUBSCRIBER.c.id > last).order_by(SUBSCRIBER.c.id).limit(AT_ONCE)
    ).all():
        last = rows[-1].id
        topics = [(row, topic) for row in rows if row.state == "confirmed" for topic in sorted(set(json.loads(row.topics)))]
        if topics:
            connection.execute(TOPIC.insert(), [{"topic": topic, "subscriber_id": row.id} for row, topic in topics])
        connection.execute(CONSENT.insert(), [_consent(row) for row in rows])


def _consent(row: sa.Row) -> dict[str, object]:
    answered = row.confirmed_at is not None
    topics = row.topics if answered else row.unconfirmed
    return {
        "subscriber_id": row.id,
        "place": "checkout",
        "topics": topics,
        "lang": row.lang,
        "asked_at": row.asked_at,
        "answered_at": row.confirmed_at,
    }


def downgrade() -> None:
    """As it was: what the release before knows of its readers stands in their rows."""
    for table in ("news_delivery", "news_block", "news_issue", "left_mark", "consent", "consent_wording"):
        op.drop_table(table)
    op.drop_table("subscriber_topic")
    for index in ("state", "asked_at", "ended_at", "written_elsewhere"):
        op.drop_index(f"ix_subscriber_{index}", table_name="subscriber")
    for column in ("bounce_code", "bounces", "changed_at", "state"):
        op.drop_column("subscriber", column)
    op.drop_column("booking", "news_wording")
