"""The end of what was looked up. Deliveries, their steps and receipts go with their invoices, after five years."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Select, select

from booking.invoicing.sending.models import RecipientLookUp
from booking.kernel.forgetting import Forgetting, Remove, Rows


def _over(before: datetime) -> Select[str]:
    return select(RecipientLookUp.address).where(RecipientLookUp.at < before)


FORGETTINGS = (
    Forgetting("who could receive invoices", timedelta(days=30), Rows(_over), Remove(RecipientLookUp.address)),
)
