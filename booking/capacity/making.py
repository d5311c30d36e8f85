"""Long work with slots: making them two weeks a step, and taking back what one application made."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from booking.capacity import applying, at_once
from booking.kernel import clock
from booking.outbox.long_work import Progress, Work

DAYS = 14  # that one step makes


def make_step(work: Work) -> Progress:
    """One step of "slots.make"; the cursor counts days."""
    wanted = at_once.wanted_from(work.about)
    begin = wanted.start + timedelta(days=work.cursor)
    end = min(begin + timedelta(days=DAYS), wanted.end)
    total = (wanted.end - wanted.start).days
    before = Counter({name: count for name, count in work.said.items() if isinstance(count, int)})
    if begin >= end:
        return Progress(None, total, total, dict(before))
    said = before + applying.apply(replace(wanted, start=begin, end=end), work.id, clock.now())
    done = (end - wanted.start).days
    return Progress(done if end < wanted.end else None, done, total, dict(said))


def undo_step(work: Work) -> Progress:
    """One step of "slots.undo"."""
    done, more = applying.undo(int(work.about["work_id"]), clock.now())
    before = Counter({name: count for name, count in work.said.items() if isinstance(count, int)})
    said = before + done
    count = work.cursor + 1
    return Progress(count if more else None, count, count + (1 if more else 0), dict(said))
