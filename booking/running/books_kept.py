"""What `flask check` asks of the journal: that it balances, has no gaps, and says what stands in the database."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Select, func, select

from booking.books.closing import cut_at, disagreements
from booking.books.models import JournalEntry, Voucher
from booking.books.posting import LOOKS_BACK, is_behind, rules_of_books
from booking.centre.facts import NoCentre, the_centre

PATIENCE = timedelta(days=2)


def questions() -> list[tuple[str, str, Select[int]]]:
    """As the questions of booking.running.check: a name, what is wrong, and whose it is."""
    return [
        (
            "books",
            "voucher that does not balance, number",
            select(JournalEntry.voucher_number)
            .group_by(JournalEntry.voucher_number)
            .having(func.sum(JournalEntry.amount) != 0),
        ),
        (
            "books",
            "numbers of vouchers with a gap, the last one",
            select(func.max(Voucher.number)).having(func.max(Voucher.number) > func.count()),
        ),
    ]


def unlike_the_books(now: datetime) -> list[str]:
    """What the journal says otherwise, once all is posted; until then only that it is long behind."""
    try:
        centre = the_centre()
    except NoCentre:
        return []
    rules = rules_of_books()
    if rules is None or rules.booked_at is None:
        return []
    if is_behind(cut_at(centre, now)):
        late = rules.booked_at < now - PATIENCE
        return [f"books journal that is behind, since: {rules.booked_at:%Y-%m-%d}"] if late else []
    today = centre.local(now).date()
    compared, taxes = disagreements(centre, now, today - LOOKS_BACK, today)
    return [
        *(f"books account unlike what it stands for, {each.what}: {each.difference}" for each in compared),
        *(f"books VAT unlike that of {each.source}: {each.journal - each.stands}" for each in taxes[:20]),
    ]
