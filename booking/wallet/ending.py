"""The end of the certificate that passes are signed with, told to staff a month before: a new one takes some days."""

from __future__ import annotations

from datetime import datetime, timedelta

from booking.wallet_keys import AppleWallet

TOLD_BEFORE = timedelta(days=31)


def ends_soon(keys: AppleWallet | None, now: datetime) -> datetime | None:
    """When the certificate ends, where that is near, or was; None where nobody needs to do anything."""
    return keys.ends_at if keys is not None and keys.ends_at - now <= TOLD_BEFORE else None
