"""Tables of programmes: what an activity is for a class, and the shows that a class may see."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, text
from sqlalchemy.orm import Mapped, mapped_column

from booking.kernel.database import Json, Model, Texts, Translated, stored


class PriceBy(StrEnum):
    """How a programme with a price of its own is paid for."""

    PERSON = "person"
    GROUP = "group"
    FREE = "free"


class Subject(StrEnum):
    """What a programme is taught in."""

    SCIENCE = "science"
    MATHS = "maths"
    CODING = "coding"
    CRAFTS = "crafts"
    SOCIAL = "social"
    BIOLOGY = "biology"
    CHEMISTRY = "chemistry"
    GEOSCIENCE = "geoscience"
    NATURE = "nature"


class Programme(Model):
    """What teachers must know of an activity. `shared`: several groups may be in one session together.

    `brings` is what a class takes along, `taught_by` who meets it: names or roles as the centre wants them read.
    `price_by` None: the centre's price for schools; else see prices.OwnPrice. `most_groups`: in one visit.
    """

    __tablename__ = "programme"

    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"), primary_key=True)
    grade_from: Mapped[int]
    grade_to: Mapped[int]
    subjects: Mapped[list[str]] = mapped_column(Json, default=list)
    aims: Mapped[Texts] = mapped_column(Translated, default=dict)
    before: Mapped[Texts] = mapped_column(Translated, default=dict)
    after: Mapped[Texts] = mapped_column(Translated, default=dict)
    brings: Mapped[Texts] = mapped_column(Translated, default=dict, server_default="{}")
    taught_by: Mapped[Texts] = mapped_column(Translated, default=dict, server_default="{}")
    language: Mapped[str] = mapped_column(String(2), default="", server_default="")
    instant: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    shared: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    price_by: Mapped[PriceBy | None] = mapped_column(stored(PriceBy, check=False))
    price: Mapped[int | None]
    adult_price: Mapped[int | None]
    most_groups: Mapped[int | None]

    __table_args__ = (CheckConstraint("grade_from BETWEEN 0 AND grade_to AND grade_to <= 13", name="grades"),)


class SchoolShow(Model):
    """That classes may see a show as part of their day, once `is_open`; without a row they may not.

    `price` is for each pupil and for each adult who does not come free with them, in minor units, VAT of `vat_rate`
    (hundredths of a percent) included; 0 is free of charge.
    """

    __tablename__ = "school_show"

    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"), primary_key=True)
    is_open: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    price: Mapped[int] = mapped_column(default=0, server_default="0")
    vat_rate: Mapped[int] = mapped_column(default=0, server_default="0")
    grade_from: Mapped[int]
    grade_to: Mapped[int]

    __table_args__ = (
        CheckConstraint("grade_from BETWEEN 0 AND grade_to AND grade_to <= 13", name="grades"),
        CheckConstraint("price >= 0", name="price"),
        CheckConstraint("vat_rate BETWEEN 0 AND 10000", name="vat_rate"),
    )
