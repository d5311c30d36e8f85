"""The demo tills: they play pay, decline, pay later and walking away, by card and by Vipps. Never in production."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import and_, bindparam, or_, select, update

from booking.kernel import clock
from booking.kernel.codes import new_secret
from booking.kernel.database import as_values, insert_once, run, unit_of_work
from booking.payments.models import DemoSession
from booking.payments.provider import (
    CaptureOrder,
    CheckoutSession,
    DisputeStanding,
    PaymentOrder,
    PaymentProgress,
    PaymentStatus,
    PayWay,
    ProviderTerms,
    RefundOrder,
    RefundStanding,
    Rejected,
    ReservedMoney,
    TakenWhen,
)

BANK_TAKES = timedelta(seconds=20)


class Play(StrEnum):
    """What somebody plays at the demo till."""

    PAY = "pay"
    DECLINE = "decline"
    LATER = "later"
    LATER_FAILS = "later_fails"
    SLOW = "slow"  # approved in the app only after a while
    ABORT = "abort"  # the buyer says no in the app
    EXPIRE = "expire"  # nobody answers the app


PLAYS = {  # at each till
    PayWay.CARD: frozenset({Play.PAY, Play.DECLINE, Play.LATER, Play.LATER_FAILS}),
    PayWay.VIPPS: frozenset({Play.PAY, Play.SLOW, Play.ABORT, Play.EXPIRE}),
}


@dataclass(frozen=True, slots=True)
class TillSession:
    """A session as the till shows it; `pays_at` is when money that takes its time arrives. `way` is what it plays."""

    ref: str
    way: PayWay
    amount: int
    currency: str
    description: str
    lang: str
    return_url: str
    back_url: str
    outcome: str
    pays_at: datetime | None
    expires_at: datetime


_REF = select(DemoSession.ref).where(DemoSession.idempotency_key == bindparam("key"))
_SHOWN = [getattr(DemoSession, name) for name in TillSession.__dataclass_fields__]
_SESSION = select(*_SHOWN).where(DemoSession.ref == bindparam("session"))
_IN_PLAY = update(DemoSession).where(
    DemoSession.ref == bindparam("session"), DemoSession.outcome.in_(("open", "declined"))
)
_CLOSE = (
    update(DemoSession)
    .where(
        DemoSession.ref == bindparam("session"),
        or_(
            DemoSession.outcome.in_(("open", "declined")),
            and_(DemoSession.outcome == "slow", DemoSession.pays_at > bindparam("now")),
        ),
    )
    .values(outcome="closed")
)
_PLAY = (
    _IN_PLAY.where(DemoSession.expires_at > bindparam("now"), DemoSession.way.in_(bindparam("ways", expanding=True)))
    .values(outcome=bindparam("played"), pays_at=bindparam("arrives"))
    .returning(*_SHOWN)
)


class DemoTill:
    """A provider whose own side is a table beside ours."""

    name = "demo"
    terms = ProviderTerms(PayWay.CARD, lives=timedelta(minutes=32), least_life=timedelta(minutes=30))

    def __init__(self, public_url: str) -> None:
        self.public_url = public_url

    def open(self, order: PaymentOrder) -> CheckoutSession:
        """A session at our own pay page."""
        ref: str = new_secret()
        wanted = {
            "ref": ref,
            "way": self.terms.way,
            "idempotency_key": order.idempotency_key,
            "amount": order.amount,
            "currency": order.currency,
            "description": order.reference,
            "lang": order.lang,
            "return_url": order.return_url,
            "back_url": order.back_url,
            "outcome": "open",
            "expires_at": order.expires_at,
        }
        with unit_of_work():
            if not insert_once(DemoSession, "idempotency_key", wanted):
                ref = run(_REF, {"key": order.idempotency_key}).scalar_one()
        return CheckoutSession(ref, f"{self.public_url}/{order.lang}/pay/{ref}", order.expires_at)

    def look(self, ref: str) -> PaymentStatus:
        """How the session stands at the till."""
        session = read_session(ref)
        if session is None:
            raise Rejected("no such session")
        return _standing(session, clock.now())

    def close(self, ref: str) -> PaymentStatus:
        """Close the session unless somebody has paid."""
        with unit_of_work():
            run(_CLOSE, {"session": ref, "now": clock.now()})
        return self.look(ref)

    def capture(self, order: CaptureOrder) -> int:
        """Demo money is there as soon as it is wanted."""
        return order.amount

    def reserved(self, order: CaptureOrder) -> ReservedMoney:
        """It is all there, and the rest let go of."""
        return ReservedMoney(taken=order.amount, left=0)

    def refund(self, order: RefundOrder) -> RefundStanding:
        """Demo money goes back at once."""
        return RefundStanding(f"demo_refund_{order.idempotency_key}", done=True)

    def look_refund(self, ref: str) -> RefundStanding:
        """It went back at once."""
        return RefundStanding(ref, done=True)

    def refunded(self, charge_ref: str) -> int:
        """Nobody refunds behind our back here."""
        return 0

    def disputes_of(self, charge_ref: str) -> dict[str, DisputeStanding]:
        """No bank holds demo money."""
        return {}

    def undelivered(self) -> list[dict[str, Any]]:
        """The demo till sends no events."""
        return []


class DemoVipps(DemoTill):
    """The same, playing Vipps: what is approved is only reserved until it is taken."""

    name = "demo_vipps"
    terms = ProviderTerms(
        PayWay.VIPPS,
        lives=timedelta(minutes=12),
        least_life=timedelta(minutes=10),
        currency="NOK",
        taken=TakenWhen(at_once=True, within=timedelta(days=6)),
    )


class DemoVippsAtDesk(DemoVipps):
    """The same, played from the code on the desk's screen."""

    name = "demo_vipps_desk"
    terms = replace(DemoVipps.terms, at_desk=True)


def read_session(ref: str) -> TillSession | None:
    """The session as the till has it."""
    row = run(_SESSION, {"session": ref}).first()
    return as_values(TillSession, [row])[0] if row else None


def play(ref: str, what: Play, now: datetime) -> TillSession | None:
    """Somebody acts at the till; call inside a unit of work. Returns the session as it is then, None if there is none.

    Nothing happens at a session that is no longer open, nor what belongs to the other way to pay.
    """
    outcomes = {
        Play.PAY: "paid",
        Play.DECLINE: "declined",
        Play.LATER: "later",
        Play.LATER_FAILS: "later_fails",
        Play.SLOW: "slow",
        Play.ABORT: "closed",
        Play.EXPIRE: "closed",
    }
    ways = [way for way, plays in PLAYS.items() if what in plays]
    values = {"session": ref, "played": outcomes[what], "now": now, "arrives": now + BANK_TAKES, "ways": ways}
    row = run(_PLAY, values).first()
    return TillSession(*row) if row is not None else read_session(ref)


def _standing(session: TillSession, now: datetime) -> PaymentStatus:
    arrived = session.pays_at is not None and session.pays_at <= now
    progress = {
        "paid": PaymentProgress.PAID,
        "slow": PaymentProgress.PAID if arrived else PaymentProgress.OPEN,
        "later": PaymentProgress.PAID if arrived else PaymentProgress.PROCESSING,
        "later_fails": PaymentProgress.FAILED if arrived else PaymentProgress.PROCESSING,
        "closed": PaymentProgress.EXPIRED,
    }.get(session.outcome, PaymentProgress.OPEN if session.expires_at > now else PaymentProgress.EXPIRED)
    return PaymentStatus(session.ref, progress, session.amount, session.currency, f"demo_charge_{session.ref}")
