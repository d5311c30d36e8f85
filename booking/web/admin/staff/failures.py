"""Why did this fail? By the number that somebody reads off their screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.bookings.models import State
from booking.failures.tracing import LEAST_READ_OFF, LEFT_OUT_WITHIN, FailedThen, RequestTrace, left_out_since, trace
from booking.kernel import clock
from booking.outbox.models import PromiseState
from booking.payments.models import PaymentState
from booking.reports import names
from booking.staff.models import Role
from booking.web.admin.staff.failure_words import why
from booking.web.blueprints import admin
from booking.web.guards.access import staff
from booking.web.typed import request_number


def _how_it_stands() -> dict[PromiseState, str]:
    return {
        PromiseState.WAITING: _("Waits for its turn"),
        PromiseState.DONE: _("Done"),
        PromiseState.DEAD: _("Given up"),
        PromiseState.HELD_BACK: _("Held back"),
    }


@dataclass(frozen=True, slots=True)
class FailureShown:
    """A request that failed, and why in words."""

    failed: FailedThen
    why: str


@dataclass(frozen=True, slots=True)
class FailuresPage:
    """What is known by a number; `trace` is None while none was asked for that can be one."""

    number: str
    error: str = ""
    trace: RequestTrace | None = None
    failures: Sequence[FailureShown] = ()
    left_out: int = 0
    states: Mapping[State, str] = field(default_factory=names.states)
    payments: Mapping[PaymentState, str] = field(default_factory=names.payment_states)
    promised: Mapping[PromiseState, str] = field(default_factory=_how_it_stands)
    kinds: Mapping[str, str] = field(default_factory=names.promises)


@admin.get("/failures")
@staff(Role.DESK)
def failures() -> ResponseReturnValue:
    """The form, and what is known by the number."""
    typed = request.args.get("number", "")
    number = request_number(typed)
    if not typed.strip():
        return render_template("admin/failures.html", page=FailuresPage(""))
    if number is None:
        error = _("Enter at least the first %(least)s characters of the number.", least=LEAST_READ_OFF)
        return render_template("admin/failures.html", page=FailuresPage(typed[:100], error)), 422
    return render_template("admin/failures.html", page=_known(typed, trace(number)))


def _known(typed: str, known: RequestTrace) -> FailuresPage:
    return FailuresPage(
        number=typed.strip(),
        trace=known,
        failures=[FailureShown(failed, why(failed.cause, failed.status)) for failed in known.failures],
        left_out=left_out_since(clock.now() - LEFT_OUT_WITHIN) if known.is_nothing else 0,
    )
