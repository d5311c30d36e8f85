"""What becomes of a demo's invoices on their way: sent into the folder, fetched from there, or turned away."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from booking.centre.facts import the_centre
from booking.invoicing.document import DocumentKind
from booking.invoicing.files import write_files
from booking.invoicing.models import Invoice
from booking.invoicing.sending.begin import begin_sending
from booking.invoicing.sending.look import look
from booking.invoicing.sending.moves import delivery_of
from booking.invoicing.sending.send import SendLater, carry
from booking.invoicing.sending.states import DeliveryState, SendingChannel
from booking.kernel.database import db, end_reading
from booking.settings import Settings

SOME = 3
WHY_REFUSED = {"nb": "Ukjent referanse: 12345", "lv": "Nezināma atsauce"}


def send_some(settings: Settings) -> None:
    """The last ones are on their way: one was fetched from the folder, one refused. The worker sends the others."""
    newest = select(Invoice.id).where(Invoice.kind == DocumentKind.INVOICE).order_by(Invoice.number.desc()).limit(SOME)
    sent = send(list(db.session.scalars(newest)), settings)
    for invoice_id in sent[1:2]:
        fetched(invoice_id, settings)
    for invoice_id in sent[2:3]:
        turned_away(invoice_id, WHY_REFUSED[the_centre().languages[0]], settings)


def send(invoice_ids: Sequence[int], settings: Settings) -> list[int]:
    """Write and send these, as the worker does; the ids of what is with its channel."""
    for invoice_id in invoice_ids:
        write_files(invoice_id)
        begin_sending(invoice_id, settings)
        try:
            carry(invoice_id, settings)
        except SendLater:
            continue  # the worker tries again
    return [invoice_id for invoice_id in invoice_ids if _is_sent(invoice_id)]


def fetched(invoice_id: int, settings: Settings) -> None:
    """The program that fetches from the folder has taken it: delivered."""
    delivery = delivery_of(invoice_id)
    if delivery is None or not _is_sent(invoice_id):
        return
    name = delivery.their_ref.rpartition(".")[0]
    for kind in ("pdf", "xml"):
        (settings.invoice_folder / f"{name}.{kind}").unlink(missing_ok=True)
    end_reading()
    look(invoice_id, settings)


def turned_away(invoice_id: int, why: str, settings: Settings) -> None:
    """The payer's system has refused it, and says why."""
    delivery = delivery_of(invoice_id)
    if delivery is None or not _is_sent(invoice_id):
        return
    name = delivery.their_ref.rpartition(".")[0]
    fetched(invoice_id, settings)
    (settings.invoice_folder / f"{name}.refused").write_text(why, encoding="utf-8")
    look(invoice_id, settings)


def _is_sent(invoice_id: int) -> bool:
    """Whether it is in the folder, or was."""
    delivery = delivery_of(invoice_id)
    return (
        delivery is not None
        and delivery.channel is SendingChannel.FOLDER
        and delivery.state in (DeliveryState.SENT, DeliveryState.DELIVERED)
    )
