"""What becomes of a promise that could not be kept: tried again, held back for staff, or buried."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from booking.invoicing.sending.send import SendLater
from booking.kernel import clock, log
from booking.mail import caps, sending
from booking.outbox import long_work, promises
from booking.outbox.promises import Leased
from booking.payments.provider import Unreachable


@dataclass(frozen=True, slots=True)
class Failure:
    """What is done with the promise, what is written on its row, and what the log is told: no word that is not ours."""

    end: Callable[[Leased, str, str], None]
    why: str
    facts: dict[str, object]


def judge(error: BaseException) -> Failure:
    """What becomes of a promise whose keeping raised this."""
    match error:
        case caps.HeldBack():
            return Failure(promises.hold_back, "", {"cause": log.kind_of(error)})
        case sending.LetterRefused():
            return Failure(promises.bury, str(error), {"cause": log.kind_of(error)})
        case long_work.GaveUp():
            return Failure(promises.bury, str(error), log.cause(error.__cause__ or error))
        case sending.Later() | Unreachable() | SendLater():  # their words are ours
            return Failure(_postpone, str(error) or type(error).__name__, {"cause": log.kind_of(error)})
    return Failure(_postpone, log.kind_of(error), log.cause(error))


def _postpone(leased: Leased, worker: str, why: str) -> None:
    promises.postpone(leased, worker, why, clock.now())
