"""A booking is another now: its pass's tag rises in the same transaction, and its phones are promised to be told."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import case, literal, update

from booking.kernel import clock
from booking.kernel.database import insert_once, run
from booking.outbox.promises import promise
from booking.wallet.models import WalletPass

KIND, GOOGLE = "wallet.update", "wallet.google"
ONCE_SAVED = (timedelta(minutes=2), timedelta(minutes=30))  # who is signed in already, and who has to sign in first
QUARTER = 900  # seconds: within one, whoever goes there again is told of once


def follow(booking_id: int, version: int) -> None:
    """A locked booking has a new version. One statement, and a promise only where it is in somebody's wallet."""
    now = literal(int(clock.now().timestamp()))
    rises = case((WalletPass.tag >= now, WalletPass.tag + 1), else_=now)
    passes = update(WalletPass).where(WalletPass.booking_id == booking_id).values(tag=rises)
    known = run(passes.returning(WalletPass.google_at).execution_options(synchronize_session=False)).first()
    if known is not None:
        promise(KIND, f"{KIND}:{booking_id}:{version}", {"booking_id": booking_id})
        if known.google_at is not None:
            promise(GOOGLE, f"{GOOGLE}:{booking_id}:{version}", {"booking_id": booking_id})


def goes_to_google(booking_id: int, now: datetime) -> None:
    """Somebody goes to save the pass at Google; call inside a unit of work. Doing it twice is doing it once.

    Google is told a little later what had no place in the address, or has changed until they said yes.
    """
    insert_once(WalletPass, "booking_id", {"booking_id": booking_id, "tag": int(now.timestamp())})
    unknown = update(WalletPass).where(WalletPass.booking_id == booking_id, WalletPass.google_at.is_(None))
    run(unknown.values(google_at=now))
    quarter = int(now.timestamp()) // QUARTER
    for number, later in enumerate(ONCE_SAVED):
        key = f"{GOOGLE}:{booking_id}:saved:{quarter}:{number}"
        promise(GOOGLE, key, {"booking_id": booking_id, "quiet": True}, now + later)
