"""What keeps an invoice from being reminded of: that somebody disputes it, or that it is with the collector."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select, update

from booking.invoicing.document import DocumentKind
from booking.invoicing.models import Invoice
from booking.invoicing.reminders.models import LONGEST_REASON, HoldKind, InvoiceHold
from booking.kernel.database import db, insert_into, run
from booking.kernel.refusals import Refusal
from booking.kernel.typed import one_line
from booking.records.audit import note


class HoldReasonWrong(Refusal):
    """No reason, or one that is too long."""


class NothingToHold(Refusal):
    """No invoice of which something is open, or none that may be held so."""


class HeldAlready(Refusal):
    """Somebody has said so already."""


class NotHeld(Refusal):
    """Nobody says so any more."""


@dataclass(frozen=True, slots=True)
class HoldFacts:
    """What holds an invoice now."""

    kind: HoldKind
    reason: str
    since: datetime


def hold(invoice_id: int, kind: HoldKind, reason: str, now: datetime, actor: str) -> None:
    """Remind nobody of an invoice any more; inside a unit of work.

    Raises HoldReasonWrong for a dispute without a reason, NothingToHold, HeldAlready.
    """
    words = one_line(reason)
    if len(words) > LONGEST_REASON or (kind is HoldKind.DISPUTED and not words):
        raise HoldReasonWrong
    lock_open(invoice_id)
    values = {"invoice_id": invoice_id, "kind": kind, "reason": words, "since": now}
    statement = insert_into(InvoiceHold).values(values).on_conflict_do_nothing().returning(InvoiceHold.id)
    if db.session.execute(statement).first() is None:
        raise HeldAlready
    note(actor, f"invoice.{kind}", f"invoice:{invoice_id}", None, None)


def lock_open(invoice_id: int) -> None:
    """Nobody else holds, pays or credits an invoice until this unit of work ends. Raises NothingToHold."""
    is_open = select(Invoice.id).where(Invoice.id == invoice_id, Invoice.kind == DocumentKind.INVOICE, Invoice.left > 0)
    if run(is_open.with_for_update(key_share=True)).first() is None:
        raise NothingToHold


def let_go(invoice_id: int, kind: HoldKind, now: datetime, actor: str) -> None:
    """It may be reminded of again; inside a unit of work. Raises NotHeld."""
    ended = update(InvoiceHold).where(
        InvoiceHold.invoice_id == invoice_id, InvoiceHold.kind == kind, InvoiceHold.ended_at.is_(None)
    )
    if db.session.execute(ended.values(ended_at=now).returning(InvoiceHold.id)).first() is None:
        raise NotHeld
    note(actor, f"invoice.{kind}_ended", f"invoice:{invoice_id}", None, None)


def holds_of(invoice_ids: Collection[int]) -> dict[int, list[HoldFacts]]:
    """What holds each of these invoices now; one statement."""
    query = select(InvoiceHold.invoice_id, InvoiceHold.kind, InvoiceHold.reason, InvoiceHold.since).where(
        InvoiceHold.invoice_id.in_(sorted(invoice_ids)), InvoiceHold.ended_at.is_(None)
    )
    holds: dict[int, list[HoldFacts]] = {}
    for invoice_id, kind, reason, since in run(query.order_by(InvoiceHold.id)):
        holds.setdefault(invoice_id, []).append(HoldFacts(kind, reason, since))
    return holds


NOBODY_HOLDS = ~exists().where(InvoiceHold.invoice_id == Invoice.id, InvoiceHold.ended_at.is_(None))
