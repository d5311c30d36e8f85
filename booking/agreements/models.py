"""Tables of school visits: programmes, schools, agreements and what is left of them, visits with their groups."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from booking.agreements.heads import HeadsRule
from booking.agreements.prices import Pays
from booking.kernel.database import Id, Json, Model, stored


class SchoolKind(StrEnum):
    """Whose children come."""

    SCHOOL = "school"
    KINDERGARTEN = "kindergarten"


class AskedFor(StrEnum):
    """Why a visit waits for a yes; see senders.py."""

    PROGRAMME = "programme"  # what is booked wants the staff's yes
    NEW_SENDER = "new_sender"  # an agreement pays, and nobody of this address has been here
    UNPROVEN = "unproven"  # the address is known, but not that who wrote it reads its mail: a press there is the yes
    MANY_VISITS = "many_visits"  # the sender, or the network address, has many ahead


class SchoolRules(Model):
    """What the centre asks of schools; one row. Prices in minor units, days are working days before the visit.

    One adult comes free for each `pupils_per_adult`. The ticket types are those that a visit's lines are written with.
    `most_visits` and `most_visitors` are what one sender has ahead before the next becomes a request; `asks_new` says
    that what an agreement pays for somebody new becomes one. `heads_rule` and `floor_percent` say by which number a
    class is billed, see heads.HeadsTerms, and `count_days` how long after a visit a count of it is waited for.
    Materials for before are mailed `material_days` before a visit; None: with the reminder of the day before.
    """

    __tablename__ = "school_rules"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    pupil_price: Mapped[int]
    adult_price: Mapped[int]
    least_price: Mapped[int]
    lunch_price: Mapped[int] = mapped_column(default=0, server_default="0")  # for each seat in the lunch room
    pupils_per_adult: Mapped[int]
    children_per_adult: Mapped[int]  # in kindergarten
    number_days: Mapped[int] = mapped_column(default=3)
    free_days: Mapped[int] = mapped_column(default=10)
    late_percent: Mapped[int] = mapped_column(default=50)
    same_day_percent: Mapped[int] = mapped_column(default=100)
    lunch_days: Mapped[int] = mapped_column(default=3, server_default="3")
    most_visits: Mapped[int] = mapped_column(default=5, server_default="5")
    most_visitors: Mapped[int] = mapped_column(default=150, server_default="150")
    asks_new: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    heads_rule: Mapped[HeadsRule] = mapped_column(
        stored(HeadsRule, check=False), default=HeadsRule.BOOKED, server_default="booked"
    )
    floor_percent: Mapped[int] = mapped_column(default=80, server_default="80")
    count_days: Mapped[int] = mapped_column(default=5, server_default="5")
    material_days: Mapped[int | None]
    pupil_type_id: Mapped[int] = mapped_column(ForeignKey("ticket_type.id"))
    adult_type_id: Mapped[int] = mapped_column(ForeignKey("ticket_type.id"))
    lunch_type_id: Mapped[int | None] = mapped_column(ForeignKey("ticket_type.id"))

    __table_args__ = (
        CheckConstraint("pupil_price >= 0 AND adult_price >= 0 AND least_price >= 0", name="prices"),
        CheckConstraint("pupils_per_adult > 0 AND children_per_adult > 0", name="ratios"),
        CheckConstraint("late_percent BETWEEN 0 AND 100 AND same_day_percent BETWEEN 0 AND 100", name="percents"),
    )


class School(Model):
    """A school or kindergarten. `known`: entered by the centre, so that its agreements are found without a code.

    One that is no longer `active` is not found by teachers; its visits stay.
    """

    __tablename__ = "school"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    search: Mapped[str] = mapped_column(
        String(120).with_variant(String(120, collation="C"), "postgresql"), default="", server_default=""
    )
    org_number: Mapped[str] = mapped_column(String(20), default="", server_default="")
    municipality: Mapped[str] = mapped_column(String(60), default="", server_default="")
    kind: Mapped[SchoolKind] = mapped_column(stored(SchoolKind))
    email: Mapped[str] = mapped_column(String(254), default="", server_default="")
    reference_pattern: Mapped[str] = mapped_column(String(60), default="", server_default="")
    known: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    active: Mapped[bool] = mapped_column(default=True, server_default=text("true"))

    __table_args__ = (
        Index("ix_school_search", "search"),
        Index("ix_school_municipality", "municipality", "search"),
        Index(
            "uq_school_org_number",
            "org_number",
            unique=True,
            sqlite_where=text("org_number <> ''"),
            postgresql_where=text("org_number <> ''"),
        ),
    )


class Agreement(Model):
    """What a municipality or county pays for its schools; see prices.AgreementTerms. None: no limit.

    `most_visits` and `most_pupils` are all its schools' together in a school year, `class_visits` each class's.
    `secret` opens the page on which its contact sees what is left. `heads_rule` None: as the centre has agreed on with
    the school; `floor_percent` goes with it.
    """

    __tablename__ = "agreement"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    payer: Mapped[str] = mapped_column(String(120))
    org_number: Mapped[str] = mapped_column(String(20), default="", server_default="")
    reference_pattern: Mapped[str] = mapped_column(String(60), default="", server_default="")
    code: Mapped[str] = mapped_column(String(40), unique=True)
    secret: Mapped[str] = mapped_column(String(26), unique=True)
    municipality: Mapped[str] = mapped_column(String(60), default="", server_default="")
    school_kind: Mapped[SchoolKind | None] = mapped_column(stored(SchoolKind))
    pays: Mapped[Pays] = mapped_column(stored(Pays))
    percent: Mapped[int] = mapped_column(default=100)
    each: Mapped[int] = mapped_column(default=0)
    grade_from: Mapped[int | None]
    grade_to: Mapped[int | None]
    from_date: Mapped[date | None] = mapped_column(Date)
    until_date: Mapped[date | None] = mapped_column(Date)
    kinds: Mapped[list[str] | None] = mapped_column(Json)
    most_visits: Mapped[int | None]
    most_pupils: Mapped[int | None]
    class_visits: Mapped[int | None]
    heads_rule: Mapped[HeadsRule | None] = mapped_column(stored(HeadsRule, check=False))
    floor_percent: Mapped[int] = mapped_column(default=80, server_default="80")
    active: Mapped[bool] = mapped_column(default=True, server_default=text("true"))

    __table_args__ = (
        Index("ix_agreement_municipality", "municipality"),
        CheckConstraint("percent BETWEEN 0 AND 100", name="percent"),
        CheckConstraint('"each" >= 0', name="each"),
    )


class Allowance(Model):
    """What has been taken of an agreement in one school year: by all (`holder` is ""), or by one class.

    Moved by conditional UPDATE alone; the database refuses more than the limits, which are those of the agreement.
    """

    __tablename__ = "allowance"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id"), index=True)
    year: Mapped[int]
    holder: Mapped[str] = mapped_column(String(140), default="", server_default="")
    most_visits: Mapped[int | None]
    most_pupils: Mapped[int | None]
    visits: Mapped[int] = mapped_column(default=0, server_default="0")
    pupils: Mapped[int] = mapped_column(default=0, server_default="0")

    __table_args__ = (
        CheckConstraint("visits >= 0 AND (most_visits IS NULL OR visits <= most_visits)", name="visits_within"),
        CheckConstraint("pupils >= 0 AND (most_pupils IS NULL OR pupils <= most_pupils)", name="pupils_within"),
    )
