"""Stripe's hosted Checkout by redirect: no script of theirs on our pages, card data never near us (PCI SAQ A)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import stripe

from booking.kernel import clock
from booking.payments.provider import (
    EVENTS,
    CaptureOrder,
    CheckoutSession,
    Disputed,
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
    Unreachable,
)
from booking.settings import StripeSettings

LISTED_FOR = timedelta(days=3)
MOST_EVENTS = 1000
TOLERANCE = 300  # seconds that a signature may be old
LOCALES = {"nb": "nb", "nn": "nb", "en": "en-GB", "lv": "lv"}

# An inquiry takes no money, and one that was prevented never came to be.
NO_MONEY = ("warning", "prevented")


class StripeCheckout:
    """Stripe as a provider."""

    name = "stripe"
    # Stripe wants at least 30 minutes from when the call arrives; the other two are for a slow network and its retries.
    terms = ProviderTerms(PayWay.CARD, lives=timedelta(minutes=32), least_life=timedelta(minutes=30))

    def __init__(self, settings: StripeSettings, timeout: tuple[float, float] = (3, 10), retries: int = 2) -> None:
        """`timeout`: seconds to connect and to wait for an answer; the SDK's own default is 80."""
        self.client = stripe.StripeClient(
            settings.secret_key,
            base_addresses={"api": settings.api_base},
            max_network_retries=retries,
            http_client=stripe.RequestsClient(timeout=timeout),
        )

    def open(self, order: PaymentOrder) -> CheckoutSession:
        """Begin a Checkout session. The places stay ours as long as it can be paid: `expires_at` says how long."""
        params: dict[str, Any] = {
            "mode": "payment",
            "line_items": [
                {
                    "quantity": line.quantity,
                    "price_data": {
                        "currency": order.currency.lower(),
                        "unit_amount": line.unit_price,
                        "product_data": {"name": line.words},
                    },
                }
                for line in order.lines
            ],
            "client_reference_id": str(order.booking_id),
            "metadata": {"booking_id": str(order.booking_id), "reference": order.reference},
            "payment_intent_data": {"metadata": {"booking_id": str(order.booking_id), "reference": order.reference}},
            "locale": LOCALES[order.lang],
            "expires_at": int(order.expires_at.timestamp()),
            "success_url": order.return_url,
            "cancel_url": order.back_url,
        }
        if order.email:
            params["customer_email"] = order.email
        session = _ask(self.client.v1.checkout.sessions.create, params, {"idempotency_key": order.idempotency_key})
        return CheckoutSession(session.id, session.url or "", datetime.fromtimestamp(session.expires_at, UTC))

    def look(self, ref: str) -> PaymentStatus:
        """Retrieve the session and, when it is paid, what it was paid with."""
        return _standing(_ask(self.client.v1.checkout.sessions.retrieve, ref, {"expand": ["payment_intent"]}))

    def close(self, ref: str) -> PaymentStatus:
        """Expire the session; if Stripe refuses, it has been paid or is over already, and we look."""
        try:
            return _standing(_ask(self.client.v1.checkout.sessions.expire, ref))
        except Rejected:
            return self.look(ref)

    def capture(self, order: CaptureOrder) -> int:
        """A session that is paid was taken with it."""
        return order.approved

    def reserved(self, order: CaptureOrder) -> ReservedMoney:
        """All of it is taken."""
        return ReservedMoney(taken=order.approved, left=0)

    def refund(self, order: RefundOrder) -> RefundStanding:
        """Refund a part or the whole of a payment intent."""
        params = {
            "payment_intent": order.charge_ref,
            "amount": order.amount,
            "metadata": {"booking_id": str(order.booking_id)},
        }
        refund = _ask(self.client.v1.refunds.create, params, {"idempotency_key": order.idempotency_key})
        return _refund_standing(refund)

    def look_refund(self, ref: str) -> RefundStanding:
        """Retrieve a refund: banks may send one back days later."""
        return _refund_standing(_ask(self.client.v1.refunds.retrieve, ref))

    def refunded(self, charge_ref: str) -> int:
        """Ask the charge of a payment intent."""
        intent = _ask(self.client.v1.payment_intents.retrieve, charge_ref, {"expand": ["latest_charge"]})
        return 0 if intent.latest_charge is None else int(intent.latest_charge.amount_refunded)

    def disputes_of(self, charge_ref: str) -> dict[str, DisputeStanding]:
        """List the disputes of a payment intent: one that has lasted long may have several."""
        answer = _ask(self.client.v1.disputes.list, {"payment_intent": charge_ref, "limit": 100})
        return {
            dispute.id: _dispute_standing(dispute) for dispute in answer.data if not dispute.status.startswith(NO_MONEY)
        }

    def undelivered(self) -> list[dict[str, Any]]:
        """Events of the last days that none of our addresses has taken, oldest first.

        Stripe goes on listing them after we have worked on them, so that one page is not enough after a long silence.
        """
        wanted: Any = {
            "delivery_success": False,
            "types": sorted(EVENTS),
            "created": {"gte": int((clock.now() - LISTED_FOR).timestamp())},
            "limit": 100,
        }
        events = _ask(lambda: list(islice(self.client.v1.events.list(wanted).auto_paging_iter(), MOST_EVENTS)))
        return [event.to_dict() for event in reversed(events)]


