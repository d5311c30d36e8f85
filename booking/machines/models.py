"""The table of what an installation knows of itself, wherever it runs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from booking.kernel.database import Json, Model, UTCDateTime


class InstallationFact(Model):
    """One thing that every machine must find the same: not the centre's, and of no person."""

    __tablename__ = "installation"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[dict[str, Any]] = mapped_column(Json)
    written_at: Mapped[datetime] = mapped_column(UTCDateTime)
