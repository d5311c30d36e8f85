"""How the check of the books, the forgetting of people and copies went when they were last done, on any machine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from booking.kernel.database import unit_of_work
from booking.machines import facts
from booking.machines.facts import SharedFact

MOST_NAMED = 100


@dataclass(frozen=True, slots=True)
class LastCheck:
    """What the check of the books found when it was last run, by the worker or by `flask check`.

    `good_at` is when it last found nothing.
    """

    at: datetime
    breaches: list[str]
    good_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LastPurge:
    """How the forgetting of people last went: what failed and by which type of failure; `good_at`: last without one."""

    at: datetime
    failed: Mapping[str, str]
    good_at: datetime | None = None


def keep_check(breaches: list[str], at: datetime) -> None:
    """Remember what the check found. Not inside a unit of work."""
    _keep(SharedFact.LAST_CHECK, {"breaches": breaches[:MOST_NAMED]}, at, is_good=not breaches)


def keep_purge(failed: Mapping[str, str], at: datetime) -> None:
    """Remember how the forgetting of people went. Not inside a unit of work."""
    _keep(SharedFact.LAST_PURGE, {"failed": dict(failed)}, at, is_good=not failed)


def keep_backup(at: datetime) -> None:
    """Remember that a copy was made. Not inside a unit of work."""
    with unit_of_work():
        facts.write(SharedFact.LAST_BACKUP, {"at": at.isoformat()})


def last_backup() -> datetime | None:
    """When a copy was last made by `flask backup`, on whatever machine; one statement."""
    kept = facts.read(SharedFact.LAST_BACKUP).get(SharedFact.LAST_BACKUP)
    return _moment(kept["at"]) if kept else None


def last_check() -> LastCheck | None:
    """What was found last; None when it was never asked."""
    return last_runs()[0]


def last_purge() -> LastPurge | None:
    """How it went last; None when it was never done."""
    return last_runs()[1]


def last_runs() -> tuple[LastCheck | None, LastPurge | None]:
    """Both; one statement."""
    kept = facts.read(SharedFact.LAST_CHECK, SharedFact.LAST_PURGE)
    check, purge = kept.get(SharedFact.LAST_CHECK), kept.get(SharedFact.LAST_PURGE)
    return (
        LastCheck(_moment(check["at"]), list(check["breaches"]), _good_at(check)) if check else None,
        LastPurge(_moment(purge["at"]), dict(purge["failed"]), _good_at(purge)) if purge else None,
    )


def take_over_files(instance: Path) -> None:
    """What an earlier version kept as files on each machine: taken over where nothing newer is known, and deleted."""
    for name in (SharedFact.LAST_CHECK, SharedFact.LAST_PURGE):
        file = instance / f"{name}.json"
        try:
            kept = json.loads(file.read_text(encoding="utf-8"))
            about = {"breaches": list(kept["breaches"])} if "breaches" in kept else {"failed": dict(kept["failed"])}
            moments = {"at": _moment(kept["at"]).isoformat(), "good_at": kept.get("good_at")}
        except OSError:
            continue
        except (ValueError, KeyError, TypeError):
            file.unlink(missing_ok=True)
            continue
        with unit_of_work():
            facts.write_first(name, moments | about)
        file.unlink(missing_ok=True)


def _keep(name: SharedFact, about: Mapping[str, Any], at: datetime, *, is_good: bool) -> None:
    with unit_of_work():
        before = facts.read(name).get(name, {})
        good_at = at.isoformat() if is_good else before.get("good_at")
        facts.write(name, {"at": at.isoformat(), "good_at": good_at, **about})


def _good_at(kept: Mapping[str, Any]) -> datetime | None:
    return _moment(kept["good_at"]) if kept.get("good_at") else None


def _moment(iso: str) -> datetime:
    return datetime.fromisoformat(iso)
