"""What the provider paid out: to the bank, less its charges; what was taken back is in no account."""

from __future__ import annotations

from sqlalchemy import String, and_, case, cast, literal, or_, select

from booking.books.journal import AccountRole, LineKey, Standing, VoucherKind, VoucherLine
from booking.books.models import JournalSource, Payout
from booking.books.sources.moment import PostingCut
from booking.kernel.database import run
from booking.payments.provider import PayWay

HELD_BY = {PayWay.CARD: AccountRole.PROVIDER, PayWay.VIPPS: AccountRole.VIPPS}
FIRST = "paid"  # the mark of one that nobody has put right


def payouts(cut: PostingCut) -> list[Standing]:
    """Payouts that are not in the journal yet, or have been put right or taken back since."""
    source = literal("payout:").concat(cast(Payout.id, String))
    mark = case((Payout.version == 1, FIRST), else_=literal(f"{FIRST}:").concat(cast(Payout.version, String)))
    query = (
        select(
            Payout.id,
            Payout.on_day,
            Payout.changed_on,
            Payout.amount,
            Payout.charges,
            Payout.taken_back_at,
            Payout.way,
            mark,
        )
        .outerjoin(JournalSource, JournalSource.source == source)
        .where(
            Payout.on_day <= cut.last_day,
            or_(and_(JournalSource.source.is_(None), Payout.taken_back_at.is_(None)), JournalSource.mark != mark),
        )
        .order_by(Payout.on_day, Payout.id)
        .limit(cut.most)
    )  # fmt: skip
    if cut.since is not None:
        day = cut.since.date()
        query = query.where(or_(Payout.on_day >= day, Payout.taken_at >= cut.since, Payout.changed_at >= cut.since))
    standings = []
    for payout_id, on, changed_on, amount, charges, taken_back_at, way, mark_now in run(query):
        parts = ((AccountRole.BANK, amount), (AccountRole.CHARGES, charges), (HELD_BY[way], -amount - charges))
        lines = tuple(
            VoucherLine(LineKey(role), part) for role, part in parts if part and taken_back_at is None
        )  # fmt: skip
        standings.append(
            Standing(f"payout:{payout_id}", mark_now, VoucherKind.PAYOUT, on, changed_on or on, lines, alone=True)
        )  # fmt: skip
    return standings
