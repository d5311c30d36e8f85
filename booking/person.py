"""One person by their e-mail address: what is held of them (GDPR art. 15), and its erasure (art. 17).

What erasing does is what the forgetting does by date, only now. What the law or a visit to come keeps is said by name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, cast, func, or_, select

from booking.agreements.models import School
from booking.annual_passes import forgetting as of_passes
from booking.bookings import forgetting as of_bookings
from booking.bookings.models import Booking, State, Waiting, WaitingState
from booking.contests import forgetting as of_contests
from booking.contests.models import ContestEntry, ContestMember
from booking.courses import forgetting as of_courses
from booking.courses.models import Enrolment, Participant
from booking.discounts import forgetting as of_discounts
from booking.discounts.models import DiscountUse
from booking.door import forgetting as of_the_door
from booking.door.models import CheckIn
from booking.gift_cards import forgetting as of_gift_cards
from booking.gift_cards.models import GiftCard, GiftCardOrder
from booking.kernel.database import db, run
from booking.kernel.forgetting import Forget, Keys
from booking.mail import forgetting as of_letters
from booking.mail.sending import files_to
from booking.newsletter import forgetting as of_news
from booking.newsletter.left_marks import mark_of
from booking.newsletter.models import Consent, ConsentWording, LeftMark, Subscriber
from booking.outbox.models import Promise, PromiseState
from booking.outreach import forgetting as of_outreach
from booking.outreach.models import OutreachVisit
from booking.payments import forgetting as of_payments
from booking.payments.give_back import KEY
from booking.payments.models import UNDER_WAY, Payment, Refund
from booking.payments.refunds import may_still_go
from booking.records.audit import note
from booking.records.models import AuditEntry
from booking.releases.models import ReleaseWish, WishState
from booking.staff import forgetting as of_staff
from booking.staff.models import Account
from booking.staff.sessions import digest
from booking.visit_waiting.models import VisitWaiting
from booking.visits import forgetting as of_schools
from booking.visits.models import Visit, VisitDue, VisitGroup
from booking.withdrawals import forgetting as of_withdrawals

OVER = timedelta(days=1)  # after a booking's time: then nobody needs to reach its buyer for it


class DataSection(StrEnum):
    """What kinds of things are held."""

    BOOKINGS = "bookings"
    VISITS = "visits"
    GIFT_CARDS = "gift_cards"
    PASSES = "annual_passes"
    COURSES = "courses"
    CONTESTS = "contests"
    WAITING = "waiting"
    WISHES = "wishes"
    NEWS = "news"
    PAYMENTS = "payments"
    DOOR = "door"
    LETTERS = "letters"
    FILES = "files"
    LOG = "log"
    STAFF = "staff"


class KeepReason(StrEnum):
    """Why something stays."""

    TO_COME = "to_come"  # a visit, a course, a wish or a place that somebody holds
    MONEY = "money"  # a payment or refund under way
    OWED = "owed"  # accounting with the payer's name: five years
    SUMS = "sums"  # accounting without a name: five years
    STAFF = "staff"  # an account of the staff


@dataclass(frozen=True, slots=True)
class Stays:
    """Something that erasing leaves, by its reference where it has one."""

    what: str
    why: KeepReason


@dataclass(frozen=True, slots=True)
class HeldOfPerson:
    """All that is held of a person: by section the rows, each by the names of its fields."""

    email: str
    sections: Mapping[DataSection, Sequence[Mapping[str, Any]]]
    stays: Sequence[Stays]

    @property
    def is_nothing(self) -> bool:
        """Whether nobody is known by that address."""
        return not any(self.sections.values())

    @property
    def references(self) -> list[str]:
        """The bookings' references."""
        return [str(section["reference"]) for section in self.sections[DataSection.BOOKINGS]]


