"""The table of what a centre adds to its letters."""

from __future__ import annotations

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from booking.kernel.database import Model


class MailText(Model):
    """The centre's own words in one letter and language; no row where it has none. See kinds.LETTERS for `letter`."""

    __tablename__ = "mail_text"

    letter: Mapped[str] = mapped_column(String(50), primary_key=True)
    lang: Mapped[str] = mapped_column(String(2), primary_key=True)
    subject: Mapped[str] = mapped_column(String(100), server_default="")
    opening: Mapped[str] = mapped_column(Text, server_default="")
    closing: Mapped[str] = mapped_column(Text, server_default="")
