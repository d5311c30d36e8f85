"""What the books ask of annual passes each night."""

from __future__ import annotations

from sqlalchemy import Select, func, select, text

from booking.annual_passes.models import IS_OPEN, LIVES, AnnualPass, PassOrder, PassUse


def questions() -> list[tuple[str, str, Select[int]]]:
    """As the questions of booking.running.check: a name, what is wrong, and whose it is."""
    still_open = (
        select(func.count())
        .where(PassUse.pass_id == AnnualPass.id, text(IS_OPEN))
        .correlate(AnnualPass)
        .scalar_subquery()
    )
    return [
        (
            "annual passes",
            "pass that nobody has ordered, pass",
            select(AnnualPass.id)
            .outerjoin(PassOrder, PassOrder.booking_id == AnnualPass.booking_id)
            .where(PassOrder.booking_id.is_(None)),
        ),
        (
            "annual passes",
            "open bookings unlike those that it has, pass",
            select(AnnualPass.id).where(AnnualPass.open_bookings != still_open),
        ),
        (
            "annual passes",
            "more came on it than it admits, use",
            select(PassUse.id)
            .join(AnnualPass, AnnualPass.id == PassUse.pass_id)
            .where(text(LIVES), PassUse.heads > AnnualPass.admits),
        ),
        (
            "annual passes",
            "used, but its time has not begun, pass",
            select(PassUse.pass_id)
            .join(AnnualPass, AnnualPass.id == PassUse.pass_id)
            .where(text(LIVES), PassUse.came, AnnualPass.used_on.is_(None)),
        ),
    ]