def find(email: str, now: datetime) -> HeldOfPerson:
    """What is held under an address as mail servers take it."""
    ids = _bookings(email)
    of_booking = Promise.booking_id.in_(ids)
    sections = {
        DataSection.BOOKINGS: _rows(
            select(
                Booking.reference, Booking.state, Booking.starts_at, Booking.created_at, Booking.name, Booking.email,
                Booking.phone, Booking.needs, Booking.numbers, Booking.group_name, Booking.people, Booking.total,
                Booking.currency,
            ).where(Booking.id.in_(ids))
        ),
        DataSection.VISITS: _rows(
            select(
                Booking.reference, School.name.label("school"), Visit.mobile, Visit.on_the_day, Visit.order_number,
                Visit.invoice_reference, Visit.reason, OutreachVisit.address, OutreachVisit.room,
            )
            .select_from(Visit)
            .join(Booking, Booking.id == Visit.booking_id)
            .join(School, School.id == Visit.school_id)
            .outerjoin(OutreachVisit, OutreachVisit.visit_id == Visit.id)
            .where(Visit.booking_id.in_(ids))
        ),
        DataSection.GIFT_CARDS: _rows(
            select(
                Booking.reference, GiftCardOrder.recipient, GiftCardOrder.recipient_email, GiftCardOrder.giver,
                GiftCardOrder.greeting, GiftCardOrder.amount, Booking.currency, GiftCard.sent_at,
            )
            .select_from(GiftCardOrder)
            .join(Booking, Booking.id == GiftCardOrder.booking_id)
            .outerjoin(GiftCard, GiftCard.booking_id == GiftCardOrder.booking_id)
            .where(_of_card(email, ids))
        )
        + _rows(of_withdrawals.told_of(email, ids)),
        DataSection.PASSES: _rows(of_passes.told_of(email, ids)),
        DataSection.COURSES: _rows(
            select(
                Booking.reference, Participant.name, Participant.email, Participant.starts_at, Enrolment.employer,
                Enrolment.order_number, Enrolment.invoice_reference,
            )
            .select_from(Participant)
            .join(Booking, Booking.id == Participant.booking_id)
            .outerjoin(Enrolment, Enrolment.booking_id == Booking.id)
            .where((Participant.email == email) | (Booking.id.in_(ids) & (Participant.name != "")))
        ),
        DataSection.CONTESTS: _entries(ids),
        DataSection.WAITING: _rows(
            select(Waiting.created_at, Waiting.state, Waiting.name, Waiting.email, Waiting.people).where(
                Waiting.email == email
            )
        )
        + _rows(
            select(VisitWaiting.created_at, VisitWaiting.state, VisitWaiting.email, VisitWaiting.people).where(
                VisitWaiting.email == email
            )
        ),
        DataSection.WISHES: _rows(
            select(
                ReleaseWish.reference, ReleaseWish.state, School.name.label("school"), ReleaseWish.name,
                ReleaseWish.email, ReleaseWish.mobile, ReleaseWish.on_the_day, ReleaseWish.needs,
                ReleaseWish.order_number, ReleaseWish.invoice_reference,
            )
            .join(School, School.id == ReleaseWish.school_id)
            .where(ReleaseWish.email == email)
        ),
        DataSection.NEWS: _rows(
            select(
                Subscriber.email, Subscriber.state, Subscriber.lang, Subscriber.topics, Subscriber.asked_at,
                Subscriber.confirmed_at, Subscriber.ended_at, Subscriber.bounces,
            ).where(Subscriber.email == email)
        )
        + _rows(
            select(
                Consent.place, Consent.topics, Consent.asked_at, Consent.answered_at,
                ConsentWording.text.label("wording"),
            )
            .join(Subscriber, Subscriber.id == Consent.subscriber_id)
            .outerjoin(ConsentWording, ConsentWording.digest == Consent.wording)
            .where(Subscriber.email == email)
            .order_by(Consent.id)
        )
        + _rows(select(LeftMark.left_at).where(LeftMark.mark == mark_of(email))),
        DataSection.PAYMENTS: _rows(
            select(
                Booking.reference, Payment.provider, Payment.state, Payment.amount, Payment.refunded, Payment.currency,
                Payment.begun_at, Payment.paid_at,
            )
            .join(Booking, Booking.id == Payment.booking_id)
            .where(Payment.booking_id.in_(ids))
        ),
        DataSection.DOOR: _rows(
            select(Booking.reference, CheckIn.at, (CheckIn.heads + CheckIn.uncounted).label("heads"), CheckIn.reason)
            .join(Booking, Booking.id == CheckIn.booking_id)
            .where(CheckIn.booking_id.in_(ids))
        ),
        DataSection.LETTERS: _rows(select(Promise.kind, Promise.made_at, Promise.state).where(of_booking))
        + _rows(
            select(Promise.kind, Promise.made_at, Promise.state).where(Promise.id.in_(_letters_by_address(email)))
        ),
        DataSection.FILES: [
            {"title": file.subject, "sent_at": parsedate_to_datetime(file.date)}
            for _, file in files_to(of_letters.folder(), email)
        ],
        DataSection.LOG: _rows(
            select(AuditEntry.at, AuditEntry.action, AuditEntry.subject).where(AuditEntry.subject.in_(_subjects(ids)))
        ),
        DataSection.STAFF: _rows(select(Account.name, Account.email, Account.role).where(Account.email == email)),
    }  # fmt: skip
    return HeldOfPerson(email, sections, _stays(email, ids, now))


def handed_out(held: HeldOfPerson, actor: str, how: str) -> None:
    """Log that it was shown or given as a file, without the address; call inside a unit of work."""
    note(actor, f"person.{how}", _subject(held.email), None, {"bookings": held.references})


