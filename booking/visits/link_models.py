"""Which links to teachers' own visits were ended before their time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from booking.kernel.database import Model, UTCDateTime


class EndedLinks(Model):
    """Links of one address that were made until then open nothing any more; the address itself is not kept."""

    __tablename__ = "ended_links"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    ended_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
