"""Many gift cards, copied in the database from one that was sold and has paid for something: a house after years."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Insert, String, case, cast, func, insert, literal, select, true

from booking.bookings.models import Booking
from booking.gift_cards.models import GiftCard, GiftCardEntry, GiftCardMove, GiftCardOrder, GiftCardUse
from booking.kernel import clock
from booking.kernel.database import Model, db, unit_of_work

FIRST = 1_000_001  # ids of copies
APART = 10_000_000  # between copies of the rows that a card has several of


def copy_card(card_id: int, used_by: int, times: int) -> None:
    """So many more like this one, and bookings that they paid for; nine of ten spent, and one of ten has something."""
    bought = select(GiftCard.booking_id).where(GiftCard.id == card_id).scalar_subquery()
    numbers = select(literal(FIRST).label("n")).cte("numbers", recursive=True)
    numbers = numbers.union_all(select(numbers.c.n + 1).where(numbers.c.n < FIRST + times - 1))
    n, written = numbers.c.n, cast(numbers.c.n, String)
    email = literal("kari").concat(written).concat("@example.org")
    buyer = {"id": n, "reference": written, "secret": written, "code": written, "email": email}
    paid_for = {"id": n + APART, "email": email} | {
        name: literal("u").concat(written) for name in ("reference", "secret", "code")
    }
    lives = n % 10 == 0
    card = {
        "id": n, "booking_id": n, "code_hash": literal("hash").concat(written), "last_signs": func.substr(written, 4),
        "balance": case((lives, GiftCard.balance), else_=0),
        "told_at": case((lives, None), else_=literal(clock.now(), GiftCard.told_at.type)),
    }  # fmt: skip
    entry = {
        "id": GiftCardEntry.id * APART + n, "card_id": n, "key": literal("copy").concat(written).concat(
            literal(":")).concat(cast(GiftCardEntry.id, String)),
        "booking_id": case((GiftCardEntry.move == GiftCardMove.ISSUED, n), else_=n + APART),
    }  # fmt: skip
    use = {
        "id": GiftCardUse.id * APART + n, "card_id": n, "booking_id": n + APART,
        "payment_key": literal("copy").concat(written),
    }  # fmt: skip
    copied: list[tuple[type[Model], ColumnElement[bool], Mapping[str, Any]]] = [
        (Booking, Booking.id == bought, buyer),
        (Booking, Booking.id == used_by, paid_for),
        (GiftCardOrder, GiftCardOrder.booking_id == bought, {"booking_id": n, "recipient_email": email}),
        (GiftCard, GiftCard.id == card_id, card),
        (GiftCardEntry, GiftCardEntry.card_id == card_id, entry),
        (GiftCardUse, GiftCardUse.card_id == card_id, use),
    ]

    def copies(table: type[Model], which: ColumnElement[bool], other: Mapping[str, Any]) -> Insert:
        columns = list(table.__table__.columns)
        values = [other.get(column.name, column) for column in columns]
        query = select(*values).select_from(table).join(numbers, true()).where(which)
        return insert(table).from_select([column.name for column in columns], query)

    with unit_of_work():
        for table, which, other in copied:
            db.session.execute(copies(table, which, other))
    with db.engine.begin() as connection:  # as its server does by itself; nobody does so of a file of SQLite
        if connection.dialect.name == "postgresql":
            for table in sorted({table.__tablename__ for table, _which, _other in copied}):
                connection.exec_driver_sql(f"ANALYZE {table}")
