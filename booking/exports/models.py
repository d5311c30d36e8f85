"""The table of files of long lists, in parts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from booking.kernel.database import Id, Model, UTCDateTime
from booking.outbox.long_work import LongWork


class ExportPart(Model):
    """Some rows of a long list, pressed: of CSV as they go out, of Excel as the last step reads them.

    The parts below nought are the Excel file itself, the first of it at -1.
    """

    __tablename__ = "export_part"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    work_id: Mapped[int] = mapped_column(ForeignKey(LongWork.id, ondelete="CASCADE"))
    number: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    written_at: Mapped[datetime] = mapped_column(UTCDateTime)

    __table_args__ = (
        Index("ix_export_part_work", "work_id", "number", unique=True),
        Index("ix_export_part_written_at", "written_at"),
    )
