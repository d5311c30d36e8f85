"""The table of links that open a payer's own page."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from booking.kernel.database import Id, Model, UTCDateTime


class PayerLink(Model):
    """What opens a payer's page: `digest` is the SHA-256 of the secret, which is kept nowhere.

    With the installation's key the same secret follows from `nonce` again, so that each mail carries the same link.
    A link that is `closed_at` opens nothing, and no mail carries one until staff make a new one.
    """

    __tablename__ = "payer_link"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    payer_id: Mapped[int] = mapped_column(ForeignKey("invoice_payer.id"), unique=True)
    nonce: Mapped[str] = mapped_column(String(26))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (CheckConstraint("length(digest) = 64", name="digest"),)
