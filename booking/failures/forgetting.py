"""The end of what is kept of failures."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Select, select

from booking.failures.models import FailedRequest
from booking.kernel.forgetting import Forgetting, Remove, Rows

KEPT = timedelta(days=14)


def _failed(before: datetime) -> Select[int]:
    return select(FailedRequest.id).where(FailedRequest.failed_at < before)


FORGETTINGS = (Forgetting("why a request failed", KEPT, Rows(_failed), Remove(FailedRequest.id)),)
