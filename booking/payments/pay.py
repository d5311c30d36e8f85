"""Begin to pay, go on, give it up. The row comes before the call, so that a crash between the two is found again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, or_, select, update

from booking.annual_passes.issue import taxed_as
from booking.bookings import queries
from booking.bookings.change import check_shown
from booking.bookings.confirm import confirm
from booking.bookings.details import Details, write_details
from booking.bookings.hold import back_to_basket
from booking.bookings.limits import free
from booking.bookings.limits.places import asks_by_mail
from booking.bookings.models import Booking, Sold, State
from booking.bookings.queries import BookingFacts
from booking.bookings.refusals import WrongState
from booking.bookings.store import change_state, lock, lock_held, still_is
from booking.centre.facts import CentreFacts, the_centre
from booking.contests.enter import Drafts, enter
from booking.contests.read import wanted_of
from booking.kernel import clock
from booking.kernel.codes import new_secret
from booking.kernel.database import as_values, db, end_reading, in_language, run, unit_of_work
from booking.kernel.refusals import Refusal
from booking.kernel.writing import write
from booking.payments.fulfil import SettledPayment, fulfil, settle
from booking.payments.models import OF_VIPPS, TILL, UNDER_WAY, Payment, PaymentState
from booking.payments.provider import (
    OrderLine,
    PaymentOrder,
    PaymentProgress,
    PayWay,
    Provider,
    Rejected,
    Unreachable,
)
from booking.payments.providers import WayNotOffered, tills
from booking.payments.receipts import receipt_follows

# A payment made in the last second of the session may take a while to be heard of.
PLACES_KEPT_AFTER = timedelta(minutes=3)
# How often at most the provider is asked by a page that waits for it; the page loads itself anew a little later.
ASK_EVERY = timedelta(seconds=4)


_OPENED = (
    update(Payment)
    .where(Payment.idempotency_key == bindparam("key"), Payment.state == PaymentState.BEGUN)
    .values(provider_ref=bindparam("ref"), url=bindparam("page"), state=PaymentState.OPEN)
)
# Who may ask the provider now: one of all who load the page in these seconds, in whatever process.
_NEWEST = select(func.max(Payment.id)).where(Payment.booking_id == bindparam("booking"), Payment.state.in_(UNDER_WAY))
_ASKS = (
    update(Payment)
    .where(
        Payment.id == _NEWEST.scalar_subquery(),
        Payment.provider_ref.is_not(None),
        Payment.state.in_(UNDER_WAY),
        or_(Payment.looked_at.is_(None), Payment.looked_at <= bindparam("before")),
    )
    .values(looked_at=bindparam("now"))
    .returning(Payment.id, Payment.provider, Payment.provider_ref)
)
_BY_KEY = select(Payment.id, Payment.provider_ref).where(Payment.idempotency_key == bindparam("key"))
_REF = select(Payment.provider_ref).where(Payment.id == bindparam("payment"))


class NoAnswer(Refusal):
    """The payment provider cannot be reached; the places are kept and the buyer can try again."""


@dataclass(frozen=True, slots=True)
class KnownBooking:
    """What a caller has read already: the booking, which may have changed since, and the centre."""

    facts: BookingFacts
    centre: CentreFacts


@dataclass(frozen=True, slots=True)
class Begun:
    """Where to send the buyer; None when there is nothing to pay, or not any more: the booking's page tells more.

    `waits_for_yes`: it costs nothing, and the yes is waited for from the buyer's mailbox.
    """

    url: str | None
    waits_for_yes: bool = False


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A payment that may still succeed. `url` is "" until the provider has been heard."""

    id: int
    booking_id: int
    provider: str
    state: PaymentState
    provider_ref: str | None
    url: str
    expires_at: datetime
    looked_at: datetime | None
    amount: int


_UNDER_WAY = (
    select(*(getattr(Payment, name) for name in UnderWay.__dataclass_fields__))
    .where(Payment.booking_id == bindparam("booking"), Payment.state.in_(UNDER_WAY))
    .order_by(Payment.id.desc())
    .limit(1)
)


