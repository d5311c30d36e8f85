"""A booking is another now: its pass's tag rises in the same transaction, and its phones are promised to be told."""

from __future__ import annotations

from sqlalchemy import case, literal, update

from booking.kernel import clock
from booking.kernel.database import run
from booking.outbox.promises import promise
from booking.wallet.models import WalletPass

KIND = "wallet.update"


def follow(booking_id: int, version: int) -> None:
    """A locked booking has a new version. One statement, and a promise only where it is in somebody's wallet."""
    now = literal(int(clock.now().timestamp()))
    rises = case((WalletPass.tag >= now, WalletPass.tag + 1), else_=now)
    passes = update(WalletPass).where(WalletPass.booking_id == booking_id).values(tag=rises)
    known = run(passes.returning(WalletPass.tag).execution_options(synchronize_session=False)).first()
    if known is not None:
        promise(KIND, f"{KIND}:{booking_id}:{version}", {"booking_id": booking_id})
