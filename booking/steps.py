"""What the worker can do in steps: each kind of long work and the function that does one step of it."""

from __future__ import annotations

from collections.abc import Mapping

from booking.closures import letters, rest
from booking.outbox.long_work import Step

STEPS: Mapping[str, Step] = {
    "closure.letters": letters.write_letters,
    rest.KIND: rest.pay_back,
}
