"""Tables of school visits: programmes, schools, agreements and what is left of them, visits with their groups."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from booking.kernel.database import Id, Json, Model, Texts, Translated, UTCDateTime, stored
from booking.schools.plans import PartKind
from booking.schools.prices import Because, Pays, PriceBy


class SchoolKind(StrEnum):
    """Whose children come."""

    SCHOOL = "school"
    KINDERGARTEN = "kindergarten"


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


class Approval(StrEnum):
    """Whether staff have to say yes to a visit, and whether they have."""

    NOT_NEEDED = "not_needed"
    ASKED = "asked"
    GIVEN = "given"
    DECLINED = "declined"


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
    that what an agreement pays for somebody new becomes one.
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
    pupil_type_id: Mapped[int] = mapped_column(ForeignKey("ticket_type.id"))
    adult_type_id: Mapped[int] = mapped_column(ForeignKey("ticket_type.id"))
    lunch_type_id: Mapped[int | None] = mapped_column(ForeignKey("ticket_type.id"))

    __table_args__ = (
        CheckConstraint("pupil_price >= 0 AND adult_price >= 0 AND least_price >= 0", name="prices"),
        CheckConstraint("pupils_per_adult > 0 AND children_per_adult > 0", name="ratios"),
        CheckConstraint("late_percent BETWEEN 0 AND 100 AND same_day_percent BETWEEN 0 AND 100", name="percents"),
    )


class Programme(Model):
    """What teachers must know of an activity. `shared`: several groups may be in one session together.

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
    language: Mapped[str] = mapped_column(String(2), default="", server_default="")
    instant: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    shared: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    price_by: Mapped[PriceBy | None] = mapped_column(stored(PriceBy, check=False))
    price: Mapped[int | None]
    adult_price: Mapped[int | None]
    most_groups: Mapped[int | None]

    __table_args__ = (CheckConstraint("grade_from BETWEEN 0 AND grade_to AND grade_to <= 13", name="grades"),)


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
    """What a municipality or county pays for its schools; see prices.Agreement. None: no limit.

    `most_visits` and `most_pupils` are all its schools' together in a school year, `class_visits` each class's.
    `secret` opens the page on which its contact sees what is left.
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


class Visit(Model):
    """A booking by a school: who comes, who answers on the day, how the invoice is to be marked.

    `fee` is what a late cancellation costs the school, in minor units. `terms` are what was agreed on when it was
    booked, see terms.as_kept, and `price` the price list, see kept_price; None for one of before.
    `asked_for` says why it became a request; None for one that did not, or of before it was kept.
    `holder` is a digest of the network address that it was booked from, until it is over; see senders.py.
    """

    __tablename__ = "visit"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id", ondelete="CASCADE"), unique=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"), index=True)
    mobile: Mapped[str] = mapped_column(String(40), default="", server_default="")
    on_the_day: Mapped[str] = mapped_column(String(120), default="", server_default="")
    order_number: Mapped[str] = mapped_column(String(60), default="", server_default="")
    invoice_reference: Mapped[str] = mapped_column(String(60), default="", server_default="")
    code: Mapped[str] = mapped_column(String(40), default="", server_default="")
    arrives_at: Mapped[datetime] = mapped_column(UTCDateTime)
    leaves_at: Mapped[datetime] = mapped_column(UTCDateTime)
    year: Mapped[int]
    approval: Mapped[Approval] = mapped_column(stored(Approval), default=Approval.NOT_NEEDED)
    asked_for: Mapped[AskedFor | None] = mapped_column(stored(AskedFor, check=False))
    reason: Mapped[str] = mapped_column(String(400), default="", server_default="")
    fee: Mapped[int] = mapped_column(default=0, server_default="0")
    terms: Mapped[dict[str, Any] | list[int] | None] = mapped_column(Json)
    price: Mapped[dict[str, Any] | None] = mapped_column(Json)
    holder: Mapped[str] = mapped_column(String(32), default="", server_default="")

    __table_args__ = (
        Index("ix_visit_holder", "holder", sqlite_where=text("holder <> ''"), postgresql_where=text("holder <> ''")),
        CheckConstraint("arrives_at < leaves_at", name="arrives_before_it_leaves"),
        CheckConstraint("fee >= 0", name="fee"),
        Index("ix_visit_arrives_at", "arrives_at"),
        Index(
            "ix_visit_asked",
            "arrives_at",
            sqlite_where=text("approval = 'asked'"),
            postgresql_where=text("approval = 'asked'"),
        ),
    )


class VisitGroup(Model):
    """One class of a visit. `claims` are the slots that all of it takes places in."""

    __tablename__ = "visit_group"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(40))
    grade: Mapped[int]
    pupils: Mapped[int]
    adults: Mapped[int]
    claims: Mapped[list[int]] = mapped_column(Json, default=list)

    __table_args__ = (
        CheckConstraint("grade BETWEEN 0 AND 13", name="grade"),
        CheckConstraint("pupils > 0 AND adults >= 0", name="people"),
    )


class VisitPart(Model):
    """What one group does for a while; `slot_id` is the (first) slot where it has one of its own."""

    __tablename__ = "visit_part"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("visit_group.id", ondelete="CASCADE"), index=True)
    kind: Mapped[PartKind] = mapped_column(stored(PartKind))
    slot_id: Mapped[int | None] = mapped_column(ForeignKey("slot.id"))
    activity_id: Mapped[int | None] = mapped_column(ForeignKey("activity.id"))
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)


class VisitDue(Model):
    """What one payer owes for one group, in minor units; `paid_by` None is the school, see prices.Due."""

    __tablename__ = "visit_due"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id", ondelete="CASCADE"), index=True)
    paid_by: Mapped[int | None] = mapped_column(ForeignKey("agreement.id"), index=True)
    agreement_id: Mapped[int | None] = mapped_column(ForeignKey("agreement.id"))
    group_name: Mapped[str] = mapped_column(String(40))
    amount: Mapped[int]
    because: Mapped[Because] = mapped_column(stored(Because))
    pupils: Mapped[int] = mapped_column(default=0)
    for_lunch: Mapped[bool] = mapped_column(default=False, server_default=text("false"))

    __table_args__ = (CheckConstraint("amount >= 0", name="amount"),)
