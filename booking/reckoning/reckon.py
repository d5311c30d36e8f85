"""Decide how many heads of a visit are billed, by the door's count or by a person, and make its bill anew by them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select

from booking.agreements.heads import ClassHeads, HeadsRule, HeadsTerms, heads_to_bill
from booking.agreements.queries import school_rules
from booking.agreements.rules import load_rules
from booking.bookings.models import Booking, State
from booking.bookings.refusals import TooMany
from booking.bookings.store import lock, next_version
from booking.capacity.closed_hours import closed_of
from booking.centre.facts import CentreFacts
from booking.invoicing.heads import stands_on_invoice
from booking.invoicing.let_go import keep_let_go
from booking.kernel.database import run
from booking.kernel.refusals import Refusal
from booking.kernel.typed import one_line
from booking.outreach.models import OutreachVisit
from booking.payments.models import Payment, PaymentState
from booking.reckoning.counts import ClassCount, counts_of
from booking.reckoning.decided import (
    ClassReckoned,
    ReckoningFacts,
    booked_heads,
    payers_by_class,
    reckoning_of,
    terms_by_class,
    write_reckoning,
)
from booking.records.audit import note
from booking.visits.change import ChangedSince
from booking.visits.models import ReckonedBy
from booking.visits.read import VisitFacts, of_booking
from booking.visits.rebill import write_bill_of_heads

MOST_OF_CLASS = 120
LONGEST_REASON = 200
USUAL_DAYS = 5
WORKER = "worker"


class NotReckoned(Refusal):
    """No visit that was here, one that is paid, or one whose classes are forgotten: nothing is decided on."""


class HeadsInvoiced(Refusal):
    """The visit stands on an invoice, which is to be credited first."""


class ReckoningReasonWrong(Refusal):
    """No reason, or one that is too long."""


@dataclass(frozen=True, slots=True)
class Reckonable:
    """A visit that is over and has no invoice: what is known of its heads. `payers`, `terms` and `counts` by class.

    `closed`: we have closed some of it ourselves, so that a person decides.
    """

    facts: VisitFacts
    payers: tuple[int | None, ...]
    terms: tuple[HeadsTerms, ...]
    counts: tuple[ClassCount | None, ...]
    decided: ReckoningFacts | None
    closed: bool
    version: int

    @property
    def billed(self) -> tuple[ClassHeads, ...]:
        """The heads of each class that it costs by now."""
        return booked_heads(self.facts) if self.decided is None else self.decided.billed

    @property
    def by_rule(self) -> tuple[ClassHeads, ...]:
        """What the rule makes of the counts; as booked where there is none."""
        booked = booked_heads(self.facts)
        counted = [None if count is None else count.heads for count in self.counts]
        return tuple(heads_to_bill(*of_class) for of_class in zip(self.terms, booked, counted, strict=True))

    @property
    def uncounted(self) -> tuple[int, ...]:
        """The places of classes that are billed by a count and have none."""
        pairs = enumerate(zip(self.terms, self.counts, strict=True))
        return tuple(place for place, (terms, count) in pairs if terms.rule is not HeadsRule.BOOKED and count is None)

    @property
    def lacks_count(self) -> bool:
        """Whether some class that is billed by a count has none."""
        return bool(self.uncounted)

    @property
    def by_count(self) -> bool:
        """Whether some class is billed by a count."""
        return any(terms.rule is not HeadsRule.BOOKED for terms in self.terms)


def reckonable(booking_id: int, centre: CentreFacts, now: datetime) -> Reckonable:
    """A visit as it stands, to be decided on or looked at. Raises NotReckoned, HeadsInvoiced."""
    if stands_on_invoice(booking_id):
        raise HeadsInvoiced
    return as_counted(booking_id, centre, now)


def as_counted(booking_id: int, centre: CentreFacts, now: datetime) -> Reckonable:
    """As `reckonable`, also of one that stands on an invoice. Raises NotReckoned."""
    facts = of_booking(booking_id, centre.currency)
    booking = run(select(Booking.state, Booking.version).where(Booking.id == booking_id)).first()
    if facts is None or booking is None or booking.state is not State.CONFIRMED or facts.leaves_at > now:
        raise NotReckoned
    if not all(timetable.group.name for timetable in facts.timetables) or _is_settled_otherwise(facts):
        raise NotReckoned
    decided = reckoning_of(facts.id)
    counts = _with_told(counts_of(facts, load_rules()), decided)
    closed = bool(closed_of(booking_id))
    payers = payers_by_class(facts, decided)
    return Reckonable(facts, payers, terms_by_class(facts, payers), counts, decided, closed, booking.version)


def reckon(booking_id: int, centre: CentreFacts, now: datetime, *, invoiced: bool = False) -> bool:
    """Decide by the rule, if it can be decided now; call inside a unit of work. Twice is once.

    As long as a class has no count the desk is asked; `count_days` after the visit it is billed as booked. What we have
    closed some of is for a person. `invoiced`: also of one that stands on an invoice, whose rest is invoiced then.
    Raises NotReckoned, HeadsInvoiced, AllowanceUsed.
    """
    (booking,) = lock(booking_id) or (None,)
    visit = as_counted(booking_id, centre, now) if invoiced else reckonable(booking_id, centre, now)
    decided = visit.decided
    if booking is None or (decided is not None and not decided.stale) or not (visit.by_count or decided):
        return False
    if visit.closed or (visit.lacks_count and now < waits_until(visit.facts, count_days())):
        return False
    how = ReckonedBy.FALLBACK if visit.lacks_count else ReckonedBy.COUNT
    _write(booking, visit, visit.by_rule, how, "", centre, now, WORKER)
    return True


def tell_count(
    booking_id: int,
    told: Mapping[int, ClassHeads],
    version: int,
    *,
    centre: CentreFacts,
    now: datetime,
    actor: str,
) -> None:
    """Let somebody tell how many came of the classes that nobody counted, by place; in a unit of work.

    The rule then holds as if the door had counted them. Raises NotReckoned, HeadsInvoiced, ChangedSince when another
    class lacks its count, TooMany, AllowanceUsed.
    """
    (booking,) = lock(booking_id) or (None,)
    visit = reckonable(booking_id, centre, now)
    if booking is None or booking.version != version or set(told) != set(visit.uncounted):
        raise ChangedSince
    _check(told.values())
    counts = tuple(
        ClassCount(told[place]) if place in told else count for place, count in enumerate(visit.counts)
    )  # fmt: skip
    visit = replace(visit, counts=counts)
    _write(booking, visit, visit.by_rule, ReckonedBy.COUNT, "", centre, now, actor)


def reckon_by_hand(
    booking_id: int,
    heads: Sequence[ClassHeads],
    reason: str,
    version: int,
    *,
    centre: CentreFacts,
    now: datetime,
    actor: str,
) -> None:
    """Let a person decide on so many of each class, by its place; 0 of a class that owes nothing. In a unit of work.

    It stands until the person decides anew, whatever the door counts. `version` is that of the booking when it was
    looked at. Raises NotReckoned, HeadsInvoiced, ChangedSince, TooMany, ReckoningReasonWrong, AllowanceUsed.
    """
    (booking,) = lock(booking_id) or (None,)
    visit = reckonable(booking_id, centre, now)
    if booking is None or booking.version != version or len(heads) != len(visit.facts.timetables):
        raise ChangedSince
    plain = one_line(reason)
    if not 0 < len(plain) <= LONGEST_REASON:
        raise ReckoningReasonWrong
    _check(heads)
    _write(booking, visit, tuple(heads), ReckonedBy.HAND, plain, centre, now, actor)


def _check(heads: Iterable[ClassHeads]) -> None:
    if any(not 0 <= number <= MOST_OF_CLASS for of in heads for number in (of.pupils, of.adults)):
        raise TooMany(MOST_OF_CLASS)


def waits_until(facts: VisitFacts, days: int) -> datetime:
    """Until when a count of a visit is waited for."""
    return facts.leaves_at + timedelta(days=days)


def count_days() -> int:
    """So many days after a visit a count of it is waited for, as the centre has set."""
    rules = school_rules()
    return USUAL_DAYS if rules is None else rules.count_days


def _with_told(counts: tuple[ClassCount | None, ...], decided: ReckoningFacts | None) -> tuple[ClassCount | None, ...]:
    """The door's counts, and for classes without one what somebody has told before."""
    if decided is None or decided.decided is not ReckonedBy.COUNT or decided.by == WORKER:
        return counts
    told = [None if of_class.counted is None else ClassCount(of_class.counted) for of_class in decided.classes]
    return tuple(count or before for count, before in zip(counts, told, strict=True))


