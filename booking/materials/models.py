"""Tables of materials: what each is, and its file, which only its own address reads."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from booking.kernel.database import Id, Model, Texts, Translated, stored


class MaterialMoment(StrEnum):
    """When a class uses it."""

    BEFORE = "before"
    AFTER = "after"


class MaterialKind(StrEnum):
    """What it is: a file of one of these kinds, whose names end so, or a page elsewhere."""

    PDF = "pdf"
    DOCX = "docx"
    PPTX = "pptx"
    PNG = "png"
    JPEG = "jpg"
    LINK = "link"


class Material(Model):
    """A file or a link that belongs to a programme.

    `title` in each of the centre's languages; `lang` is the language that the thing itself is in, "" where it has no
    words. Of a link `url`; of a file its name as people read it, its size in bytes, and a `mark` of its content.
    """

    __tablename__ = "material"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"))
    moment: Mapped[MaterialMoment] = mapped_column(stored(MaterialMoment))
    kind: Mapped[MaterialKind] = mapped_column(stored(MaterialKind))
    title: Mapped[Texts] = mapped_column(Translated)
    lang: Mapped[str] = mapped_column(String(2), default="")
    url: Mapped[str] = mapped_column(String(500), default="")
    file_name: Mapped[str] = mapped_column(String(120), default="")
    size: Mapped[int] = mapped_column(default=0)
    mark: Mapped[str] = mapped_column(String(16), default="")
    sort: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        CheckConstraint("(kind = 'link') = (url <> '')", name="link_with_address"),
        CheckConstraint("(kind = 'link') = (mark = '')", name="file_with_mark"),
        Index("ix_material_activity", "activity_id", "moment", "sort"),
    )


class MaterialFile(Model):
    """The content of a material that is a file."""

    __tablename__ = "material_file"

    material_id: Mapped[int] = mapped_column(ForeignKey("material.id", ondelete="CASCADE"), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
