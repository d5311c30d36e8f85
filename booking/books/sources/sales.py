"""What was paid before becomes income on the day of the visit, taxed as its receipt says.

A receipt spreads what is kept of a booking's money over its lines (receipts/document.py), late shares that stay and
money given back too, and so does this.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from sqlalchemy import Select, String, case, cast, func, literal, or_, select
from sqlalchemy.orm import aliased

from booking.annual_passes.issue import taxed_as
from booking.annual_passes.models import AnnualPass
from booking.bookings.models import Booking, Line, Sold, what_is_sold
from booking.books.journal import (
    ROLE_OF_KIND,
    AccountRole,
    LineKey,
    SoldPart,
    Standing,
    VoucherKind,
    VoucherLine,
    income_of,
)
from booking.books.models import JournalSource
from booking.books.sources.gift_cards import gift_card_sale, issued_with
from booking.books.sources.moment import PostingCut
from booking.books.sources.passes import earnings, pass_mark
from booking.capacity.models import Slot
from booking.catalogue.models import Activity
from booking.kernel.database import run
from booking.kernel.money import spread
from booking.payments.models import Payment, PaymentState, Refund


def kept_by_booking(cut: PostingCut, only: Sequence[int] | None = None) -> Select[int, int, object]:
    """What is kept of what each booking and its changes were paid, and when it was last asked for something back.

    `only` these bookings.
    """
    own = select(Booking.id.label("booking_id"), Booking.id.label("payer_id")).where(Booking.changes_id.is_(None))
    root = aliased(Booking)
    folded = select(Booking.changes_id, Booking.id).join(root, root.id == Booking.changes_id)
    if cut.since is not None:
        own, folded = own.where(Booking.starts_at >= cut.since), folded.where(root.starts_at >= cut.since)
    if only is not None:
        own, folded = own.where(Booking.id.in_(only)), folded.where(Booking.changes_id.in_(only))
    payers = own.union_all(folded).subquery()
    back, last = (
        select(value)
        .where(Refund.payment_id == Payment.id, Refund.requested_at < cut.until)
        .correlate(Payment)
        .scalar_subquery()
        for value in (func.coalesce(func.sum(Refund.amount), 0), func.max(Refund.requested_at))
    )
    return (
        select(payers.c.booking_id, func.sum(Payment.amount - back).label("kept"), func.max(last).label("last"))
        .join(Payment, Payment.booking_id == payers.c.payer_id)
        .where(Payment.state == PaymentState.PAID, Payment.paid_at < cut.until)
        .group_by(payers.c.booking_id)
    )


def incomes(cut: PostingCut) -> list[Standing]:
    """Bookings whose day has come, or has gone to another one since, of which the journal says something else."""
    money = kept_by_booking(cut).subquery()
    source = literal("booking:").concat(cast(Booking.id, String))
    kept = case((Booking.starts_at < cut.until, money.c.kept), else_=0)
    mark = cast(kept, String).concat(":").concat(cast(Booking.version, String)).concat(pass_mark(cut))
    query = (
        select(
            Booking.id, kept, mark, Booking.channel, Booking.starts_at, money.c.last, Booking.sells, Booking.people,
        )
        .join(money, money.c.booking_id == Booking.id)
        .outerjoin(AnnualPass, AnnualPass.booking_id == Booking.id)
        .outerjoin(JournalSource, JournalSource.source == source)
        .where(
            or_(
                JournalSource.mark != mark, JournalSource.source.is_(None) & (Booking.starts_at < cut.until)
            )
        )
        .order_by(Booking.starts_at, Booking.id)
        .limit(cut.most)
    )  # fmt: skip
    rows = list(run(query))
    sells = {row[0]: what_is_sold(*row[-2:]) for row in rows}
    sold = {**_lines_of([row[0] for row in rows]), **_passes(sells)}
    cards = {booking_id for booking_id, what in sells.items() if what is Sold.GIFT_CARD}
    on_cards = issued_with(sorted(cards), cut.until)
    of_passes = earnings([booking_id for booking_id, what in sells.items() if what is Sold.ANNUAL_PASS], cut)
    standings = []
    for booking_id, amount, mark_now, channel, starts_at, last, *_sells in rows:
        on = min(cut.day_of(starts_at), cut.last_day)
        again = max(on, cut.day_of(last)) if last is not None else on
        if booking_id in cards:
            lines = gift_card_sale(int(amount), on_cards.get(booking_id, 0))
        elif (earning := of_passes.get(booking_id)) is not None:
            lines, again = _income(earning.of(int(amount)), sold.get(booking_id, ())), max(again, earning.through)
        else:
            lines = _income(int(amount), sold.get(booking_id, ()))
        standings.append(Standing(f"booking:{booking_id}", mark_now, VoucherKind.INCOME, on, again, lines, channel))
    return standings


def _passes(sells: Mapping[int, Sold]) -> dict[int, list[SoldPart]]:
    """An annual pass is entry."""
    taxed = taxed_as(sorted(booking_id for booking_id, what in sells.items() if what is Sold.ANNUAL_PASS))
    return {booking_id: [SoldPart(AccountRole.ADMISSION, rate, price)] for booking_id, (rate, price) in taxed.items()}


def _income(kept: int, sold: Sequence[SoldPart]) -> tuple[VoucherLine, ...]:
    if not kept:
        return ()
    parts = [
        SoldPart(part.role, part.vat_rate, amount, part.activity_id)
        for part, amount in zip(sold, spread(kept, [part.gross for part in sold]), strict=True)
        if amount
    ] or [SoldPart(AccountRole.FEE, 0, kept)]
    return (VoucherLine(LineKey(AccountRole.PREPAID), kept), *income_of(parts))


def _lines_of(booking_ids: Iterable[int]) -> Mapping[int, list[SoldPart]]:
    query = (
        select(Line.booking_id, Activity.kind, Line.vat_rate, Line.quantity * Line.unit_price, Activity.id)
        .join(Slot, Slot.id == Line.slot_id)
        .join(Activity, Activity.id == Slot.activity_id)
        .where(Line.booking_id.in_(sorted(booking_ids)))
        .order_by(Line.booking_id, Line.id)
    )
    return {
        booking_id: [
            SoldPart(ROLE_OF_KIND[kind], rate, gross, activity_id) for _b, kind, rate, gross, activity_id in rows
        ]
        for booking_id, rows in groupby(run(query), key=lambda row: row[0])
    }