def erase(email: str, now: datetime, actor: str) -> HeldOfPerson:
    """Erase what nothing keeps; call inside a unit of work. Returns what was held, with what stays and why."""
    held = find(email, now)
    ids = _bookings(email)
    kept = set(_to_come(ids, now)) | set(_with_money(ids))
    over = [booking_id for booking_id in ids if booking_id not in kept]
    visits = _ids(select(Visit.id).where(Visit.booking_id.in_(over)))
    named = (Participant.email == email) & (Participant.starts_at < now)
    for keys, does in (
        (_ids(select(OutreachVisit.visit_id).where(OutreachVisit.visit_id.in_(visits))), of_outreach.forget_places),
        (visits, of_schools.forget_told),
        (_ids(select(VisitGroup.id).where(VisitGroup.visit_id.in_(visits))), of_schools.forget_groups),
        (_ids(select(VisitDue.id).where(VisitDue.visit_id.in_(visits))), of_schools.forget_dues),
        (_ids(select(Participant.id).where(named | Participant.booking_id.in_(over))), of_courses.forget_names),
        (_ids(select(Enrolment.booking_id).where(Enrolment.booking_id.in_(over))), of_courses.forget_marks),
        (_ids(select(ContestEntry.id).where(ContestEntry.booking_id.in_(over))), of_contests.forget_entries),
        (_ids(select(CheckIn.id).where(CheckIn.booking_id.in_(over))), of_the_door.forget_words),
        (_ids(_typed_refunds(over)), of_payments.forget_words),
        (_ids(select(AuditEntry.id).where(AuditEntry.subject.in_(_subjects(over)))), of_staff.blank_words),
        (_ids(select(DiscountUse.id).where(DiscountUse.booking_id.in_(over))), of_discounts.forget_marks),
        (over, of_bookings.forget_contact),
        (_ids(_told_of_cards(email, ids)), of_gift_cards.forget_people),
        (_ids(of_passes.over_of(email, ids, now.date())), of_passes.forget_people),
        (_ids(of_withdrawals.paid_back_to(email, over)), of_withdrawals.forget_who),
        (_ids(_waiting(email)), of_bookings.forget_waiting),
        (_ids(select(Subscriber.id).where(Subscriber.email == email)), of_news.forget_subscribers),
        (_ids(_school_waiting(email)), of_schools.forget_waits),
        (_ids(_wishes(email)), of_schools.forget_wishes),
        (_ids(_letters_by_address(email).where(Promise.state != PromiseState.WAITING)), of_letters.forget_asked),
        ([file for file, _ in files_to(of_letters.folder(), email)], of_letters.forget_files),
    ):
        _do(does, keys)
    note(actor, "person.erase", _subject(email), None, {"bookings": held.references, "stays": len(kept)})
    return held


def _do(does: Forget, keys: Keys) -> None:
    if keys:
        does(keys)


def _stays(email: str, ids: Sequence[int], now: datetime) -> list[Stays]:
    to_come, money = _to_come(ids, now), _with_money(ids)
    kept = [Stays(reference, KeepReason.TO_COME) for reference in _references(to_come)]
    kept += [
        Stays(reference, KeepReason.MONEY)
        for reference in _references(booking_id for booking_id in money if booking_id not in to_come)
    ]
    wishes = select(ReleaseWish.reference).where(ReleaseWish.email == email, ReleaseWish.state.in_(_NOT_ANSWERED))
    kept += [Stays(reference, KeepReason.TO_COME) for reference in db.session.scalars(wishes)]
    owes = select(Enrolment.booking_id).where(Enrolment.booking_id.in_(ids), Enrolment.employer != "")
    school = (
        select(Visit.booking_id)
        .join(VisitDue, VisitDue.visit_id == Visit.id)
        .where(Visit.booking_id.in_(ids), VisitDue.paid_by.is_(None), VisitDue.amount > 0)
    )
    kept += [Stays(reference, KeepReason.OWED) for reference in _references({*_ids(owes), *_ids(school)})]
    paid = select(Payment.booking_id).where(Payment.booking_id.in_(ids))
    kept += [Stays(reference, KeepReason.SUMS) for reference in _references(_ids(paid.distinct()))]
    if db.session.scalar(select(func.count()).select_from(Account).where(Account.email == email)):
        kept.append(Stays("", KeepReason.STAFF))
    return kept


_NOT_ANSWERED = tuple(state for state in WishState if state.value in ("prepared", "sent"))


def _bookings(email: str) -> list[int]:
    """Those ordered with the address, and the changes folded into them."""
    own = _ids(select(Booking.id).where(Booking.email == email).order_by(Booking.id))
    return [*own, *_ids(select(Booking.id).where(Booking.changes_id.in_(own), Booking.id.not_in(own)))]


