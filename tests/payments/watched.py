"""A provider that watches how it is used: never inside a transaction; and that can cut a story off at any step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from booking.kernel import database
from booking.kernel.database import db
from booking.payments.provider import (
    CaptureOrder,
    CheckoutSession,
    DisputeStanding,
    PaymentOrder,
    PaymentStatus,
    Provider,
    ProviderTerms,
    RefundOrder,
    RefundStanding,
    ReservedMoney,
)

T = TypeVar("T")


class AskedInside(BaseException):
    """The network is asked while a transaction is open; nothing that catches exceptions may hide it."""


class Killed(BaseException):
    """The process ends here, as by kill -9: nothing that catches exceptions may catch it."""


@dataclass
class Steps:
    """What has been done so far, and the step after which everything ends."""

    done: list[str] = field(default_factory=list)
    fatal: int | None = None

    def step(self, name: str) -> None:
        """One more step."""
        self.done.append(name)
        if self.fatal is not None and len(self.done) > self.fatal:
            raise Killed(name)


class Watched:
    """The real provider behind a check that nobody calls it with a transaction open."""

    def __init__(self, real: Provider, steps: Steps, hasty: Provider | None = None) -> None:
        self.real, self.steps, self.name = real, steps, real.name
        self.hasty = hasty or real

    @property
    def terms(self) -> ProviderTerms:
        """As the real one."""
        return self.real.terms

    @contextmanager
    def impatient(self) -> Iterator[None]:
        """Meanwhile, ask once only and do not wait long for the answer."""
        patient, self.real = self.real, self.hasty
        yield
        self.real = patient

    def open(self, order: PaymentOrder) -> CheckoutSession:
        """As the real one."""
        return self._watch("open", lambda: self.real.open(order))

    def look(self, ref: str) -> PaymentStatus:
        """As the real one."""
        return self._watch("look", lambda: self.real.look(ref))

    def close(self, ref: str) -> PaymentStatus:
        """As the real one."""
        return self._watch("close", lambda: self.real.close(ref))

    def capture(self, order: CaptureOrder) -> int:
        """As the real one."""
        return self._watch("capture", lambda: self.real.capture(order))

    def reserved(self, order: CaptureOrder) -> ReservedMoney:
        """As the real one."""
        return self._watch("reserved", lambda: self.real.reserved(order))

    def refund(self, order: RefundOrder) -> RefundStanding:
        """As the real one."""
        return self._watch("refund", lambda: self.real.refund(order))

    def look_refund(self, ref: str) -> RefundStanding:
        """As the real one."""
        return self._watch("look_refund", lambda: self.real.look_refund(ref))

    def refunded(self, charge_ref: str) -> int:
        """As the real one."""
        return self._watch("refunded", lambda: self.real.refunded(charge_ref))

    def disputes_of(self, charge_ref: str) -> Mapping[str, DisputeStanding]:
        """As the real one."""
        return self._watch("disputes_of", lambda: self.real.disputes_of(charge_ref))

    def undelivered(self) -> list[dict[str, Any]]:
        """As the real one."""
        return self._watch("undelivered", self.real.undelivered)

    def _watch(self, name: str, call: Callable[[], T]) -> T:
        if database._writing.get() or db.session().in_transaction():
            raise AskedInside(f"{name}: the network is asked while a transaction is open")
        self.steps.step(f"before {name}")
        answer = call()
        self.steps.step(f"after {name}")
        return answer
