"""What the worker can do in steps: each kind of long work and the function that does one step of it."""

from __future__ import annotations

from collections.abc import Mapping

from booking.capacity import importing, making
from booking.closures import letters, rest
from booking.outbox.long_work import Step
from booking.reports import exports
from booking.reports.sources import SOURCES
from booking.schools import answering

STEPS: Mapping[str, Step] = {
    "slots.make": making.make_step,
    "slots.undo": making.undo_step,
    "import.rows": importing.import_step,
    "closure.letters": letters.write_letters,
    rest.KIND: rest.pay_back,
    answering.KIND: answering.draw_step,
    **{f"{exports.KIND}{source}": exports.write_part for source in SOURCES},
}
