"""What is asked of orders with discounts each night: that they have off what campaigns say, and while they live."""

from __future__ import annotations

from sqlalchemy import Select, func, or_, select, text

from booking.bookings.models import LIVING, Booking
from booking.discounts.models import LIVES, DiscountUse


def questions() -> list[tuple[str, str, Select[int]]]:
    """As the questions of booking.running.check: a name, what is wrong, and whose it is."""
    of_order = (
        select(func.coalesce(func.sum(DiscountUse.amount), 0))
        .where(DiscountUse.booking_id == Booking.id, text(LIVES))
        .correlate(Booking)
        .scalar_subquery()
    )
    with_uses = select(DiscountUse.booking_id).where(text(LIVES))
    return [
        (
            "discounts",
            "order that has another sum off than its campaigns say, booking",
            select(Booking.id).where(
                Booking.state.in_(LIVING),
                or_(Booking.discount != 0, Booking.id.in_(with_uses)),
                Booking.discount != of_order,
            ),
        ),
        (
            "discounts",
            "used by an order that is over, booking",
            select(DiscountUse.booking_id)
            .join(Booking, Booking.id == DiscountUse.booking_id)
            .where(text(LIVES), Booking.state.not_in(LIVING)),
        ),
    ]
