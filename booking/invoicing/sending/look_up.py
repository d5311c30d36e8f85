"""Whether a payer can receive electronic documents: asked of the channel, and remembered for a day."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from booking.invoicing.document import PeppolId
from booking.invoicing.sending.models import RecipientLookUp
from booking.invoicing.sending.transport import AskLater, Transport
from booking.kernel.database import db, end_reading, insert_once, unit_of_work

REMEMBERED = timedelta(days=1)


def can_receive(address: PeppolId, transport: Transport, now: datetime) -> bool | None:
    """True or False as it was told within a day; None when nobody could tell, which is not remembered.

    Not inside a unit of work.
    """
    name = f"{address.scheme}:{address.value}"
    fresh = (RecipientLookUp.address == name) & (RecipientLookUp.at > now - REMEMBERED)
    remembered = db.session.scalar(select(RecipientLookUp.receives).where(fresh))
    end_reading()
    if remembered is not None:
        return remembered
    try:
        receives = transport.can_receive(address)
    except AskLater:
        return None
    if receives is not None:
        with unit_of_work():
            forget(name)
            insert_once(RecipientLookUp, "address", {"address": name, "receives": receives, "at": now})
    return receives


def forget(address: str) -> None:
    """Ask anew the next time; inside a unit of work."""
    db.session.execute(delete(RecipientLookUp).where(RecipientLookUp.address == address))
