"""Gift cards: what is bought is owed until it is used, and income, without VAT, when its time is over.

What a card pays of a booking is a payment (takings.py), and so is what comes back to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import String, cast, func, literal, select

from booking.books.journal import AccountRole, LineKey, Standing, VoucherKind, VoucherLine, move
from booking.books.models import JournalSource
from booking.books.sources.moment import PostingCut
from booking.gift_cards.models import GiftCardEntry, GiftCardMove
from booking.kernel.database import run

CHANNEL = "gift_card"
OF_SALE = (GiftCardMove.ISSUED, GiftCardMove.WITHDRAWN)  # what entries of the booking that bought a card are


def gift_card_sale(kept: int, on_card: int) -> tuple[VoucherLine, ...]:
    """The sale of a card: what was paid for it is owed to whoever has it.

    What went back of its money by other ways than the card's own is a loss: the card still has it.
    """
    lines = (
        VoucherLine(LineKey(AccountRole.PREPAID), kept),
        VoucherLine(LineKey(AccountRole.GIFT_CARD), -on_card),
        VoucherLine(LineKey(AccountRole.BAD_DEBT), on_card - kept),
    )
    return tuple(line for line in lines if line.amount)


def issued_with(booking_ids: Sequence[int], until: datetime) -> Mapping[int, int]:
    """What was put on cards at their sale less what their buyers had back of it until then, by that booking."""
    if not booking_ids:
        return {}
    query = (
        select(GiftCardEntry.booking_id, func.sum(GiftCardEntry.amount))
        .where(GiftCardEntry.booking_id.in_(booking_ids), GiftCardEntry.move.in_(OF_SALE), GiftCardEntry.at < until)
        .group_by(GiftCardEntry.booking_id)
    )
    return {booking_id: int(amount) for booking_id, amount in run(query)}


def expired_cards(cut: PostingCut) -> list[Standing]:
    """What was left on cards when their time was over, or was given back after that, and is not in the journal yet."""
    source = literal("gift_card_entry:").concat(cast(GiftCardEntry.id, String))
    query = (
        select(GiftCardEntry.id, GiftCardEntry.amount, GiftCardEntry.at)
        .outerjoin(JournalSource, JournalSource.source == source)
        .where(
            GiftCardEntry.move.in_((GiftCardMove.EXPIRED, GiftCardMove.REVIVED)), GiftCardEntry.at < cut.until,
            JournalSource.source.is_(None),
        )
        .order_by(GiftCardEntry.at, GiftCardEntry.id)
        .limit(cut.most)
    )  # fmt: skip
    if cut.since is not None:
        query = query.where(GiftCardEntry.at >= cut.since)
    return [
        Standing(
            f"gift_card_entry:{entry_id}", "expired", VoucherKind.INCOME, day := cut.day_of(at), day,
            move(-amount, AccountRole.GIFT_CARD, AccountRole.FEE), CHANNEL,
        )
        for entry_id, amount, at in run(query)
    ]  # fmt: skip
