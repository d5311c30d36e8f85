"""Tables of pictures: each whole, as large as it will ever be wanted, and the files that are cut from it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from booking.kernel.database import Model, UTCDateTime


class WholePicture(Model):
    """A picture without any metadata, at most 2400 pixels a side; it is cut anew when its focal point moves."""

    __tablename__ = "picture"

    mark: Mapped[str] = mapped_column(String(16), primary_key=True)
    whole: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)


class PictureFile(Model):
    """One size of a picture as one kind of file; its name changes with its content, so browsers may keep it."""

    __tablename__ = "picture_file"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    mark: Mapped[str] = mapped_column(ForeignKey("picture.mark", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    content: Mapped[bytes] = mapped_column(LargeBinary)
