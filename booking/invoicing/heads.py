"""Which visits wait until somebody has said how many heads are billed, and whether that can still be said."""

from __future__ import annotations

from collections.abc import Callable, Collection

from sqlalchemy import ColumnElement, and_, exists, false, func, select
from sqlalchemy.orm import aliased

from booking.agreements.heads import HeadsRule
from booking.agreements.models import Agreement
from booking.invoicing.models import InvoicedReceivable
from booking.kernel.database import run
from booking.outreach.models import OutreachVisit
from booking.visits.models import Reckoning, Visit, VisitDue


def awaits_reckoning() -> ColumnElement[bool]:
    """As `is_undecided`, of what stands on no invoice: that is decided."""
    return and_(is_undecided(), ~is_invoiced())


def is_undecided() -> ColumnElement[bool]:
    """Whether a visit is billed by a count, and nobody has decided on the heads, or the count is another since.

    Where we go to the school there is no door, so that it is as booked.
    """
    due, of_class, agreement = aliased(VisitDue), aliased(VisitDue), aliased(Agreement)
    agreed = (
        select(func.max(agreement.heads_rule))
        .join(of_class, of_class.paid_by == agreement.id)
        .where(of_class.visit_id == Visit.id, of_class.group_name == due.group_name)
        .correlate(Visit, due)
        .scalar_subquery()
    )
    rule = func.coalesce(agreed, Visit.heads_rule)
    by_count = exists(select(due.id).where(due.visit_id == Visit.id, rule != HeadsRule.BOOKED.value).correlate(Visit))
    settled = and_(Reckoning.visit_id == Visit.id, Reckoning.stale.is_(False))
    return and_(
        by_count,
        ~exists(select(OutreachVisit.visit_id).where(OutreachVisit.visit_id == Visit.id).correlate(Visit)),
        ~exists(select(Reckoning.visit_id).where(settled).correlate(Visit)),
    )


def is_invoiced() -> ColumnElement[bool]:
    """Whether something of a visit stands on an invoice that is not credited whole."""
    claim = select(InvoicedReceivable.id).where(
        InvoicedReceivable.booking_id == Visit.booking_id,
        ~InvoicedReceivable.key.contains(InvoicedReceivable.CREDITED),
    )
    # Not EXISTS, for which PostgreSQL may read all that was ever invoiced.
    return claim.correlate(Visit).limit(1).scalar_subquery().is_not(None)


def is_to_claim() -> ColumnElement[bool]:
    """Whether somebody owes something of a visit: what was let go stays so, whatever is counted."""
    claimed = (VisitDue.visit_id == Visit.id, VisitDue.amount > 0, VisitDue.dealt_with == false())
    return exists(select(VisitDue.id).where(*claimed).correlate(Visit))


def awaiting_reckoning(booking_ids: Collection[int]) -> frozenset[int]:
    """Which of these bookings are visits that wait so, in one statement."""
    return _which(booking_ids, awaits_reckoning)


def undecided(booking_ids: Collection[int]) -> frozenset[int]:
    """Which of these bookings are visits of which the heads are not decided, invoiced or not; one statement."""
    return _which(booking_ids, is_undecided)


def _which(booking_ids: Collection[int], so: Callable[[], ColumnElement[bool]]) -> frozenset[int]:
    if not booking_ids:
        return frozenset()
    return frozenset(run(select(Visit.booking_id).where(Visit.booking_id.in_(sorted(booking_ids)), so())).scalars())


def stands_on_invoice(booking_id: int) -> bool:
    """Whether an invoice stands for something of this visit, so that its heads are no longer moved."""
    return run(select(Visit.id).where(Visit.booking_id == booking_id, is_invoiced())).first() is not None
