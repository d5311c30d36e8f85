"""Tables of visits: the visit, its classes, what each does and when, and who owes what for it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from booking.agreements.heads import HeadsRule
from booking.agreements.models import AskedFor
from booking.agreements.prices import Because
from booking.kernel.database import Id, Json, Model, UTCDateTime, stored
from booking.planner.plans import PartKind


class EndedLinks(Model):
    """Links of one address that were made until then open nothing any more; the address itself is not kept."""

    __tablename__ = "ended_links"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    ended_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class VisitReplan(Model):
    """That a visit has a new plan since `at`, and when it should have come and gone by the first one."""

    __tablename__ = "visit_replan"

    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id", ondelete="CASCADE"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    planned_arrival: Mapped[datetime] = mapped_column(UTCDateTime)
    planned_departure: Mapped[datetime] = mapped_column(UTCDateTime)


class Approval(StrEnum):
    """Whether staff have to say yes to a visit, and whether they have."""

    NOT_NEEDED = "not_needed"
    ASKED = "asked"
    GIVEN = "given"
    DECLINED = "declined"


class Visit(Model):
    """A booking by a school: who comes, who answers on the day, how the invoice is to be marked.

    `fee` is what a late cancellation costs the school, in minor units. `terms` are what was agreed on when it was
    booked, see terms.as_kept, and `price` the price list, see kept_price; None for one of before.
    `asked_for` says why it became a request; None for one that did not, or of before it was kept.
    `heads_rule` and `floor_percent` are by which number it is billed, as that was agreed on then, see heads.HeadsTerms.
    `fee_dealt_with`: the fee was invoiced or let go.
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
    heads_rule: Mapped[HeadsRule] = mapped_column(
        stored(HeadsRule, check=False), default=HeadsRule.BOOKED, server_default="booked"
    )
    floor_percent: Mapped[int] = mapped_column(default=0, server_default="0")
    holder: Mapped[str] = mapped_column(String(32), default="", server_default="")
    fee_dealt_with: Mapped[bool] = mapped_column(default=False, server_default=text("false"))

    __table_args__ = (
        Index(
            "ix_visit_fee_open",
            "booking_id",
            sqlite_where=text("fee_dealt_with = 0 AND fee > 0"),
            postgresql_where=text("fee_dealt_with = false AND fee > 0"),
        ),
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
    """What one payer owes for one group, in minor units; `paid_by` None is the school, see prices.Due.

    `show_id` is the show that it is for. `dealt_with`: it was invoiced or let go, so that nobody searches the past for
    it.
    """

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
    show_id: Mapped[int | None] = mapped_column(BigInteger)  # of an activity: those are never taken away
    dealt_with: Mapped[bool] = mapped_column(default=False, server_default=text("false"))

    __table_args__ = (
        CheckConstraint("amount >= 0", name="amount"),
        Index(
            "ix_visit_due_open",
            "visit_id",
            sqlite_where=text("dealt_with = 0 AND amount > 0"),
            postgresql_where=text("dealt_with = false AND amount > 0"),
        ),
    )


class ReckonedBy(StrEnum):
    """What decided how many heads of a visit are billed."""

    COUNT = "count"  # the door's, by the rule
    FALLBACK = "fallback"  # nobody counted some class in time, so that it is as booked
    HAND = "hand"  # a person, with a reason


class Reckoning(Model):
    """How many heads of a visit are billed, once that is decided; it goes when the visit is changed.

    `by` is an actor as in the log, `total` what the visit came to by it, in minor units. `classes` are the classes in
    their order, see reckoning/decided.py. `stale`: the door has counted otherwise since.
    """

    __tablename__ = "reckoning"

    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id", ondelete="CASCADE"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    by: Mapped[str] = mapped_column(String(40))
    decided: Mapped[ReckonedBy] = mapped_column(stored(ReckonedBy))
    reason: Mapped[str] = mapped_column(String(200), default="", server_default="")
    total: Mapped[int]
    classes: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    stale: Mapped[bool] = mapped_column(default=False, server_default=text("false"))

    __table_args__ = (
        CheckConstraint("total >= 0", name="total"),
        CheckConstraint("decided = 'hand' OR reason = ''", name="reason_of_a_person"),
        Index("ix_reckoning_stale", "visit_id", sqlite_where=text("stale"), postgresql_where=text("stale")),
    )
