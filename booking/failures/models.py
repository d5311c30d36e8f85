"""The table of what did not come about."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from booking.kernel.database import Id, Model, RequestId, UTCDateTime


class FailedRequest(Model):
    """A request that was refused or broke: what was asked by its pattern, and why by the name of what was raised.

    Nobody's name, address or secret, and nothing that was typed. Slot and booking are numbers without a foreign key:
    what they mean may go, and this may be written when it has. `left_out` are those before it that found no room.
    """

    __tablename__ = "failed_request"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    failed_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    request_id: Mapped[str] = mapped_column(RequestId, index=True)
    method: Mapped[str] = mapped_column(String(10))
    route: Mapped[str] = mapped_column(String(200))
    status: Mapped[int] = mapped_column(SmallInteger)
    cause: Mapped[str] = mapped_column(String(200))
    slot_id: Mapped[int | None] = mapped_column(BigInteger)
    booking_id: Mapped[int | None] = mapped_column(BigInteger)
    left_out: Mapped[int] = mapped_column(default=0, server_default="0")
