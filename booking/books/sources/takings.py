"""Money paid online and in the till, what goes back of it, and what a payer's bank took back for good."""

from __future__ import annotations

from sqlalchemy import ColumnElement, String, and_, case, cast, func, literal, or_, select

from booking.books.journal import AccountRole, Standing, VoucherKind, move
from booking.books.models import JournalSource
from booking.books.sources.moment import PostingCut
from booking.kernel.database import run
from booking.payments.models import GIFT_CARD, OF_VIPPS, TILL, Payment, PaymentState, Refund, RefundState

CAME = (PaymentState.PAID, PaymentState.RETURNED)
NOT_DONE = (RefundState.REQUESTED, RefundState.FAILED)
DONE, ASKED, LOST = "done", "asked", "lost"


def where_kept(provider: str) -> AccountRole:
    """The account that money paid so lies on."""
    if provider == GIFT_CARD:
        return AccountRole.GIFT_CARD
    if provider in OF_VIPPS:
        return AccountRole.VIPPS
    return AccountRole.TILL if provider == TILL else AccountRole.PROVIDER


def payments(cut: PostingCut) -> list[Standing]:
    """Payments that are not in the journal yet, the first first."""
    source = literal("payment:").concat(cast(Payment.id, String))
    query = (
        select(Payment.id, Payment.provider, Payment.amount, Payment.paid_at)
        .outerjoin(JournalSource, JournalSource.source == source)
        .where(Payment.state.in_(CAME), Payment.paid_at < cut.until, JournalSource.source.is_(None))
        .order_by(Payment.paid_at, Payment.id)
        .limit(cut.most)
    )
    if cut.since is not None:
        query = query.where(Payment.paid_at >= cut.since)
    return [
        Standing(
            f"payment:{payment_id}", "paid", VoucherKind.TAKINGS, day := cut.day_of(paid_at), day,
            move(amount, where_kept(provider), AccountRole.PREPAID), provider,
        )
        for payment_id, provider, amount, paid_at in run(query)
    ]  # fmt: skip


def refund_stage(cut: PostingCut) -> ColumnElement[str]:
    """Where a refund of a payment stood at the cut: asked, done, or given to the payer by their bank instead."""
    lost = and_(Refund.state == RefundState.FAILED, Payment.lost_at.is_not(None), Payment.lost_at < cut.until)
    done = and_(Refund.state == RefundState.DONE, Refund.done_at < cut.until)
    return case((done, DONE), (lost, LOST), else_=ASKED)


def refunds(cut: PostingCut) -> list[Standing]:
    """Refunds that have changed since they were posted."""
    source = literal("refund:").concat(cast(Refund.id, String))
    stage = refund_stage(cut)
    mark = stage.concat(":").concat(cast(Refund.amount, String))
    query = (
        select(
            Refund.id, stage.label("stage"), mark.label("mark"), Refund.amount, Refund.requested_at, Refund.done_at,
            Payment.lost_at, Payment.provider,
        )
        .join(Payment, Payment.id == Refund.payment_id)
        .outerjoin(JournalSource, JournalSource.source == source)
        .where(
            Payment.state.in_(CAME), Refund.requested_at < cut.until,
            or_(JournalSource.source.is_(None), JournalSource.mark != mark),
        )
        .order_by(Refund.requested_at, Refund.id)
        .limit(cut.most)
    )  # fmt: skip
    if cut.since is not None:
        query = query.where(or_(Refund.done_at >= cut.since, Refund.state.in_(NOT_DONE)))
    standings = []
    for refund_id, stage_now, mark_now, amount, requested_at, done_at, lost_at, provider in run(query):
        last = {DONE: done_at, LOST: lost_at}.get(stage_now) or requested_at
        credit = AccountRole.OWED_BACK if stage_now == ASKED else where_kept(provider)
        lines = move(amount, AccountRole.PREPAID, credit)
        on, again = cut.day_of(requested_at), cut.day_of(last)
        standings.append(
            Standing(
                f"refund:{refund_id}", mark_now, VoucherKind.REFUND, again if stage_now == DONE else on, again, lines,
                provider,
            )
        )  # fmt: skip
    return standings


def disputes(cut: PostingCut) -> list[Standing]:
    """Payments that a payer's bank has taken back, as far as they had not gone back before."""
    source = literal("dispute:").concat(cast(Payment.id, String))
    asked_back = (
        select(func.coalesce(func.sum(Refund.amount), 0))
        .where(Refund.payment_id == Payment.id)
        .correlate(Payment)
        .scalar_subquery()
    )
    query = (
        select(Payment.id, Payment.provider, Payment.amount - asked_back, Payment.lost_at)
        .outerjoin(JournalSource, JournalSource.source == source)
        .where(
            Payment.disputed_at.is_not(None), Payment.lost_at < cut.until, Payment.state.in_(CAME),
            JournalSource.source.is_(None),
        )
        .order_by(Payment.lost_at, Payment.id)  # by number, SQLite would go through all payments in their order
        .limit(cut.most)
    )  # fmt: skip
    return [
        Standing(
            f"dispute:{payment_id}", "lost", VoucherKind.DISPUTE, day := cut.day_of(lost_at), day,
            move(int(amount), AccountRole.BAD_DEBT, where_kept(provider)), provider,
        )
        for payment_id, provider, amount, lost_at in run(query)
    ]  # fmt: skip