# Nothing is known after these. A wrong key is ours to mend and says nothing about anybody's payment.
UNKNOWN = (
    stripe.APIConnectionError,
    stripe.RateLimitError,
    stripe.APIError,
    stripe.AuthenticationError,
    stripe.PermissionError,
)


def verify(body: bytes, signature: str, secret: str) -> None:
    """Raises ValueError unless Stripe signed this body, lately."""
    if not signature.isascii():
        raise ValueError("bad signature")  # the SDK cannot compare it
    try:
        stripe.WebhookSignature.verify_header(body, signature, secret)  # type: ignore[no-untyped-call]
    except stripe.SignatureVerificationError as error:
        raise ValueError("bad signature") from error
    # The SDK would ask the machine how old it is; here nobody but our own clock tells the time.
    sent_at = next(int(part[2:]) for part in signature.split(",") if part.startswith("t="))
    if sent_at < clock.now().timestamp() - TOLERANCE:
        raise ValueError("old signature")


def _ask(call: Any, *arguments: Any) -> Any:
    """Call Stripe; its many errors become our two."""
    try:
        return call(*arguments)
    except UNKNOWN as error:
        raise Unreachable(type(error).__name__) from error
    except stripe.StripeError as error:
        if error.http_status == 409:
            raise Unreachable("in progress elsewhere") from error
        kind = Disputed if error.code == "charge_disputed" else Rejected
        raise kind(str(error)) from error


def _standing(session: Any) -> PaymentStatus:
    intent = session.payment_intent
    return PaymentStatus(
        ref=session.id,
        progress=_progress(session),
        amount=session.amount_total,
        currency=session.currency.upper(),
        charge_ref=intent if isinstance(intent, str) or intent is None else intent.id,
    )


def _refund_standing(refund: Any) -> RefundStanding:
    return RefundStanding(refund.id, {"succeeded": True, "failed": False, "canceled": False}.get(refund.status))


def _dispute_standing(dispute: Any) -> DisputeStanding:
    ended = {"won": DisputeStanding.WON, "lost": DisputeStanding.LOST}
    return ended.get(dispute.status, DisputeStanding.OPEN)


def _progress(session: Any) -> PaymentProgress:
    if session.payment_status in ("paid", "no_payment_required"):
        return PaymentProgress.PAID
    if session.status == "expired":
        return PaymentProgress.EXPIRED
    if session.status == "complete":
        intent = session.payment_intent
        failed = not isinstance(intent, str) and intent is not None and intent.status == "requires_payment_method"
        return PaymentProgress.FAILED if failed else PaymentProgress.PROCESSING
    return PaymentProgress.OPEN
