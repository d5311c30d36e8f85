"""Vipps MobilePay as a provider: approved in the app within ten minutes, taken by us, sent back by the same way.

Of a payment `state` says only how the approval went; what was taken, let go of and sent back stands in `aggregate`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, ClassVar
from urllib.parse import urlsplit

from booking.kernel import clock
from booking.kernel.money import vat_in
from booking.payments.provider import (
    CaptureOrder,
    CheckoutSession,
    DisputeStanding,
    Lapsed,
    OrderLine,
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
    Unreachable,
)
from booking.payments.vipps.client import TIMEOUT, Conflict, VippsClient, as_key
from booking.vipps_keys import VippsSettings

PAYMENTS = "/epayment/v1/payments"
APPROVED_WITHIN = timedelta(minutes=10)  # from when the call arrives; fixed by Vipps
LEAST = 100  # minor units
LONGEST_TITLE, LONGEST_LINE = 100, 255
ENDS = {"ABORTED", "EXPIRED", "TERMINATED"}


class VippsMobilePay:
    """Vipps as a provider."""

    name = "vipps"
    flow: ClassVar[dict[str, Any]] = {"userFlow": "WEB_REDIRECT"}

    def __init__(self, settings: VippsSettings, timeout: tuple[float, float] = TIMEOUT) -> None:
        self.client = VippsClient(settings, timeout)
        self.terms = ProviderTerms(
            PayWay.VIPPS,
            lives=APPROVED_WITHIN + timedelta(minutes=2),
            least_life=APPROVED_WITHIN,
            currency=settings.currency,
            taken=TakenWhen(settings.at_once, settings.within),
            offered=bool(settings.webhook_secret),
        )

    def open(self, order: PaymentOrder) -> CheckoutSession:
        """Begin a payment, whose name is ours to choose: so it is known even when the answer is lost.

        Nothing of the buyer is sent: Vipps asks them itself. The ten minutes begin when the call arrives, so that one
        that comes late would outlive our places: it is refused, and the buyer begins anew.
        """
        if order.expires_at - clock.now() < APPROVED_WITHIN:
            raise Rejected("too late for ten minutes")
        reference = _reference(order)
        try:
            told = self.client.post(PAYMENTS, _payment(order, reference) | self.flow, order.idempotency_key)
        except Conflict:  # begun before, by a call whose answer was lost
            told = self.client.get(f"{PAYMENTS}/{reference}")
        url = told.get("redirectUrl") if isinstance(told, dict) else None
        if not isinstance(url, str) or not self._is_page(url):
            raise Unreachable("no page to send the buyer to")
        return CheckoutSession(reference, url, clock.now() + APPROVED_WITHIN)

    def _is_page(self, url: str) -> bool:
        """Whether a buyer can be sent there: https, or where a stand-in is asked on this machine, its own page."""
        try:
            parts = urlsplit(url)
        except ValueError:
            return False
        own = url.startswith(f"{self.client.settings.base.rstrip('/')}/")
        return len(url) <= 2000 and (own or (parts.scheme == "https" and parts.hostname is not None))

    def look(self, ref: str) -> PaymentStatus:
        """How the approval went."""
        told = self._told(ref)
        return PaymentStatus(ref, _progress(told), told.authorized or told.amount, told.currency, charge_ref=ref)

    def close(self, ref: str) -> PaymentStatus:
        """Stop it unless it is approved; what cannot be stopped has been approved or is over already, and we look."""
        try:
            self.client.post(f"{PAYMENTS}/{ref}/cancel", {"cancelTransactionOnly": True}, f"close:{ref}")
        except Rejected:
            pass
        return self.look(ref)

    def capture(self, order: CaptureOrder) -> int:
        """Take so much, then let go of the rest; how it stands is looked up first, so that it may be repeated for ever.

        What staff have taken or let go of in Vipps' own pages meanwhile is left so.
        """
        told, path = self._told(order.payment_ref), f"{PAYMENTS}/{order.payment_ref}"
        missing = min(order.amount - told.captured, told.left)
        if order.amount and not told.captured and told.left <= 0:
            raise Lapsed("nothing left to take")
        if missing > 0:
            key = f"{order.idempotency_key}:{missing}"
            told = self._taken(path, told, _amount(missing, order.currency), key)
        if told.left > 0:
            self.client.post(f"{path}/cancel", {}, f"{order.idempotency_key}:cancel")
        return told.captured

    def _taken(self, path: str, before: _Told, body: Mapping[str, Any], key: str) -> _Told:
        """How it stands after taking; a conflict is with another call, which may have done it, or nothing is known."""
        try:
            return self._read(self.client.post(f"{path}/capture", body, key))
        except Conflict as error:
            told = self._read(self.client.get(path))
            if told == before:
                raise Unreachable("a conflict, and nothing is taken") from error
            return told

    def reserved(self, order: CaptureOrder) -> ReservedMoney:
        """How it stands now."""
        told = self._told(order.payment_ref)
        return ReservedMoney(told.captured, max(told.left, 0))

    def refund(self, order: RefundOrder) -> RefundStanding:
        """Send back a part or the whole of what was taken; what a lost answer was about is found in its log."""
        ref = f"{order.payment_ref}:{order.idempotency_key}"
        if not self._is_sent_back(order.payment_ref, order.idempotency_key):
            body = _amount(order.amount, order.currency)
            try:
                self.client.post(f"{PAYMENTS}/{order.payment_ref}/refund", body, order.idempotency_key)
            except Conflict as error:
                if not self._is_sent_back(order.payment_ref, order.idempotency_key):
                    raise Unreachable("a conflict, and nothing is sent") from error
        return RefundStanding(ref, done=True)

    def look_refund(self, ref: str) -> RefundStanding:
        """Whether it stands in the payment's log."""
        payment_ref, _colon, key = ref.partition(":")
        return RefundStanding(ref, done=True if self._is_sent_back(payment_ref, key) else None)

    def refunded(self, charge_ref: str) -> int:
        """What went back, and what was approved and let go of."""
        told = self._told(charge_ref)
        return told.refunded + (told.cancelled if told.authorized else 0)

    def disputes_of(self, charge_ref: str) -> dict[str, DisputeStanding]:
        """Vipps tells of disputes by letter, not here."""
        return {}

    def undelivered(self) -> list[dict[str, Any]]:
        """Vipps keeps no list of what it could not bring: the sweep asks after every payment."""
        return []

    def _told(self, ref: str) -> _Told:
        return self._read(self.client.get(f"{PAYMENTS}/{ref}"))

    @staticmethod
    def _read(told: Any) -> _Told:  # noqa: ANN401  (what JSON they have)
        try:
            return _Told.read(told)
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise Unreachable("an answer that says nothing") from error

    def _is_sent_back(self, ref: str, key: str) -> bool:
        events = self.client.get(f"{PAYMENTS}/{ref}/events")
        wanted = {"name": "REFUNDED", "success": True, "idempotencyKey": as_key(key)}
        return isinstance(events, list) and any(
            isinstance(event, dict) and wanted.items() <= event.items() for event in events
        )


