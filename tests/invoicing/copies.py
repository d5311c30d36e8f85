"""Many visits, copied in the database from one that was booked, with their invoice where it has one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Insert, String, cast, insert, literal, select, true

from booking.bookings.models import Booking, Line
from booking.invoicing.models import Invoice, InvoicedReceivable
from booking.kernel.database import Model, db, unit_of_work
from booking.visits.models import Visit, VisitDue, VisitGroup, VisitPart

FIRST = 1_000_001  # ids, numbers and codes of copies
APART = 10_000_000  # between copies of the rows that a visit has several of


def copy_visit(booking_id: int, times: int, first: int = FIRST) -> list[int]:
    """So many more visits like this one; returns their bookings."""
    visit = select(Visit.id).where(Visit.booking_id == booking_id).scalar_subquery()
    groups = select(VisitGroup.id).where(VisitGroup.visit_id == visit)
    invoice = select(InvoicedReceivable.invoice_id).where(InvoicedReceivable.booking_id == booking_id)
    numbers = select(literal(first).label("n")).cte("numbers", recursive=True)
    numbers = numbers.union_all(select(numbers.c.n + 1).where(numbers.c.n < first + times - 1))
    n, written = numbers.c.n, cast(numbers.c.n, String)
    codes = {"reference": written, "secret": written, "code": written}
    key = literal("visit:").concat(written).concat(":1")
    copied: list[tuple[type[Model], ColumnElement[bool], Mapping[str, Any]]] = [
        (Booking, Booking.id == booking_id, {"id": n} | codes),
        (Line, Line.booking_id == booking_id, {"id": Line.id * APART + n, "booking_id": n}),
        (Visit, Visit.booking_id == booking_id, {"id": n, "booking_id": n}),
        (VisitGroup, VisitGroup.visit_id == visit, {"id": VisitGroup.id * APART + n, "visit_id": n}),
        (
            VisitPart,
            VisitPart.group_id.in_(groups),
            {"id": VisitPart.id * APART + n, "group_id": VisitPart.group_id * APART + n},
        ),
        (VisitDue, VisitDue.visit_id == visit, {"id": VisitDue.id * APART + n, "visit_id": n}),
        (Invoice, Invoice.id.in_(invoice), {"id": n, "number": n, "kid": written}),
        (
            InvoicedReceivable,
            InvoicedReceivable.booking_id == booking_id,
            {"id": n, "invoice_id": n, "booking_id": n, "key": key},
        ),
    ]

    def copies(table: type[Model], which: ColumnElement[bool], other: Mapping[str, Any]) -> Insert:
        columns = list(table.__table__.columns)
        values = [other.get(column.name, column) for column in columns]
        query = select(*values).select_from(table).join(numbers, true()).where(which)
        return insert(table).from_select([column.name for column in columns], query)

    with unit_of_work():
        for table, which, other in copied:
            db.session.execute(copies(table, which, other))
    with db.engine.begin() as connection:  # as its server does by itself
        for table, _which, _other in copied if db.engine.dialect.name == "postgresql" else []:
            connection.exec_driver_sql(f"ANALYZE {table.__tablename__}")
    return list(range(first, first + times))