def begin(
    booking_id: int,
    details: Details | None = None,
    shown: int | None = None,
    known: KnownBooking | None = None,
    entries: Drafts | None = None,
    way: PayWay | None = None,
    at_desk: bool = False,
) -> Begun:
    """Let the buyer pay a held booking by the `way` chosen, once their details are written. Not inside a unit of work.

    Called again while a payment is under way, it goes on with that one. `shown` is the sum on the button that was
    pressed, `known` what was read before: what still is so is not read again; `entries` are what was written of the
    contests in it. Without a `way`, the first there is; `at_desk`: by a code on the desk's screen. Raises WrongState,
    NoAnswer, Rejected, EntriesWrong, WayNotOffered, and AnotherSum when it costs another sum by now.
    """
    now = clock.now()
    try:
        with unit_of_work():
            booking = lock_held(booking_id, now)
            check_shown(shown, booking.to_pay)
            centre = known.centre if known is not None else the_centre()
            facts = known.facts if known is not None and still_is(known.facts, booking) else _facts(booking_id)
            if details is not None:
                asking = [line for line in facts.lines if line.asks_number]
                write_details(booking, details, centre, now, asking)
                if booking.changes_id is None and (wanted := wanted_of(facts.lines)):
                    enter(booking, entries or {}, wanted, centre, now)
                facts = replace(facts, email=booking.email, lang=booking.lang)
            if booking.total == 0 and asks_by_mail(booking, now):
                free.ask_for_yes(booking, now)
                return Begun(None, waits_for_yes=True)
            if booking.to_pay == 0:
                confirm(booking_id, now)
                return Begun(None)
            provider = _provider(booking.currency, way, at_desk=at_desk)
            change_state(booking, State.PENDING, now, held_until=now + provider.terms.lives + PLACES_KEPT_AFTER)
            payment = _payment(booking, provider.name, now, now + provider.terms.lives)
            write(Payment, [payment])
            order = _order(facts, payment["idempotency_key"], booking.to_pay, payment["expires_at"], centre)
    except WrongState:
        others = under_way(booking_id)  # begun before; or the button was pressed twice, and the other press was faster
        if others is None:
            raise
        check_shown(shown, others.amount)
        return _go_on(others, now)
    return Begun(_open(provider, order))


def _provider(currency: str, way: PayWay | None, *, at_desk: bool) -> Provider:
    """Raises WayNotOffered."""
    if not at_desk:
        return tills.by_way(way or tills.ways(currency)[0], currency)
    if (provider := tills.at_desk(currency)) is None:
        raise WayNotOffered("at the desk")
    return provider


def _payment(booking: Booking, provider: str, now: datetime, expires_at: datetime) -> dict[str, Any]:
    """The columns of the payment that a booking waits for from now on."""
    return {
        "booking_id": booking.id,
        "provider": provider,
        "state": PaymentState.BEGUN,
        "amount": booking.to_pay,
        "currency": booking.currency,
        "idempotency_key": new_secret(),
        "begun_at": now,
        "expires_at": expires_at,
    }


def take_in_till(booking: Booking, now: datetime) -> None:
    """Write down that a booking was paid in the centre's own till, so that its money adds up like any other's.

    Call inside the unit of work that confirms it. We are no cash register: what was sold is the till's own receipt.
    """
    paid = {"state": PaymentState.PAID, "paid_at": now, "looked_at": now}
    write(Payment, [_payment(booking, TILL, now, now) | paid])
    receipt_follows(booking.id)


def _go_on(payment: UnderWay, now: datetime) -> Begun:
    """Back to a payment that is under way."""
    end_reading()
    if not payment.url:
        return Begun(open_session(payment.id))
    if payment.state is PaymentState.OPEN:
        return _hear_first(payment, now)
    return Begun(None if payment.state is PaymentState.PROCESSING else payment.url)


def _hear_first(payment: UnderWay, now: datetime) -> Begun:
    """Nobody is sent to a page where they have paid already, in another tab, or whose time is over."""
    is_over = payment.expires_at <= now
    try:
        fulfil(payment.id)
    except (Unreachable, Rejected) as error:
        if is_over:
            raise NoAnswer from error
        return Begun(payment.url)
    state = _state_of(payment.booking_id)
    if state is State.CONFIRMED:
        return Begun(None)
    if is_over or state is not State.PENDING:
        raise WrongState(state.value)
    return Begun(payment.url)


def open_session(payment_id: int) -> str:
    """Ask the provider for the session of a payment that has begun; the same one however often it is asked.

    Raises NoAnswer, also when the payment was given up meanwhile: nobody is ever sent to a session that we do not know
    the name of. Raises Rejected when the provider will never take it, after giving the buyer the basket back.
    """
    payment = db.session.get_one(Payment, payment_id)
    name, order = payment.provider, order_of(payment)
    end_reading()
    try:
        provider = tills.of(name)
    except Unreachable as error:
        raise NoAnswer from error
    return _open(provider, order)


def _open(provider: Provider, order: PaymentOrder) -> str:
    try:
        session = provider.open(order)
    except Unreachable as error:
        raise NoAnswer from error
    except Rejected:
        payment_id = run(_BY_KEY, {"key": order.idempotency_key}).one().id
        give_up(payment_id, order.booking_id, PaymentState.FAILED, (PaymentState.BEGUN,))
        raise
    with unit_of_work():
        opened = {"key": order.idempotency_key, "ref": session.ref, "page": session.url}
        is_open = run(_OPENED, opened).rowcount == 1 or _is_known(order.idempotency_key, session.ref)
    if not is_open:
        raise NoAnswer
    return session.url


def _is_known(key: str, ref: str) -> bool:
    """Whether the payment with this key has this session already."""
    return bool(run(_BY_KEY, {"key": key}).one().provider_ref == ref)


