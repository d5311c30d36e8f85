"""Letters that waited when their issue was said to be sent wait no longer: they were never going to go.

An issue of before ended while letters to people who were deleted meanwhile, or that no server took, still waited; what
ends one now says of each what became of it.

Revision ID: 0054
Revises: 0053
"""

from __future__ import annotations

import json
from collections import Counter

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None
runs_from = "0038"

ISSUE = sa.table("news_issue", sa.column("id"), sa.column("state"), sa.column("frozen", sa.Text))
DELIVERY = sa.table("news_delivery", sa.column("issue_id"), sa.column("subscriber_id"), sa.column("state"))
WAITED = ("promised", "held")


def upgrade() -> None:
    """As an issue ends now: left out who was deleted, refused the rest; the figures are counted anew."""
    mend(op.get_bind())


def mend(connection: sa.Connection) -> None:
    """All issues that are sent with a letter that waits."""
    waiting = sa.select(DELIVERY.c.issue_id).where(DELIVERY.c.state.in_(WAITED))
    sent = sa.select(ISSUE.c.id, ISSUE.c.frozen).where(ISSUE.c.state == "sent", ISSUE.c.id.in_(waiting))
    for issue_id, frozen in connection.execute(sent).all():
        fate = sa.case((DELIVERY.c.subscriber_id.is_(None), "left_out"), else_="refused")
        rest = (DELIVERY.c.issue_id == issue_id, DELIVERY.c.state.in_(WAITED))
        connection.execute(sa.update(DELIVERY).where(*rest).values(state=fate))
        states = sa.select(DELIVERY.c.state).where(DELIVERY.c.issue_id == issue_id)
        facts = json.loads(frozen)
        if "figures" in facts:
            facts["figures"] = dict(Counter(connection.execute(states).scalars()))
            told = json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
            connection.execute(sa.update(ISSUE).where(ISSUE.c.id == issue_id).values(frozen=told))


def downgrade() -> None:
    """Nothing: what they were before is not known any more, and says nothing."""
