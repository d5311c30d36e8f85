"""What the provider paid out: to the bank, less its charges."""

from __future__ import annotations

from sqlalchemy import String, cast, literal, select

from booking.books.journal import AccountRole, LineKey, Standing, VoucherKind, VoucherLine
from booking.books.models import JournalSource, Payout
from booking.books.sources.moment import PostingCut
from booking.kernel.database import run


def payouts(cut: PostingCut) -> list[Standing]:
    """Payouts that are not in the journal yet."""
    source = literal("payout:").concat(cast(Payout.id, String))
    query = (
        select(Payout.id, Payout.on_day, Payout.amount, Payout.charges)
        .outerjoin(JournalSource, JournalSource.source == source)
        .where(Payout.on_day <= cut.last_day, JournalSource.source.is_(None))
        .order_by(Payout.on_day, Payout.id)
        .limit(cut.most)
    )
    if cut.since is not None:
        query = query.where(Payout.on_day >= cut.since.date())
    standings = []
    for payout_id, on, amount, charges in run(query):
        parts = ((AccountRole.BANK, amount), (AccountRole.CHARGES, charges), (AccountRole.PROVIDER, -amount - charges))
        lines = tuple(VoucherLine(LineKey(role), part) for role, part in parts if part)
        standings.append(Standing(f"payout:{payout_id}", "paid", VoucherKind.PAYOUT, on, on, lines, alone=True))
    return standings
