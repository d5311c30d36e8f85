"""Stripe's objects as JSON, with the fields that a user of the SDK may read."""

from __future__ import annotations

import secrets

from tests.stripe_double.problems import Json

API_VERSION = "2026-10-28.forest"


def new_id(prefix: str) -> str:
    """An id of Stripe's look."""
    return f"{prefix}_{secrets.token_hex(12)}"


def session(params: Json, *, base: str, total: int, currency: str, now: int) -> Json:
    """A Checkout session that can be paid."""
    ref = new_id("cs_test")
    email = params.get("customer_email")
    return {
        "id": ref,
        "object": "checkout.session",
        "amount_subtotal": total,
        "amount_total": total,
        "cancel_url": params.get("cancel_url"),
        "client_reference_id": params.get("client_reference_id"),
        "created": now,
        "currency": currency,
        "customer_details": {"email": email, "name": None} if email else None,
        "customer_email": email,
        "expires_at": params.get("expires_at", now + 24 * 3600),
        "livemode": False,
        "locale": params.get("locale"),
        "metadata": params.get("metadata") or {},
        "mode": params["mode"],
        "payment_intent": None,  # Stripe makes it with the first try to pay
        "payment_method_types": ["card", "klarna", "sepa_debit"],
        "payment_status": "unpaid",
        "status": "open",
        "success_url": params.get("success_url"),
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page",
        "url": f"{base}/c/pay/{ref}",
    }


def intent(of: Json, metadata: Json, now: int) -> Json:
    """The payment intent of a session."""
    ref = new_id("pi")
    return {
        "id": ref,
        "object": "payment_intent",
        "amount": of["amount_total"],
        "amount_received": 0,
        "client_secret": f"{ref}_secret_{secrets.token_hex(8)}",
        "created": now,
        "currency": of["currency"],
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": metadata,
        "status": "requires_payment_method",
    }


def charge(of: Json, method: str, now: int) -> Json:
    """A charge of a payment intent."""
    ref = new_id("ch")
    return {
        "id": ref,
        "object": "charge",
        "amount": of["amount"],
        "amount_captured": 0,
        "amount_refunded": 0,
        "balance_transaction": None,
        "captured": False,
        "created": now,
        "currency": of["currency"],
        "disputed": False,
        "livemode": False,
        "metadata": of["metadata"],
        "paid": False,
        "payment_intent": of["id"],
        "payment_method_details": {"type": method},
        "receipt_url": f"https://pay.stripe.com/receipts/{ref}",
        "refunded": False,
        "status": "pending",
    }


def refund(of: Json, amount: int, params: Json, now: int) -> Json:
    """A refund of a charge."""
    return {
        "id": new_id("re"),
        "object": "refund",
        "amount": amount,
        "charge": of["id"],
        "created": now,
        "currency": of["currency"],
        "metadata": params.get("metadata") or {},
        "payment_intent": of["payment_intent"],
        "reason": params.get("reason"),
        "status": "succeeded",
    }


def dispute(of: Json, now: int) -> Json:
    """A dispute about a charge."""
    return {
        "id": new_id("du"),
        "object": "dispute",
        "amount": of["amount"],
        "charge": of["id"],
        "created": now,
        "currency": of["currency"],
        "livemode": False,
        "metadata": {},
        "payment_intent": of["payment_intent"],
        "reason": "fraudulent",
        "status": "needs_response",
    }


def event(kind: str, subject: Json, now: int) -> Json:
    """Something that happened, with the object as it was then."""
    return {
        "id": new_id("evt"),
        "object": "event",
        "api_version": API_VERSION,
        "created": now,
        "data": {"object": subject},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": kind,
    }
