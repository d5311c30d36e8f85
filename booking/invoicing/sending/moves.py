"""A delivery goes from one state to the next: one conditional UPDATE with its step, so that two never both do it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, update

from booking.invoicing.sending.models import LONGEST_SAID, DeliveryStep, InvoiceDelivery
from booking.invoicing.sending.states import (
    BuyerResponse,
    DeliveryState,
    ReportState,
    SendingChannel,
    WhyPerson,
    may_follow,
)
from booking.kernel.database import db
from booking.kernel.writing import write

WORKER = "worker"


def move(
    delivery_id: int,
    before: Collection[DeliveryState],
    after: DeliveryState,
    now: datetime,
    *only: ColumnElement[bool],
    actor: str = WORKER,
    **values: Any,  # noqa: ANN401  (columns by name)
) -> bool:
    """Bring a delivery from one of these states to the next; inside a unit of work. False: it is elsewhere by now.

    `only`: what else must hold. `why`, `said` and `reason` are written anew with each move, and empty unless given.
    """
    if not all(may_follow(state, after) for state in before):
        raise ValueError(f"{after} does not follow on {before}")
    told = {"why": WhyPerson.NOTHING, "said": "", "reason": ""} | values
    told["said"] = told["said"][:LONGEST_SAID]
    here = (InvoiceDelivery.id == delivery_id, InvoiceDelivery.state.in_(before), *only)
    if not _changed(delivery_id, *here, values={"state": after, "since": now, **told}):
        return False
    write_step(delivery_id, str(after), now, actor, str(told["why"]), told["said"] or told["reason"])
    return True


def begin(
    delivery_id: int, before: DeliveryState, channel: SendingChannel, now: datetime, began: datetime | None = None
) -> bool:
    """Write down that it is about to be handed over; `began` is the try before this one, whose answer was lost.

    False when somebody else has begun. Inside a unit of work.
    """
    if before is not DeliveryState.SENDING:
        return move(delivery_id, (before,), DeliveryState.SENDING, now, channel=channel, begun_at=now)
    mine = (InvoiceDelivery.state == before, InvoiceDelivery.begun_at == began)
    return _changed(delivery_id, *mine, values={"begun_at": now})


def respond(delivery_id: int, response: BuyerResponse, words: str, now: datetime, *only: ColumnElement[bool]) -> bool:
    """Write down what the buyer said, unless that is what was said; inside a unit of work. `only`: see `move`."""
    other = InvoiceDelivery.response != response
    values = {"response": response, "response_said": words[:LONGEST_SAID]}
    if not _changed(delivery_id, other, *only, values=values):
        return False
    write_step(delivery_id, str(response), now, WORKER, "", words)
    return True


def report(delivery_id: int, now: datetime, actor: str) -> bool:
    """Write down that the tax authority has been told; inside a unit of work. False: it was, or need not be."""
    due = InvoiceDelivery.report == ReportState.DUE
    if not _changed(delivery_id, due, values={"report": ReportState.REPORTED}):
        return False
    write_step(delivery_id, str(ReportState.REPORTED), now, actor, "", "")
    return True


def look_again(delivery_id: int, at: datetime | None, *only: ColumnElement[bool]) -> None:
    """When to look at it next, if at all; inside a unit of work. `only`: see `move`."""
    _changed(delivery_id, *only, values={"look_at": at})


def write_step(delivery_id: int, what: str, now: datetime, actor: str, why: str, words: str) -> None:
    """A step of its way; inside a unit of work."""
    values = {
        "delivery_id": delivery_id, "at": now, "what": what, "why": why, "said": words[:LONGEST_SAID], "actor": actor,
    }  # fmt: skip
    write(DeliveryStep, [values])


def delivery_of(invoice_id: int) -> InvoiceDelivery | None:
    """The delivery of a document, read now."""
    return db.session.scalar(
        select(InvoiceDelivery)
        .where(InvoiceDelivery.invoice_id == invoice_id)
        .execution_options(populate_existing=True)
    )


def _changed(delivery_id: int, *here: ColumnElement[bool], values: dict[str, Any]) -> bool:
    changed = update(InvoiceDelivery).where(InvoiceDelivery.id == delivery_id, *here).values(values)
    returned = changed.returning(InvoiceDelivery.id).execution_options(synchronize_session=False)
    return db.session.execute(returned).first() is not None