def _to_come(ids: Sequence[int], now: datetime) -> list[int]:
    living = (State.HELD, State.PENDING, State.CONFIRMED)
    unsent = select(GiftCard.booking_id).where(GiftCard.booking_id.in_(ids), GiftCard.sent_at.is_(None))
    is_to_come = or_(
        Booking.starts_at > now - OVER, Booking.last_at > now - OVER, Booking.id.in_(unsent)
    )  # a card that has not gone needs its buyer
    return _ids(select(Booking.id).where(Booking.id.in_(ids), Booking.state.in_(living), is_to_come))


def _of_card(email: str, ids: Sequence[int]) -> ColumnElement[bool]:
    """Orders of gift cards by somebody, or for them."""
    told = or_(*(column != "" for column in (GiftCardOrder.recipient, GiftCardOrder.giver, GiftCardOrder.greeting)))
    return or_(GiftCardOrder.recipient_email == email, and_(GiftCardOrder.booking_id.in_(ids), told))


def _told_of_cards(email: str, ids: Sequence[int]) -> Select[int]:
    """Those of cards that have gone: what waits for its morning is still to come."""
    gone = select(GiftCard.booking_id).where(or_(GiftCard.sent_at.is_not(None), GiftCard.withdrawn_at.is_not(None)))
    return select(GiftCardOrder.booking_id).where(_of_card(email, ids), GiftCardOrder.booking_id.in_(gone))


def _with_money(ids: Sequence[int]) -> list[int]:
    paying = select(Payment.booking_id).where(Payment.booking_id.in_(ids), Payment.state.in_(UNDER_WAY))
    back = select(Refund.booking_id).where(Refund.booking_id.in_(ids), may_still_go())
    promised = select(Promise.booking_id).where(
        Promise.booking_id.in_(ids), Promise.kind == "payment.refund", Promise.state != PromiseState.DONE
    )
    return sorted({*_ids(paying), *_ids(back), *_ids(promised)})


def _waiting(email: str) -> Select[int]:
    return select(Waiting.id).where(Waiting.email == email, Waiting.state != WaitingState.OFFERED)


def _school_waiting(email: str) -> Select[int]:
    return select(VisitWaiting.id).where(VisitWaiting.email == email, VisitWaiting.state != WaitingState.OFFERED)


def _wishes(email: str) -> Select[int]:
    return select(ReleaseWish.id).where(ReleaseWish.email == email, ReleaseWish.state.not_in(_NOT_ANSWERED))


def _typed_refunds(ids: Sequence[int]) -> Select[int]:
    return select(Refund.id).where(Refund.booking_id.in_(ids), Refund.idempotency_key.startswith(KEY, autoescape=True))


def _letters_by_address(email: str) -> Select[int]:
    named = cast(Promise.about, Text).contains(f'"email":"{email}"', autoescape=True)
    return select(Promise.id).where(Promise.kind.in_(of_letters.BY_ADDRESS), named)


def _subjects(ids: Sequence[int]) -> list[str]:
    return [f"booking:{booking_id}" for booking_id in ids]


def _references(ids: object) -> list[str]:
    return list(db.session.scalars(select(Booking.reference).where(Booking.id.in_(list(ids))).order_by(Booking.id)))  # type: ignore[call-overload]  # ids


def _ids(query: Select[Any]) -> list[int]:
    return list(run(query).scalars())


def _rows(query: Select[*tuple[Any, ...]]) -> list[dict[str, Any]]:
    rows = [dict(row._mapping) for row in db.session.execute(query)]
    for row in rows:
        if isinstance(numbers := row.get("numbers"), dict):  # of passes, by the id of a ticket type
            row["numbers"] = ", ".join(number for listed in numbers.values() for number in listed)
    return rows


def _entries(ids: Sequence[int]) -> list[dict[str, Any]]:
    """Teams and people of contests that were entered with these bookings, with all that was answered."""
    named = (ContestEntry.booking_id.in_(ids), ContestEntry.name != "")
    entries = (
        select(Booking.reference, ContestEntry.name, ContestEntry.state, ContestEntry.answers, ContestEntry.reason)
        .join(Booking, Booking.id == ContestEntry.booking_id)
        .where(*named)
    )
    members = (
        select(Booking.reference, ContestMember.name, ContestMember.birth_year, ContestMember.answers)
        .select_from(ContestMember)
        .join(ContestEntry, ContestEntry.id == ContestMember.entry_id)
        .join(Booking, Booking.id == ContestEntry.booking_id)
        .where(*named)
    )
    rows = _rows(entries.order_by(ContestEntry.id)) + _rows(members.order_by(ContestMember.id))
    for row in rows:
        answers = row["answers"]
        row["answers"] = "; ".join(f"{next(iter(kept['asked'].values()), '')}: {kept['answer']}" for kept in answers)
    return rows


def _subject(email: str) -> str:
    """Whom it was about, for who has the address already: not to be read back from here."""
    return f"person:{digest(email)[:32]}"
