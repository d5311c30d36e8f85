"""What happens at Vipps' side: payments begin, buyers approve or do not, time runs out, money is taken and goes back.

After its documentation (ePayment API guide, November 2026): `state` tells only of the approval; what was taken, let go
of and sent back stands in `aggregate`; what is not taken lapses.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from threading import RLock
from typing import Any

from booking.kernel import clock

Json = dict[str, Any]
APPROVED_WITHIN = 600  # seconds
LAPSES_AFTER = 7 * 86_400
REFUNDED_WITHIN = 365 * 86_400
LEAST, MOST_METADATA = 100, 5
CALLS_A_MINUTE, LOOKS_A_MINUTE = 5, 120
ENDED = ("ABORTED", "EXPIRED", "TERMINATED")


class Refused(Exception):
    """Vipps says no, in its shape."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.body: Json = {"type": "https://example.test/problem", "title": "Bad Request", "detail": detail}


@dataclass
class VippsPayment:
    """One payment, in minor units."""

    reference: str
    value: int
    currency: str
    created: Json
    at: float
    state: str = "CREATED"
    authorized: int = 0
    captured: int = 0
    cancelled: int = 0
    refunded: int = 0
    authorized_at: float = 0.0
    captured_at: float = 0.0
    lapses_after: float = LAPSES_AFTER
    refuses_capture: int = 0  # so many tries to take it are refused
    events: list[Json] = field(default_factory=list)

    @property
    def left(self) -> int:
        """Approved, and neither taken nor let go of."""
        return self.authorized - self.captured - self.cancelled


class Ledger:
    """All state. Hold `lock` while reading or changing it."""

    def __init__(self, base: str, merchant: str, currency: str) -> None:
        self.base, self.merchant, self.currency = base, merchant, currency
        self.lock = RLock()
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self.ahead = 0.0
        self.payments: dict[str, VippsPayment] = {}
        self.answered: dict[str, tuple[str, Json]] = {}  # by idempotency key: what was asked, and the answer
        self.calls: dict[tuple[str, str], list[float]] = defaultdict(list)
        self.tokens: dict[str, float] = {}
        self.hooks: dict[str, Json] = {}
        self.news: list[Json] = []  # events, the oldest first
        self.brought: set[int] = set()  # places in it that somebody took
        self.requests: list[Json] = []

    def now(self) -> float:
        """The double's own time, in seconds."""
        return clock.now().timestamp() + self.ahead

    def get(self, reference: str) -> VippsPayment:
        """A payment, as time has left it. Raises Refused."""
        try:
            payment = self.payments[reference]
        except KeyError:
            raise Refused(404, f"Payment {reference} not found") from None
        self._age(payment)
        return payment

    def tick(self) -> None:
        """Let time do its work."""
        for payment in list(self.payments.values()):
            self._age(payment)

    def _age(self, payment: VippsPayment) -> None:
        if payment.state == "CREATED" and self.now() >= payment.at + APPROVED_WITHIN:
            payment.state = "EXPIRED"
            self.tell(payment, "EXPIRED", payment.value)
        if payment.left > 0 and self.now() >= payment.authorized_at + payment.lapses_after:
            lapsed = payment.left
            payment.cancelled += lapsed
            self.tell(payment, "CANCELLED", lapsed)

    def limit(self, reference: str, kind: str, most: int) -> None:
        """So many calls a minute for each payment and kind. Raises Refused."""
        recent = [at for at in self.calls[reference, kind] if at > self.now() - 60]
        self.calls[reference, kind] = [*recent, self.now()]
        if len(recent) >= most:
            raise Refused(429, "Too many requests")

    def begin(self, body: Json, key: str) -> Json:
        """A payment is asked for. Raises Refused."""
        _check(body, self.currency)
        reference = body["reference"]
        if reference in self.payments:
            raise Refused(409, f"Reference {reference} is taken")
        payment = VippsPayment(reference, body["amount"]["value"], body["amount"]["currency"], body, self.now())
        self.payments[reference] = payment
        self.tell(payment, "CREATED", payment.value, key)
        return {"reference": reference, "redirectUrl": self.page_of(reference)}

    def page_of(self, reference: str) -> str:
        """Where the buyer is sent."""
        return f"{self.base}/landing/{reference}"

    def capture(self, reference: str, body: Json, key: str) -> Json:
        """Take a part or all of what was approved. Raises Refused."""
        payment, amount = self.get(reference), _modification(body, self.get(reference))
        if payment.state != "AUTHORIZED":
            raise Refused(409, f"Payment is {payment.state}")
        if payment.refuses_capture:
            payment.refuses_capture -= 1
            self.tell(payment, "CAPTURED", amount, key, success=False)
            raise Refused(400, "Capture failed")
        if amount > payment.left:
            raise Refused(400, "Amount exceeds what is authorized and not captured")
        payment.captured += amount
        payment.captured_at = self.now()
        self.tell(payment, "CAPTURED", amount, key)
        return self.seen(payment)

    def cancel(self, reference: str, body: Json, key: str) -> Json:
        """Stop it, or let go of what is not taken. Raises Refused."""
        payment = self.get(reference)
        if payment.state == "CREATED":
            payment.state, payment.cancelled = "TERMINATED", payment.value
            self.tell(payment, "TERMINATED", payment.value, key)
        elif payment.state in ENDED or body.get("cancelTransactionOnly") or payment.left == 0:
            raise Refused(409 if payment.state == "AUTHORIZED" else 400, f"Payment is {payment.state}")
        else:
            amount = payment.left
            payment.cancelled += amount
            self.tell(payment, "CANCELLED", amount, key)
        return self.seen(payment)

    def refund(self, reference: str, body: Json, key: str) -> Json:
        """Send back of what was taken. Raises Refused."""
        payment, amount = self.get(reference), _modification(body, self.get(reference))
        if amount > payment.captured - payment.refunded:
            raise Refused(400, "Amount exceeds what is captured and not refunded")
        if self.now() > payment.captured_at + REFUNDED_WITHIN:
            raise Refused(400, "Too late to refund")
        payment.refunded += amount
        self.tell(payment, "REFUNDED", amount, key)
        return self.seen(payment)

    def answer(self, reference: str, how: str, amount: int | None = None) -> None:
        """The buyer acts in the app: "approve", "decline", "abort". Raises Refused."""
        payment = self.get(reference)
        if payment.state != "CREATED":
            raise Refused(409, f"Payment is {payment.state}")
        if how == "approve":
            payment.state, payment.authorized, payment.authorized_at = "AUTHORIZED", amount or payment.value, self.now()
            self.tell(payment, "AUTHORIZED", payment.authorized)
        elif how == "decline":
            self.tell(payment, "AUTHORIZED", payment.value, success=False)  # a card that fails; they may try another
        elif how == "abort":
            payment.state = "ABORTED"
            self.tell(payment, "ABORTED", payment.value)
        else:
            raise Refused(400, f"Unknown: {how}")

    def seen(self, payment: VippsPayment) -> Json:
        """As Vipps shows a payment."""
        parts = ("authorized", "captured", "cancelled", "refunded")
        return {
            "reference": payment.reference,
            "pspReference": f"psp-{payment.reference}",
            "state": payment.state,
            "amount": _sum(payment.value, payment.currency),
            "aggregate": {f"{part}Amount": _sum(getattr(payment, part), payment.currency) for part in parts},
            "paymentMethod": {"type": "WALLET"},
            "redirectUrl": self.page_of(payment.reference),
        }

    def tell(self, payment: VippsPayment, name: str, value: int, key: str = "", *, success: bool = True) -> None:
        """Something happened: it stands in the payment's log, and is news for who wants it."""
        event = {
            "msn": self.merchant,
            "reference": payment.reference,
            "pspReference": f"psp-{payment.reference}-{len(payment.events)}",
            "name": name,
            "amount": _sum(value, payment.currency),
            "timestamp": clock.now().isoformat(),
            "idempotencyKey": key,
            "success": success,
        }
        payment.events.append(event)
        self.news.append(event)


