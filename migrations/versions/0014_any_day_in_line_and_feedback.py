"""wait for any day in line, and say afterwards how it was

The waiting list of schools is a small table and becomes wider: it is made anew and filled with what it had.
"""

from __future__ import annotations

import hashlib
import secrets

import sqlalchemy as sa
from alembic import op


revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
KEPT = ("id", "slot_id", "lang", "email", "people", "created_at", "offered_at", "booking_id")


def upgrade() -> None:
    op.create_table('feedback',
    sa.Column('id', ID, nullable=False),
    sa.Column('visit_id', ID, nullable=True),
    sa.Column('activity_id', ID, nullable=False),
    sa.Column('came_on', sa.Date(), nullable=False),
    sa.Column('stars', sa.Integer(), nullable=False),
    sa.Column('said', sa.String(length=1000), server_default='', nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('stars BETWEEN 1 AND 5', name=op.f('ck_feedback_stars')),
    sa.ForeignKeyConstraint(['activity_id'], ['activity.id'], name=op.f('fk_feedback_activity_id_activity')),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_feedback_visit_id_visit'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_feedback'))
    )
    op.create_index('ix_feedback_activity', 'feedback', ['activity_id', 'came_on'])
    op.create_index('ix_feedback_came_on', 'feedback', ['came_on', 'activity_id', 'stars'])
    op.create_index('ix_feedback_of_visits', 'feedback', ['came_on'], sqlite_where=sa.text('visit_id IS NOT NULL'), postgresql_where=sa.text('visit_id IS NOT NULL'))
    op.create_index('ix_feedback_said', 'feedback', ['came_on'], sqlite_where=sa.text("said <> ''"), postgresql_where=sa.text("said <> ''"))
    op.create_index('uq_feedback_visit_activity', 'feedback', ['visit_id', 'activity_id'], unique=True)

    rows = _rows("SELECT w.id, w.slot_id, w.lang, w.email, w.people, w.created_at, w.offered_at, w.booking_id, "
                 "s.activity_id, s.starts_at AS from_at, s.ends_at AS until_at "
                 "FROM visit_waiting w JOIN slot s ON s.id = w.slot_id WHERE s.activity_id IS NOT NULL")
    op.drop_table('visit_waiting')
    op.create_table('visit_waiting',
    sa.Column('id', ID, nullable=False),
    sa.Column('secret', sa.String(length=26), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('state', sa.Enum('waiting', 'offered', 'ended', name='waitingstate', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('lang', sa.String(length=2), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.Column('activity_id', ID, nullable=False),
    sa.Column('slot_id', ID, nullable=True),
    sa.Column('weekdays', sa.Integer(), server_default='127', nullable=False),
    sa.Column('from_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('until_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('offered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('booking_id', ID, nullable=True),
    sa.CheckConstraint('people > 0', name=op.f('ck_visit_waiting_people')),
    sa.CheckConstraint('weekdays BETWEEN 1 AND 127', name=op.f('ck_visit_waiting_weekdays')),
    sa.CheckConstraint('from_at < until_at', name=op.f('ck_visit_waiting_begins_before_it_ends')),
    sa.ForeignKeyConstraint(['activity_id'], ['activity.id'], name=op.f('fk_visit_waiting_activity_id_activity')),
    sa.ForeignKeyConstraint(['booking_id'], ['booking.id'], name=op.f('fk_visit_waiting_booking_id_booking'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['slot_id'], ['slot.id'], name=op.f('fk_visit_waiting_slot_id_slot'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visit_waiting')),
    sa.UniqueConstraint('key', name=op.f('uq_visit_waiting_key')),
    sa.UniqueConstraint('secret', name=op.f('uq_visit_waiting_secret'))
    )
    op.create_index('ix_visit_waiting_booking_id', 'visit_waiting', ['booking_id'])
    op.create_index('ix_visit_waiting_email', 'visit_waiting', ['email'])
    op.create_index('ix_visit_waiting_line', 'visit_waiting', ['activity_id', 'created_at'], sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))
    op.create_index('ix_visit_waiting_offered', 'visit_waiting', ['offered_at'], sqlite_where=sa.text("state = 'offered'"), postgresql_where=sa.text("state = 'offered'"))
    op.create_index('ix_visit_waiting_slot_id', 'visit_waiting', ['slot_id'])
    for row in rows:
        row["secret"] = "".join(secrets.choice(ALPHABET) for _ in range(26))
        row["key"] = hashlib.sha256(f"{row['slot_id']}|{row['email']}".encode()).hexdigest()[:40]
        row["state"] = "waiting" if row["offered_at"] is None else "offered"
    _fill(rows, *KEPT, "secret", "key", "state", "activity_id", "from_at", "until_at")


def downgrade() -> None:
    rows = _rows("SELECT id, slot_id, lang, email, people, created_at, offered_at, booking_id FROM visit_waiting "
                 "WHERE slot_id IS NOT NULL AND id IN (SELECT max(id) FROM visit_waiting GROUP BY slot_id, email)")
    op.drop_table('visit_waiting')
    op.create_table('visit_waiting',
    sa.Column('id', ID, nullable=False),
    sa.Column('slot_id', ID, nullable=False),
    sa.Column('lang', sa.String(length=2), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('offered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('booking_id', ID, nullable=True),
    sa.CheckConstraint('people > 0', name=op.f('ck_visit_waiting_people')),
    sa.ForeignKeyConstraint(['booking_id'], ['booking.id'], name=op.f('fk_visit_waiting_booking_id_booking'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['slot_id'], ['slot.id'], name=op.f('fk_visit_waiting_slot_id_slot')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visit_waiting'))
    )
    op.create_index('ix_visit_waiting_booking_id', 'visit_waiting', ['booking_id'])
    op.create_index('uq_visit_waiting_slot_email', 'visit_waiting', ['slot_id', 'email'], unique=True)
    op.create_index('ix_visit_waiting_unoffered', 'visit_waiting', ['created_at'], sqlite_where=sa.text('offered_at IS NULL'), postgresql_where=sa.text('offered_at IS NULL'))
    _fill(rows, *KEPT)
    op.drop_table('feedback')


def _rows(query: str) -> list[dict[str, object]]:
    return [dict(row) for row in op.get_bind().execute(sa.text(query)).mappings()]


def _fill(rows: list[dict[str, object]], *columns: str) -> None:
    """Put rows back as they were read, and let PostgreSQL count on from the highest number."""
    if not rows:
        return
    values = ", ".join(f":{name}" for name in columns)
    connection = op.get_bind()
    connection.execute(sa.text(f"INSERT INTO visit_waiting ({', '.join(columns)}) VALUES ({values})"), [{name: row[name] for name in columns} for row in rows])
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SELECT setval(pg_get_serial_sequence('visit_waiting', 'id'), (SELECT max(id) FROM visit_waiting))"))
