"""What the books ask of annual passes each night."""

from __future__ import annotations

from sqlalchemy import Select, and_, select

from booking.annual_passes.models import AnnualPass, PassOrder


def questions() -> list[tuple[str, str, Select[int]]]:
    """As the questions of booking.running.check: a name, what is wrong, and whose it is."""
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
            "code kept of a pass that has been sent, pass",
            select(AnnualPass.id).where(AnnualPass.sealed != "", AnnualPass.sent_at.is_not(None)),
        ),
        (
            "annual passes",
            "withdrawn from, and still to be sent, pass",
            select(AnnualPass.id).where(and_(AnnualPass.withdrawn_at.is_not(None), AnnualPass.sealed != "")),
        ),
    ]
