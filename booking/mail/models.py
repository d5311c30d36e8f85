"""Tables of letters: what a centre adds to them, and how many went to whom lately."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from booking.kernel.database import Model, UTCDateTime


class MailCount(Model):
    """That a letter of a kind went to somebody, for a day's count. `who` is a keyed digest of the mailbox."""

    __tablename__ = "mail_count"

    promise_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(60))
    who: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime] = mapped_column(UTCDateTime)

    __table_args__ = (Index("ix_mail_count_who", "who", "at"), Index("ix_mail_count_at", "at"))


class MailText(Model):
    """The centre's own words in one letter and language; no row where it has none. See kinds.LETTERS for `letter`."""

    __tablename__ = "mail_text"

    letter: Mapped[str] = mapped_column(String(50), primary_key=True)
    lang: Mapped[str] = mapped_column(String(2), primary_key=True)
    subject: Mapped[str] = mapped_column(String(100), server_default="")
    opening: Mapped[str] = mapped_column(Text, server_default="")
    closing: Mapped[str] = mapped_column(Text, server_default="")
