"""Tables of passes: which bookings are in a wallet, and in whose phones."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from booking.kernel.database import Id, Model, UTCDateTime


class WalletPass(Model):
    """A booking that is in somebody's wallet. `tag` rises with each change of it: seconds, as clocks count them.

    `google_at` is when somebody first went to Google to save it there.
    """

    __tablename__ = "wallet_pass"

    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id", ondelete="CASCADE"), primary_key=True)
    tag: Mapped[int] = mapped_column(BigInteger)
    google_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (CheckConstraint("tag > 0", name="tag"),)


class WalletPhone(Model):
    """A phone that has the pass, and wants to be told of newer ones: by which number, and how it calls itself."""

    __tablename__ = "wallet_phone"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("wallet_pass.booking_id", ondelete="CASCADE"), index=True)
    device: Mapped[str] = mapped_column(String(64))
    push_token: Mapped[str] = mapped_column(String(200))
    registered_at: Mapped[datetime] = mapped_column(UTCDateTime)

    __table_args__ = (
        CheckConstraint("device <> '' AND push_token <> ''", name="named"),
        Index("uq_wallet_phone", "device", "booking_id", unique=True),
    )
