"""Tables of sending: the centre's and a payer's way, each document's delivery with its steps, what was looked up."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from booking.invoicing.sending.states import BuyerResponse, DeliveryState, ReportState, SendingChannel, WhyPerson
from booking.kernel.database import Id, Model, UTCDateTime, stored

LONGEST_SAID = 500
LONGEST_REASON = 200
# Literally as queries say it, or no database uses the indexes.
IS_UNDONE = "state IN ('waiting', 'looking_up', 'sending', 'refused', 'unknown', 'needs_person')"
IS_DISPUTED = "response IN ('query', 'rejected')"
IS_TO_REPORT = "report = 'due'"
IS_WITH_CHANNEL = "state = 'sent' AND channel <> 'mail'"  # a letter has no end that we are told of


class SendingRules(Model):
    """How the centre's documents go out; one row. Without it a demo uses its folder, and others wait for somebody.

    `paper_instead`: whoever cannot receive electronic documents gets a mail, unless it is a public body. `attach_xml`
    to mails. `reports`: documents to public bodies are reported to the tax authority within `report_days` working
    days; `channel_reports` that the channel does so itself.
    """

    __tablename__ = "sending_rules"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    channel: Mapped[SendingChannel] = mapped_column(stored(SendingChannel))
    paper_instead: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    attach_xml: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    reports: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    channel_reports: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    report_days: Mapped[int] = mapped_column(default=5, server_default="5")

    __table_args__ = (CheckConstraint("report_days BETWEEN 1 AND 60", name="report_days"),)


class PayerSending(Model):
    """Where a payer differs. `public_body` None: one that has an agreement is."""

    __tablename__ = "payer_sending"

    payer_id: Mapped[int] = mapped_column(ForeignKey("invoice_payer.id"), primary_key=True, autoincrement=False)
    channel: Mapped[SendingChannel | None] = mapped_column(stored(SendingChannel))
    public_body: Mapped[bool | None]


class InvoiceDelivery(Model):
    """One document on its way: there is one for each, so that nothing goes out twice.

    `attempt` is part of the key that it is sent by, and rises when somebody has one sent anew that was refused.
    `begun_at`: when it was last handed over, without knowing yet what came of it. `their_ref` is the channel's name for
    it, `said` why it was refused, in the channel's words, `reason` why somebody chose another way. `look_at`: when to
    look what became of it; empty once there is nothing more to know. `receipt` is the channel's timed proof.
    """

    __tablename__ = "invoice_delivery"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id", ondelete="CASCADE"), unique=True)
    state: Mapped[DeliveryState] = mapped_column(stored(DeliveryState))
    since: Mapped[datetime] = mapped_column(UTCDateTime)
    channel: Mapped[SendingChannel | None] = mapped_column(stored(SendingChannel))
    why: Mapped[WhyPerson] = mapped_column(stored(WhyPerson), default=WhyPerson.NOTHING, server_default="")
    said: Mapped[str] = mapped_column(String(LONGEST_SAID), default="", server_default="")
    reason: Mapped[str] = mapped_column(String(LONGEST_REASON), default="", server_default="")
    attempt: Mapped[int] = mapped_column(default=1, server_default="1")
    begun_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    their_ref: Mapped[str] = mapped_column(String(200), default="", server_default="")
    look_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    delivered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    receipt: Mapped[str] = mapped_column(Text, default="", server_default="")
    response: Mapped[BuyerResponse] = mapped_column(
        stored(BuyerResponse), default=BuyerResponse.NONE, server_default="none"
    )
    response_said: Mapped[str] = mapped_column(String(LONGEST_SAID), default="", server_default="")
    report: Mapped[ReportState] = mapped_column(
        stored(ReportState), default=ReportState.NOT_NEEDED, server_default="not_needed"
    )
    report_by: Mapped[date | None] = mapped_column(Date)

    __table_args__ = (
        CheckConstraint("attempt > 0", name="attempt"),
        CheckConstraint("state <> 'sending' OR (begun_at IS NOT NULL AND channel IS NOT NULL)", name="begun"),
        CheckConstraint("state <> 'delivered' OR delivered_at IS NOT NULL", name="delivered"),
        CheckConstraint("(report = 'not_needed') = (report_by IS NULL)", name="report"),
        Index(
            "ix_invoice_delivery_undone",
            "since",
            sqlite_where=text(IS_UNDONE),
            postgresql_where=text(IS_UNDONE),
        ),
        Index(
            "ix_invoice_delivery_look_at",
            "look_at",
            sqlite_where=text("look_at IS NOT NULL"),
            postgresql_where=text("look_at IS NOT NULL"),
        ),
        Index("ix_invoice_delivery_their_ref", "their_ref"),
        Index(
            "ix_invoice_delivery_with_channel",
            "since",
            sqlite_where=text(IS_WITH_CHANNEL),
            postgresql_where=text(IS_WITH_CHANNEL),
        ),
        Index(
            "ix_invoice_delivery_response",
            "response",
            sqlite_where=text(IS_DISPUTED),
            postgresql_where=text(IS_DISPUTED),
        ),
        Index(
            "ix_invoice_delivery_report_by",
            "report_by",
            sqlite_where=text(IS_TO_REPORT),
            postgresql_where=text(IS_TO_REPORT),
        ),
    )


class DeliveryStep(Model):
    """One step of a delivery: `what` is a state, a buyer's response or `reported`; `actor` as in the log."""

    __tablename__ = "delivery_step"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("invoice_delivery.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    what: Mapped[str] = mapped_column(String(20))
    why: Mapped[str] = mapped_column(String(20), default="", server_default="")
    said: Mapped[str] = mapped_column(String(LONGEST_SAID), default="", server_default="")
    actor: Mapped[str] = mapped_column(String(40))


class RecipientLookUp(Model):
    """Whether an electronic address can receive invoices, as it was when it was looked up."""

    __tablename__ = "recipient_look_up"

    address: Mapped[str] = mapped_column(String(60), primary_key=True)  # scheme:value
    receives: Mapped[bool]
    at: Mapped[datetime] = mapped_column(UTCDateTime)

    __table_args__ = (Index("ix_recipient_look_up_at", "at"),)
