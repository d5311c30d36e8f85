"""Long work with slots: making them two weeks a step, and undoing what one application did."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

from booking.capacity import apply_patterns, one_off_slots, undoing
from booking.kernel import clock
from booking.outbox.long_work import Progress, Work

DAYS = 14  # that one step makes


def make_step(work: Work) -> Progress:
    """One step of "slots.make"; the cursor counts days."""
    wanted = one_off_slots.wanted_from(work.about)
    begin = wanted.start + timedelta(days=work.cursor)
    end = min(begin + timedelta(days=DAYS), wanted.end)
    total = (wanted.end - wanted.start).days
    before = Counter({name: count for name, count in work.outcome.items() if isinstance(count, int)})
    if begin >= end:
        return Progress(None, total, total, dict(before))
    counts = before + apply_patterns.apply(replace(wanted, start=begin, end=end), work.id, clock.now())
    done = (end - wanted.start).days
    return Progress(done if end < wanted.end else None, done, total, dict(counts))


def undo_step(work: Work) -> Progress:
    """One step of "slots.undo"."""
    undone = undoing.undo(int(work.about["work_id"]), clock.now())
    before = Counter({name: count for name, count in work.outcome.items() if isinstance(count, int)})
    counts: dict[str, Any] = dict(before + undone.done)
    left = [[activity_id, start.isoformat(), why.value] for activity_id, start, why in undone.left]
    counts["stays"] = [*work.outcome.get("stays", ()), *left][: undoing.MOST_SAID]
    count = work.cursor + 1
    return Progress(count if undone.more else None, count, count + (1 if undone.more else 0), counts)
