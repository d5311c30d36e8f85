"""Reading the audit log: newest first, a page at a time, each filter with an index."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from booking.kernel.database import as_values, db
from booking.records.models import AuditEntry
from booking.staff.models import Account

PAGE = 50
NEWEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Which entries: all that fit every filter that is set. `older_than` is the id that a page begins below."""

    actor: str = ""
    action: str = ""
    subject: str = ""
    begin: datetime | None = None
    end: datetime | None = None
    older_than: int = NEWEST


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One line of the log."""

    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class LogPage:
    """Some entries, and the id that the next page begins below, if there is one."""

    entries: list[LogEntry]
    next_below: int | None


def read(wanted: LogFilter, most: int = PAGE) -> LogPage:
    """A page of the log."""
    columns = (
        AuditEntry.id,
        AuditEntry.at,
        AuditEntry.actor,
        AuditEntry.action,
        AuditEntry.subject,
        AuditEntry.before,
        AuditEntry.after,
    )
    query = select(*columns).where(AuditEntry.id < wanted.older_than)
    for column, value in (
        (AuditEntry.actor, wanted.actor),
        (AuditEntry.action, wanted.action),
        (AuditEntry.subject, wanted.subject),
    ):
        if value:
            query = query.where(column == value)
    if wanted.begin:
        query = query.where(AuditEntry.at >= wanted.begin)
    if wanted.end:
        query = query.where(AuditEntry.at < wanted.end)
    # Of a day they are sorted: by their ids PostgreSQL would go through all that is newer, once it keeps one plan.
    newest = (AuditEntry.id + 0 if wanted.begin and wanted.end else AuditEntry.id).desc()
    rows = db.session.execute(query.order_by(newest).limit(most + 1)).all()
    entries = as_values(LogEntry, [tuple(row) for row in rows[:most]])
    return LogPage(entries, entries[-1].id if len(rows) > most else None)


def names() -> dict[str, str]:
    """What the log's actors and subjects among the accounts are called: {"account:3": "Kari"}."""
    rows = db.session.execute(select(Account.id, Account.name, Account.email).order_by(Account.name))
    return {f"account:{account_id}": name or email for account_id, name, email in rows}