def give_up(payment_id: int, booking_id: int, end: PaymentState, only: Collection[PaymentState] = UNDER_WAY) -> bool:
    """End a payment that can no longer be paid and give the basket back; False when it is no longer one of `only`."""
    with unit_of_work():
        lock(booking_id)  # everybody locks the booking before its payments
        ended = db.session.execute(
            update(Payment)
            .where(Payment.id == payment_id, Payment.state.in_(only))
            .values(state=end)
            .returning(Payment.id)
            .execution_options(synchronize_session=False)
        ).first()
        if ended is not None:
            back_to_basket(booking_id, the_centre(), clock.now())
        return ended is not None


def withdraw(booking_id: int) -> State:
    """The buyer gives up paying and wants the basket back. Not inside a unit of work. Returns the booking's state.

    The provider closes the session first: only what can no longer be paid goes back to a basket. What turns out to be
    paid is fulfilled instead. Raises NoAnswer when the provider does not say.
    """
    payment = under_way(booking_id)
    if payment is None:
        return _state_of(booking_id)
    end_reading()
    if payment.provider_ref is None and give_up(payment.id, booking_id, PaymentState.FAILED, (PaymentState.BEGUN,)):
        return _state_of(booking_id)  # nobody has seen its page
    ref = ref_of(payment.id)
    if not ref:
        return _state_of(booking_id)
    try:
        standing = tills.of(payment.provider).close(ref)
        if standing.progress in (PaymentProgress.EXPIRED, PaymentProgress.FAILED):
            give_up(payment.id, booking_id, PaymentState.EXPIRED)
        else:
            settle(payment.id, standing)
    except (Unreachable, Rejected) as error:
        raise NoAnswer from error
    return _state_of(booking_id)


def under_way(booking_id: int) -> UnderWay | None:
    """The payment of a booking that may still succeed."""
    row = run(_UNDER_WAY, {"booking": booking_id}).first()
    return as_values(UnderWay, [row])[0] if row else None


def waits_for_vipps(booking_id: int) -> bool:
    """Whether it is in Vipps' app that somebody has yet to say yes; one statement."""
    payment = under_way(booking_id)
    return payment is not None and payment.provider in OF_VIPPS


def ask_provider(booking_id: int, known: BookingFacts | None = None) -> SettledPayment | None:
    """Ask the provider how the payment under way went and act on it; `known` is as in `settle`.

    None when there is none that it knows, or when it was asked a moment ago. Not inside a unit of work. Raises
    Unreachable, Rejected.
    """
    now = clock.now()
    with unit_of_work():
        payment = run(_ASKS, {"booking": booking_id, "now": now, "before": now - ASK_EVERY}).first()
    if payment is None:
        return None
    return settle(payment.id, tills.of(payment.provider).look(payment.provider_ref), known)


def order_of(payment: Payment) -> PaymentOrder:
    """What is to be paid, from rows alone: the same after a crash as before it."""
    facts = _facts(payment.booking_id)
    return _order(facts, payment.idempotency_key, payment.amount, payment.expires_at, the_centre())


def _facts(booking_id: int) -> BookingFacts:
    facts = queries.by_id(booking_id)
    if facts is None:
        raise LookupError(booking_id)
    return facts


def _order(facts: BookingFacts, key: str, amount: int, expires_at: datetime, centre: CentreFacts) -> PaymentOrder:
    base = f"{tills.settings.public_url}/{facts.lang}"
    lines = tuple(
        OrderLine(_words(line, facts.lang, centre.local(line.starts_at)), line.unit_price, line.quantity, line.vat_rate)
        for line in facts.lines
        if line.unit_price > 0
    )
    if facts.changes_id is not None or facts.by_gift_card or not facts.is_of_places:
        of_pass = [rate for rate, _price in taxed_as([facts.id] if facts.sold is Sold.ANNUAL_PASS else []).values()]
        vat_rate = max((*of_pass, *(line.vat_rate for line in facts.lines)), default=0)
        lines = (OrderLine(f"{centre.name} {facts.reference}", facts.to_pay, 1, vat_rate),)
    return PaymentOrder(
        idempotency_key=key,
        booking_id=facts.id,
        reference=facts.reference,
        title=f"{centre.name} {facts.reference}",
        amount=amount,
        currency=facts.currency,
        lines=lines,
        email=facts.email,
        lang=facts.lang,
        expires_at=expires_at,
        return_url=f"{base}/b/{facts.secret}",
        back_url=f"{base}/checkout/{facts.secret}",
    )


def _words(line: queries.BookedLine, lang: str, start: datetime) -> str:
    activity, kind = in_language(line.activity_title, lang), in_language(line.ticket_title, lang)
    return f"{activity} {start:%d.%m.%Y %H:%M}, {kind}"


def ref_of(payment_id: int) -> str:
    """The provider's name of a payment's session; "" while there is none."""
    ref: str | None = run(_REF, {"payment": payment_id}).scalar()
    end_reading()
    return ref or ""


def _state_of(booking_id: int) -> State:
    facts = _facts(booking_id)
    end_reading()
    return facts.state
