"""Every kind of rows that can be taken in from a table, and the worker's step that does it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from booking.capacity.importing import ACTIVITIES, SLOTS
from booking.importing.imports import Import
from booking.outbox.long_work import Progress, Work
from booking.registry.importing import SCHOOLS

AT_ONCE = 50
IMPORTS: Mapping[str, Import] = {"activities": ACTIVITIES, "slots": SLOTS, "schools": SCHOOLS}


def import_step(work: Work) -> Progress:
    """One step of "import.rows"; the cursor counts rows."""
    rows, kind = work.about["rows"], IMPORTS[work.about["what"]]
    batch = rows[work.cursor : work.cursor + AT_ONCE]
    before = Counter({name: count for name, count in work.outcome.items() if isinstance(count, int)})
    counts = before + kind.take(batch, work.id, f"account:{work.account_id}")
    until = work.cursor + len(batch)
    return Progress(until if until < len(rows) else None, until, len(rows), dict(counts))