class VippsAtDesk(VippsMobilePay):
    """The same for who stands before us: the address that it answers is drawn by ourselves, as a QR code for the app.

    The sales unit may need Vipps' leave for that, so that it is a setting. What was begun by it goes on without.
    """

    name = "vipps_desk"
    flow: ClassVar[dict[str, Any]] = {
        "userFlow": "QR",
        "qrFormat": {"format": "TEXT/TARGETURL"},
        "customerInteraction": "CUSTOMER_PRESENT",
    }

    def __init__(self, settings: VippsSettings, timeout: tuple[float, float] = TIMEOUT) -> None:
        super().__init__(settings, timeout)
        self.terms = replace(self.terms, at_desk=True, offered=self.terms.offered and settings.at_desk)


@dataclass(frozen=True, slots=True)
class _Told:
    """What Vipps says of a payment, in minor units."""

    state: str
    amount: int
    currency: str
    authorized: int
    captured: int
    cancelled: int
    refunded: int

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> _Told:
        """Raises KeyError, TypeError, ValueError, OverflowError."""
        aggregate = told["aggregate"]
        authorized, captured, cancelled, refunded = (
            int(aggregate[f"{name}Amount"]["value"]) for name in ("authorized", "captured", "cancelled", "refunded")
        )
        amount, currency = int(told["amount"]["value"]), str(told["amount"]["currency"])
        return cls(str(told["state"]), amount, currency, authorized, captured, cancelled, refunded)

    @property
    def left(self) -> int:
        """What is approved, and neither taken nor let go of."""
        return self.authorized - self.captured - self.cancelled


def _progress(told: _Told) -> PaymentProgress:
    """Approved is sold. It stays so whatever becomes of the money, but for what was let go of before we heard of it."""
    if told.state == "AUTHORIZED" or (told.state in ENDS and told.captured):
        gone = told.authorized > 0 and told.cancelled == told.authorized
        return PaymentProgress.EXPIRED if gone else PaymentProgress.PAID
    return PaymentProgress.EXPIRED if told.state in ENDS else PaymentProgress.OPEN


def _reference(order: PaymentOrder) -> str:
    """Theirs are unique for ever, so a new try is a new one: our reference, for people, and a part of our key."""
    return f"{order.reference}-{as_key(order.idempotency_key).replace('-', '')[:16]}"


def _payment(order: PaymentOrder, reference: str) -> dict[str, Any]:
    if order.amount < LEAST:
        raise Rejected("less than Vipps takes")
    return {
        "amount": {"currency": order.currency, "value": order.amount},
        "paymentMethod": {"type": "WALLET"},
        "reference": reference,
        "returnUrl": order.return_url,
        "paymentDescription": order.title[:LONGEST_TITLE],
        "metadata": {"booking": str(order.booking_id)},
        "receipt": {
            "orderLines": [_line(number, line) for number, line in enumerate(_lines(order), 1)],
            "bottomLine": {"currency": order.currency, "receiptNumber": order.reference},
        },
    }


def _lines(order: PaymentOrder) -> list[OrderLine]:
    """What stands in the app's receipt; it must come to the sum, or the app shows none."""
    whole = sum(line.unit_price * line.quantity for line in order.lines) == order.amount
    return list(order.lines) if whole else []


def _line(number: int, line: OrderLine) -> dict[str, Any]:
    total = line.unit_price * line.quantity
    vat = vat_in(total, line.vat_rate)
    return {
        "id": str(number),
        "name": line.words[:LONGEST_LINE],
        "totalAmount": total,
        "totalAmountExcludingTax": total - vat,
        "totalTaxAmount": vat,
        "taxRate": line.vat_rate,
        "unitInfo": {"unitPrice": line.unit_price, "quantity": str(line.quantity), "quantityUnit": "PCS"},
    }


def _amount(value: int, currency: str) -> dict[str, Any]:
    return {"modificationAmount": {"currency": currency, "value": value}}
