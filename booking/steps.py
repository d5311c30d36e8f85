"""What the worker can do in steps: each kind of long work and the function that does one step of it."""

from __future__ import annotations

from collections.abc import Mapping

from booking import upkeep
from booking.capacity import making
from booking.closures import letters, rest
from booking.imports import import_step
from booking.outbox.long_work import Step
from booking.reports import exports
from booking.reports.sources import SOURCES
from booking.schools import answering
from booking.schools.change import give_up_visit

STEPS: Mapping[str, Step] = {
    "slots.make": making.make_step,
    "slots.undo": making.undo_step,
    "import.rows": import_step,
    "closure.letters": letters.write_letters,
    rest.KIND: lambda work: rest.pay_back(work, give_up_visit),
    upkeep.KIND: upkeep.check_step,
    answering.KIND: answering.draw_step,
    **{f"{exports.KIND}{source}": exports.write_part for source in SOURCES},
}
