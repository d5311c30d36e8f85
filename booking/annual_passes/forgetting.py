"""The end of who a pass is for: a while after its last day, or after it was given back or never paid for."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Select, func, or_, select, text

from booking.annual_passes.models import NAMES_SOMEBODY, AnnualPass, PassOrder
from booking.centre.facts import the_centre
from booking.kernel.forgetting import Clear, Forgetting, Reckoned

PASSES_KEPT = timedelta(days=90)


def _named(before: datetime) -> Select[int]:
    """Those of passes whose last day was before then, or that were given back; and of orders that were never paid."""
    ended = AnnualPass.last_day < the_centre().local(before).date()
    told_at = func.coalesce(AnnualPass.withdrawn_at, PassOrder.ordered_at)
    is_over = or_(AnnualPass.id.is_(None), AnnualPass.withdrawn_at.is_not(None))
    return (
        select(PassOrder.booking_id)
        .outerjoin(AnnualPass, AnnualPass.booking_id == PassOrder.booking_id)
        .where(PassOrder.ordered_at < before, text(f"({NAMES_SOMEBODY})"), or_(ended, is_over & (told_at < before)))
    )


forget_people = Clear(PassOrder.booking_id, {"names": [], "recipient_email": "", "giver": "", "greeting": ""})

FORGETTINGS = (
    Forgetting("who an annual pass is for and from, once it is over", PASSES_KEPT, Reckoned(_named), forget_people),
)