def _is_settled_otherwise(facts: VisitFacts) -> bool:
    """Whether it is paid, or is one that goes to the school: nothing changes there."""
    paid = select(Payment.id).where(Payment.booking_id == facts.booking_id, Payment.state == PaymentState.PAID)
    away = select(OutreachVisit.visit_id).where(OutreachVisit.visit_id == facts.id)
    return run(paid).first() is not None or run(away).first() is not None


def _write(
    booking: Booking,
    visit: Reckonable,
    heads: tuple[ClassHeads, ...],
    how: ReckonedBy,
    reason: str,
    centre: CentreFacts,
    now: datetime,
    actor: str,
) -> None:
    facts, before = visit.facts, {"heads": _in_words(visit.billed), "total": booking.total}
    if heads != visit.billed:
        write_bill_of_heads(booking, facts, heads, centre)
        keep_let_go(facts.booking_id, actor)
    else:
        next_version(booking)  # who decides with what was shown before must look again
    classes = tuple(
        ClassReckoned(
            terms.rule, booked, None if count is None else count.heads, billed, count is not None and count.together,
            payer_id,
        )
        for terms, booked, count, billed, payer_id in zip(
            visit.terms, booked_heads(facts), visit.counts, heads, visit.payers, strict=True
        )
    )  # fmt: skip
    write_reckoning(facts.id, ReckoningFacts(now, actor, how, reason, booking.total, classes, stale=False))
    after = {"heads": _in_words(heads), "total": booking.total, "decided": how.value}
    note(actor, "visit.reckon", f"booking:{facts.booking_id}", before, after)


def _in_words(heads: Sequence[ClassHeads]) -> list[str]:
    """Pupils and adults of each class, for the log."""
    return [f"{of.pupils} + {of.adults}" for of in heads]
