"""The end of who a pass is for: a while after its last day, or after it was given back or never paid for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import Select, func, or_, select, text

from booking.annual_passes.models import NAMES_SOMEBODY, AnnualPass, PassOrder
from booking.kernel.forgetting import Clear, Forgetting, Reckoned

PASSES_KEPT = timedelta(days=90)


def _named(before: datetime) -> Select[int]:
    """Those of passes whose last day was before then, or that were given back; and of orders that were never paid."""
    ended = AnnualPass.last_day < before.date()
    told_at = func.coalesce(AnnualPass.withdrawn_at, PassOrder.ordered_at)
    is_over = or_(AnnualPass.id.is_(None), AnnualPass.withdrawn_at.is_not(None))
    return (
        select(PassOrder.booking_id)
        .outerjoin(AnnualPass, AnnualPass.booking_id == PassOrder.booking_id)
        .where(PassOrder.ordered_at < before, text(f"({NAMES_SOMEBODY})"), or_(ended, is_over & (told_at < before)))
    )


forget_people = Clear(PassOrder.booking_id, {"names": [], "recipient_email": "", "giver": "", "greeting": ""})

_WHOSE = text(f"({NAMES_SOMEBODY})")


def told_of(email: str, booking_ids: Sequence[int]) -> Select[list[str], str, str, str]:
    """What is held of somebody on passes: bought by them, or sent to them."""
    whose = or_(PassOrder.recipient_email == email, PassOrder.booking_id.in_(booking_ids) & _WHOSE)
    names = PassOrder.names.label("recipient")
    return select(names, PassOrder.recipient_email, PassOrder.giver, PassOrder.greeting).where(whose)


def over_of(email: str, booking_ids: Sequence[int], today: date) -> Select[int]:
    """The orders of those passes that are over: one that is valid says at the door who may come in."""
    valid = select(AnnualPass.booking_id).where(AnnualPass.last_day >= today, AnnualPass.withdrawn_at.is_(None))
    whose = or_(PassOrder.recipient_email == email, PassOrder.booking_id.in_(booking_ids) & _WHOSE)
    return select(PassOrder.booking_id).where(whose, PassOrder.booking_id.not_in(valid))


FORGETTINGS = (
    Forgetting("who an annual pass is for and from, once it is over", PASSES_KEPT, Reckoned(_named), forget_people),
)
