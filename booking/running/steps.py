"""What the worker can do in steps: each kind of long work and the function that does one step of it."""

from __future__ import annotations

from collections.abc import Mapping

from booking.capacity import slot_jobs
from booking.closures import letters, refund_unanswered
from booking.exports import long_lists
from booking.exports.sources import SOURCES
from booking.imports import import_step
from booking.outbox.long_work import Step
from booking.running import upkeep
from booking.visits.change import give_up_visit
from booking.wishes import answering

STEPS: Mapping[str, Step] = {
    "slots.make": slot_jobs.make_step,
    "slots.undo": slot_jobs.undo_step,
    "import.rows": import_step,
    "closure.letters": letters.write_letters,
    refund_unanswered.KIND: lambda work: refund_unanswered.pay_back(work, give_up_visit),
    upkeep.KIND: upkeep.check_step,
    answering.KIND: answering.draw_step,
    **{f"{long_lists.KIND}{source}": long_lists.write_part for source in SOURCES},
}
