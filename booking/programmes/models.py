"""Tables of programmes: what an activity is for a class."""

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
