"""Every receivable that no invoice stands for yet: visits that were made, by payer; fees; places on courses.

What stands here and what is open of what is issued is together what the reports call owed, see reports/owed.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from itertools import groupby

from sqlalchemy import ColumnElement, String, Update, bindparam, cast, exists, false, func, literal, select, update
from sqlalchemy.orm import InstrumentedAttribute

from booking.agreements.models import Agreement, School
from booking.agreements.references import ReferenceMissing, ReferenceWrong, read_invoice_reference
from booking.bookings.models import Booking, State
from booking.centre.facts import CentreFacts
from booking.courses.models import Enrolment, Paying
from booking.invoicing.ahead.admission import LONGEST_AHEAD, not_all_admission, usual_timing
from booking.invoicing.heads import awaiting_reckoning, undecided
from booking.invoicing.models import InvoicedReceivable, InvoiceTiming, ReceivableLetGo
from booking.invoicing.parts.bought import bought_of, by_rate
from booking.invoicing.parts.standing import on_invoices_of_visit
from booking.invoicing.payers import AS_THEY_COME, PayerTerms, terms_of
from booking.kernel.database import Texts, UTCDateTime, run
from booking.kernel.prepared import ReadyStatement
from booking.payments.models import Payment, PaymentState
from booking.visits.models import Visit, VisitDue

MOST_LISTED = 500
_NOW: ColumnElement[datetime] = bindparam("now", type_=UTCDateTime())


class ReceivableKind(StrEnum):
    """What is owed."""

    VISIT = "visit"
    FEE = "fee"
    COURSE = "course"


class WhyWaiting(StrEnum):
    """Why a receivable waits."""

    NOT_SET_UP = "not_set_up"  # the centre's own account and address are missing
    NO_COUNT = "no_count"  # nobody has decided yet how many heads are billed, see heads.py
    NO_NUMBER = "no_number"  # the payer has no organisation number
    NO_REFERENCE = "no_reference"
    WRONG_REFERENCE = "wrong_reference"
    NO_COMMON_REFERENCE = "no_common_reference"  # they are to stand on one invoice, and each has its own
    NO_VAT = "no_vat"  # something in it is not taxed, and the reason is missing
    NOT_ADMISSION = "not_admission"  # so that it cannot be invoiced before the visit, see ahead/admission.py
    TOO_FAR_AHEAD = "too_far_ahead"
    COSTS_MORE = "costs_more"  # than the invoice that it stands on, and may change until it is over and counted


@dataclass(frozen=True, slots=True)
class ReceivablePart:
    """One thing in a receivable: `title` for a course, else a class with its heads; `gross` in minor units."""

    gross: int
    vat_rate: int
    group: str = ""
    pupils: int = 0
    lunch: bool = False
    title: Texts | None = None
    show: Texts | None = None  # what the show is called that a class sees


@dataclass(frozen=True, slots=True)
class ReceivablePayer:
    """Who pays, by `key`: one organisation number is one payer, however it is written."""

    key: str
    name: str
    org_number: str
    pattern: str
    terms: PayerTerms = AS_THEY_COME


@dataclass(frozen=True, slots=True)
class Receivable:
    """What somebody owes for one booking. `on` is the day at the centre; `school` whom it was delivered to.

    `email` is that of whoever booked, so long as nobody else pays: what an agreement pays is none of a teacher's mail.
    `to_come`: the visit is not over, and its payer is invoiced on booking; `is_admission`: all of it may be then.
    `invoice_id`: it stands on that invoice, with that `number`, costs more since, and this is what is more;
    `may_change`: it is billed by a count, and nobody has decided on that.
    """

    key: str
    kind: ReceivableKind
    payer: ReceivablePayer
    booking_id: int
    booking: str
    on: date
    school: str
    email: str
    lang: str
    reference: str
    order_number: str
    parts: tuple[ReceivablePart, ...]
    uncounted: bool = False
    to_come: bool = False
    is_admission: bool = False
    too_far_ahead: bool = False
    invoice_id: int | None = None
    number: int | None = None
    may_change: bool = False

    @property
    def can_be_let_go(self) -> bool:
        """Whether somebody may say that it is not claimed: once it is over, and on no invoice."""
        return not self.to_come and self.invoice_id is None

    @property
    def gross(self) -> int:
        """All of it, VAT included, in minor units."""
        return sum(part.gross for part in self.parts)

    def waits_for(self, *, set_up: bool, exempt: bool) -> WhyWaiting | None:
        """Why it waits, if it does. `exempt`: the centre has said why something is not taxed."""
        if not set_up:
            return WhyWaiting.NOT_SET_UP
        if self.invoice_id is not None and (self.to_come or self.may_change):
            return WhyWaiting.COSTS_MORE
        if self.uncounted:
            return WhyWaiting.NO_COUNT
        if self.to_come and not self.is_admission:
            return WhyWaiting.NOT_ADMISSION
        if self.too_far_ahead:
            return WhyWaiting.TOO_FAR_AHEAD
        if not self.payer.org_number:
            return WhyWaiting.NO_NUMBER
        if not exempt and any(part.vat_rate == 0 and part.gross for part in self.parts):
            return WhyWaiting.NO_VAT
        if self.payer.terms.covers_references and not (self.to_come and self.reference):
            return None
        if not self.reference and not self.order_number:
            return WhyWaiting.NO_REFERENCE  # no payer's system takes one without either (PEPPOL-EN16931-R003)
        try:
            read_invoice_reference(self.reference, self.payer.pattern)
        except ReferenceMissing:
            return WhyWaiting.NO_REFERENCE
        except ReferenceWrong:
            return WhyWaiting.WRONG_REFERENCE
        return None

    def late(self, today: date, latest_days: int) -> bool:
        """Whether the invoice should have gone out."""
        return self.latest(latest_days) < today

    def latest(self, latest_days: int) -> date:
        """The last day that an invoice for it may go out."""
        return self.on + timedelta(days=latest_days)


def open_receivables(centre: CentreFacts, now: datetime, only: Sequence[str] | None = None) -> list[Receivable]:
    """What can be invoiced now, the oldest first: what was delivered, and what will not be. In six statements.

    Of payers who are invoiced on booking also what is to come. `only` these keys, whatever else there is.
    """
    booking_ids = None if only is None else sorted({int(key.split(":")[1]) for key in only})
    usual = usual_timing()
    receivables = [
        *_of_visits(centre, now, booking_ids, ahead=usual is not None),
        *_of_fees(centre, booking_ids),
        *_of_courses(centre, now, booking_ids),
    ]
    wanted = receivables if only is None else [receivable for receivable in receivables if receivable.key in set(only)]
    terms = terms_of({receivable.payer.key for receivable in wanted})
    billed = [replace(receivable, payer=_on_terms(receivable.payer, terms)) for receivable in wanted]
    if usual is not None:
        billed = _that_may_go(billed, usual)
    return sorted(billed, key=lambda receivable: (receivable.on, receivable.key))


def _that_may_go(receivables: Sequence[Receivable], usual: InvoiceTiming) -> list[Receivable]:
    """Without what is to come of payers who are invoiced afterwards; what costs more than its invoice is there."""
    there = [
        receivable
        for receivable in receivables
        if not receivable.to_come or receivable.invoice_id or receivable.payer.terms.is_on_booking(usual)
    ]
    otherwise = not_all_admission({receivable.booking_id for receivable in there if receivable.to_come})
    return [
        replace(
            receivable,
            is_admission=receivable.booking_id not in otherwise and not any(part.lunch for part in receivable.parts),
        )
        for receivable in there
    ]


def credited_before(receivables: Iterable[Receivable]) -> frozenset[str]:
    """The keys of those that stood on an invoice which was credited whole: somebody had a reason for it."""
    booking_ids = sorted({receivable.booking_id for receivable in receivables})
    freed = select(InvoicedReceivable.key).where(
        InvoicedReceivable.booking_id.in_(booking_ids), InvoicedReceivable.key.contains(InvoicedReceivable.CREDITED)
    )
    return frozenset(receivable_of(key.partition(InvoicedReceivable.CREDITED)[0]) for (key,) in run(freed))


def receivable_of(key: str) -> str:
    """The key of the receivable that something on an invoice is of, also where it is an addition."""
    return key.replace(InvoicedReceivable.MORE, "")


def booking_of(key: str) -> int:
    """The booking that a receivable is of."""
    return int(key.split(":")[1])


def deal_with(keys: Iterable[str], *, now_open: bool) -> None:
    """Let nobody look again at what stands on an invoice or was let go, or look again; inside a unit of work.

    Only so that the past is not searched: whether it can be claimed the rows of invoices and of what was let go say.
    """
    for key in keys:
        kind, booking_id, *payer = key.split(":")
        changed: Update
        if kind == ReceivableKind.COURSE:
            values = {"dealt_with": not now_open, "owes_otherwise": False}
            changed = update(Enrolment).where(Enrolment.booking_id == int(booking_id)).values(values)
        elif kind == ReceivableKind.FEE:
            changed = update(Visit).where(Visit.booking_id == int(booking_id)).values(fee_dealt_with=not now_open)
        else:
            visit = select(Visit.id).where(Visit.booking_id == int(booking_id)).scalar_subquery()
            of_payer = func.coalesce(VisitDue.paid_by, 0) == int(payer[0])
            changed = update(VisitDue).where(VisitDue.visit_id == visit, of_payer).values(dealt_with=not now_open)
        run(changed)


def _of_visits(
    centre: CentreFacts, now: datetime, booking_ids: Sequence[int] | None, *, ahead: bool
) -> Iterable[Receivable]:
    """What visits cost that are over, and `ahead` those to come; of what stands on an invoice what is more since."""
    rows = _asked_of_visits(ahead, booking_ids is not None).rows(_values(now, booking_ids))
    bought, uncounted = bought_of({row[1] for row in rows}), awaiting_reckoning({row[1] for row in rows})
    may_change = undecided({row[1] for row in rows if row[17] is not None})
    for (key_of_receivable, booking_id), group in groupby(rows, key=lambda row: (row[0], row[1])):
        dues = list(group)
        _key, _id, reference, email, lang, arrives_at, given, order, *who = dues[0][:16]
        leaves_at, on_invoice, owed, number_of_it = dues[0][16:20]
        more = sum(due[20] for due in dues) - owed
        if more <= 0:
            continue  # its invoice says all of it
        school_id, school, school_number, school_pattern, agreement_id, payer_name, payer_number, pattern = who
        if agreement_id is None:
            payer_of_it = _payer(f"school:{school_id}", school, school_number, school_pattern)
        else:
            payer_of_it = _payer(f"agreement:{agreement_id}", payer_name, payer_number, pattern)
        parts = [
            ReceivablePart(gross, rate, name, pupils, lunch, show=bought[booking_id].title_of(show_id))
            for amount, name, pupils, lunch, show_id in (due[20:] for due in dues)
            for rate, gross in by_rate(amount, bought[booking_id].rates_of(is_lunch=lunch, show_id=show_id))
        ]
        if on_invoice is not None:
            parts = [ReceivablePart(gross, rate) for rate, gross in by_rate(more, bought[booking_id].but_lunch)]
        to_come = leaves_at > now
        yield Receivable(
            key_of_receivable, ReceivableKind.VISIT, payer_of_it, booking_id, reference,
            centre.local(arrives_at).date(), school, "" if agreement_id else email, lang, given, order, tuple(parts),
            booking_id in uncounted and not to_come, to_come, False, arrives_at > now + LONGEST_AHEAD, on_invoice,
            number_of_it, booking_id in may_change,
        )  # fmt: skip


@cache
def _asked_of_visits(ahead: bool, chosen: bool) -> ReadyStatement:
    payer = func.coalesce(VisitDue.paid_by, 0)
    key = literal("visit:").concat(cast(Booking.id, String)).concat(":").concat(cast(payer, String))
    invoice_id, owed_before, number = on_invoices_of_visit(key)
    return ReadyStatement(
        select(
            key.label("key"), Booking.id, Booking.reference, Booking.email, Booking.lang, Visit.arrives_at,
            Visit.invoice_reference, Visit.order_number, School.id, School.name, School.org_number,
            School.reference_pattern, Agreement.id, Agreement.payer, Agreement.org_number,
            Agreement.reference_pattern, Visit.leaves_at, invoice_id, owed_before, number,
            VisitDue.amount, VisitDue.group_name, VisitDue.pupils, VisitDue.for_lunch,
            VisitDue.show_id,
        )
        .select_from(VisitDue)
        .join(Visit, Visit.id == VisitDue.visit_id)
        .join(Booking, Booking.id == Visit.booking_id)
        .join(School, School.id == Visit.school_id)
        .outerjoin(Agreement, Agreement.id == VisitDue.paid_by)
        .where(
            VisitDue.dealt_with == false(), VisitDue.amount > 0, Booking.state == State.CONFIRMED,
            *([] if ahead else [Visit.leaves_at <= _NOW]), *_unpaid_and_not_let_go(key), *_of(Booking.id, chosen),
        )
        .order_by(Booking.id, payer, VisitDue.id)
    )  # fmt: skip


def _of_fees(centre: CentreFacts, booking_ids: Sequence[int] | None) -> Iterable[Receivable]:
    """Fees for visits that were cancelled late; nothing was delivered, so nothing is taxed."""
    rows = _asked_of_fees(booking_ids is not None).rows(_values(None, booking_ids))
    for key_of_receivable, booking_id, reference, email, lang, arrives_at, given, order, *school, fee in rows:
        school_id, name, number, pattern = school
        yield Receivable(
            key_of_receivable, ReceivableKind.FEE, _payer(f"school:{school_id}", name, number, pattern), booking_id,
            reference, centre.local(arrives_at).date(), name, email, lang, given, order, (ReceivablePart(fee, 0),),
        )  # fmt: skip


@cache
def _asked_of_fees(chosen: bool) -> ReadyStatement:
    key = literal("fee:").concat(cast(Booking.id, String))
    return ReadyStatement(
        select(
            key, Booking.id, Booking.reference, Booking.email, Booking.lang, Visit.arrives_at,
            Visit.invoice_reference, Visit.order_number, School.id, School.name, School.org_number,
            School.reference_pattern, Visit.fee,
        )
        .join(Visit, Visit.booking_id == Booking.id)
        .join(School, School.id == Visit.school_id)
        .where(
            Visit.fee_dealt_with == false(), Visit.fee > 0, Booking.state == State.CANCELLED, *_not_invoiced(key),
            *_of(Booking.id, chosen),
        )
    )  # fmt: skip


def _of_courses(centre: CentreFacts, now: datetime, booking_ids: Sequence[int] | None) -> Iterable[Receivable]:
    """Places on courses that are paid by invoice, and what late cancellations of them cost."""
    rows = _asked_of_courses(booking_ids is not None).rows(_values(now, booking_ids))
    bought = bought_of({row[1] for row in rows})
    for key_of_receivable, booking_id, reference, email, lang, starts_at, state, total, fee, *whom in rows:
        employer, number, given, order = whom
        paid_for = total if state is State.CONFIRMED else 0
        parts = [
            ReceivablePart(gross, rate, title=bought[booking_id].title)
            for rate, gross in by_rate(paid_for, bought[booking_id].gross)
        ]
        if fee:
            parts.append(ReceivablePart(fee, 0))
        yield Receivable(
            key_of_receivable, ReceivableKind.COURSE, _payer(f"booking:{booking_id}", employer, number, ""), booking_id,
            reference, centre.local(starts_at).date(), employer, email, lang, given, order, tuple(parts),
        )  # fmt: skip


@cache
def _asked_of_courses(chosen: bool) -> ReadyStatement:
    key = literal("course:").concat(cast(Booking.id, String))
    # By itself, or SQLite begins with all bookings.
    still_open = select(Enrolment.booking_id).where(Enrolment.dealt_with == false(), Enrolment.pays == Paying.INVOICE)
    held = (Booking.state == State.CONFIRMED) & (Booking.starts_at <= _NOW) & (Booking.total + Enrolment.fee > 0)
    return ReadyStatement(
        select(
            key, Booking.id, Booking.reference, Booking.email, Booking.lang, Booking.starts_at, Booking.state,
            Booking.total, Enrolment.fee, Enrolment.employer, Enrolment.org_number, Enrolment.invoice_reference,
            Enrolment.order_number,
        )
        .join(Enrolment, Enrolment.booking_id == Booking.id)
        .where(
            Booking.id.in_(still_open), Enrolment.pays == Paying.INVOICE,
            held | ((Enrolment.fee > 0) & (Booking.state == State.CANCELLED)),
            *_unpaid_and_not_let_go(key), ~exists().where(InvoicedReceivable.key == key), *_of(Booking.id, chosen),
        )
    )  # fmt: skip


def _payer(key: str, name: str, number: str, pattern: str) -> ReceivablePayer:
    return ReceivablePayer(f"number:{number}" if number else key, name, number, pattern)


def _on_terms(payer: ReceivablePayer, known: Mapping[str, PayerTerms]) -> ReceivablePayer:
    terms = known.get(payer.key, AS_THEY_COME)
    return replace(
        payer, name=terms.name or payer.name, org_number=terms.org_number or payer.org_number, terms=terms
    )  # fmt: skip


def _not_invoiced(key: ColumnElement[str]) -> list[ColumnElement[bool]]:
    return [~exists().where(InvoicedReceivable.key == key), ~exists().where(ReceivableLetGo.key == key)]


def _unpaid_and_not_let_go(key: ColumnElement[str]) -> list[ColumnElement[bool]]:
    kept = exists().where(Payment.booking_id == Booking.id, Payment.state == PaymentState.PAID)
    return [~kept, ~exists().where(ReceivableLetGo.key == key)]


def _of(column: InstrumentedAttribute[int], chosen: bool) -> list[ColumnElement[bool]]:
    return [column.in_(bindparam("ids", expanding=True))] if chosen else []


def _values(now: datetime | None, booking_ids: Sequence[int] | None) -> dict[str, object]:
    return {"now": now} if booking_ids is None else {"now": now, "ids": booking_ids}