def _sum(value: int, currency: str) -> Json:
    return {"currency": currency, "value": value}


def _modification(body: Json, payment: VippsPayment) -> int:
    amount = body.get("modificationAmount", {})
    value = amount.get("value")
    if amount.get("currency") != payment.currency or not isinstance(value, int) or value < 1:
        raise Refused(400, "modificationAmount is wrong")
    return value


def _check(body: Json, currency: str) -> None:
    amount = body.get("amount", {})
    value = amount.get("value")
    if not isinstance(value, int) or value < LEAST:
        raise Refused(400, "amount.value must be at least 100")
    if amount.get("currency") != currency:
        raise Refused(400, "amount.currency is not the sales unit's")
    if not re.fullmatch(r"[a-zA-Z0-9-]{8,64}", str(body.get("reference", ""))):
        raise Refused(400, "reference must be 8 to 64 letters, digits and dashes")
    if body.get("paymentMethod") != {"type": "WALLET"} or body.get("userFlow") not in ("WEB_REDIRECT", "QR"):
        raise Refused(400, "this stand-in knows WALLET, WEB_REDIRECT and QR")
    if ("qrFormat" in body) is not (body["userFlow"] == "QR"):
        raise Refused(400, "qrFormat is for QR; without it this stand-in has no picture to give")
    if "qrFormat" in body and body["qrFormat"].get("format") != "TEXT/TARGETURL":
        raise Refused(400, "this stand-in draws no pictures")
    if body.get("customerInteraction", "CUSTOMER_NOT_PRESENT") not in ("CUSTOMER_PRESENT", "CUSTOMER_NOT_PRESENT"):
        raise Refused(400, "customerInteraction is unknown")
    if not re.fullmatch(r"https://[^\s]+|http://(localhost|127\.0\.0\.1)[:/][^\s]*", str(body.get("returnUrl", ""))):
        raise Refused(400, "returnUrl must be https")
    if not 3 <= len(str(body.get("paymentDescription", ""))) <= 100:
        raise Refused(400, "paymentDescription must be 3 to 100 letters")
    metadata = body.get("metadata", {})
    if len(metadata) > MOST_METADATA or not all(isinstance(text, str) for text in metadata.values()):
        raise Refused(400, "metadata must be at most 5 pairs of texts")
    if "expiresAt" in body:
        raise Refused(400, "expiresAt is for PUSH_MESSAGE and QR")
    _check_lines(body.get("receipt", {}).get("orderLines", []), value)


def _check_lines(lines: list[Json], value: int) -> None:
    for line in lines:
        whole = line["totalAmountExcludingTax"] + line["totalTaxAmount"]
        if whole != line["totalAmount"] or not isinstance(line["taxRate"], int) or not line["name"].strip():
            raise Refused(400, f"order line {line.get('id')} does not add up")
        if abs(line["totalAmountExcludingTax"] * line["taxRate"] - line["totalTaxAmount"] * 10_000) > 10_000:
            raise Refused(400, f"order line {line.get('id')} has other VAT than its rate")
    if lines and sum(line["totalAmount"] for line in lines) != value:
        raise Refused(400, "the order lines do not come to the amount")
