"""What happens at Stripe's side: sessions open, people pay or do not, banks answer late, money goes back."""

from __future__ import annotations

import re

from tests.stripe_double import objects
from tests.stripe_double.problems import Json, Problem
from tests.stripe_double.store import Store

LEAST_LIFE, MOST_LIFE = 30 * 60, 24 * 3600
LEAST_CHARGE = {"nok": 300, "eur": 50}
BANK_TAKES = 20
EXPIRED_ALREADY = 'Only Checkout Sessions with a status in ["open"] can be expired. This Session has a status of {}.'


def open_session(store: Store, params: Json) -> Json:
    """Make a session, by the rules that the types cannot tell."""
    now = store.now()
    items = params.get("line_items") or []
    _check_session(params, items, now)
    currencies = {item["price_data"]["currency"] for item in items}
    if len(currencies) > 1:
        raise Problem("All line items must have the same currency.", param="line_items")
    currency = currencies.pop()
    total = sum(item["price_data"]["unit_amount"] * item["quantity"] for item in items)
    if 0 < total < LEAST_CHARGE.get(currency, 50):
        raise Problem("The Checkout Session's total amount due is too small.", code="amount_too_small")
    session = store.put("session", objects.session(params, base=store.base, total=total, currency=currency, now=now))
    store.open[session["id"]] = session
    store.intent_metadata[session["id"]] = params.get("payment_intent_data", {}).get("metadata") or {}
    return session


def _check_session(params: Json, items: list[Json], now: int) -> None:
    if params.get("mode") != "payment":
        raise Problem("This double knows only mode=payment.", param="mode")
    if not items or len(items) > 100:
        raise Problem("You must specify between 1 and 100 line items.", param="line_items")
    for number, item in enumerate(items):
        price = item.get("price_data", {})
        if item.get("quantity", 0) < 1 or price.get("unit_amount", -1) < 0 or "product_data" not in price:
            raise Problem("Each line item needs a quantity and price_data.", param=f"line_items[{number}]")
        if not price["product_data"]["name"].strip():
            raise Problem("You passed an empty string.", param=f"line_items[{number}][price_data][product_data][name]")
    for name in ("success_url", "cancel_url"):
        if name in params and not re.fullmatch(r"https?://[^\s]{1,5000}", params[name]):
            raise Problem("Not a valid URL", code="url_invalid", param=name)
    if "success_url" not in params:
        raise Problem("Missing required param: success_url.", code="parameter_missing", param="success_url")
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", params.get("customer_email", "a@b.c")):
        raise Problem(
            f"Invalid email address: {params['customer_email']}", code="email_invalid", param="customer_email"
        )
    if not LEAST_LIFE <= params.get("expires_at", now + MOST_LIFE) - now <= MOST_LIFE:
        raise Problem(
            "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation.",
            param="expires_at",
        )
    for part in (params, params.get("payment_intent_data", {})):
        metadata = part.get("metadata") or {}
        if len(metadata) > 50 or any(len(name) > 40 or len(value) > 500 for name, value in metadata.items()):
            raise Problem("Metadata: at most 50 keys of 40 letters with values of 500.", param="metadata")


def expire_session(store: Store, ref: str) -> Json:
    """Close a session; refused unless it is open."""
    session = store.get("session", ref)
    if session["status"] != "open":
        raise Problem(EXPIRED_ALREADY.format(session["status"]))
    session["status"], session["url"] = "expired", None
    store.emit("checkout.session.expired", session)
    return session


def pay(store: Store, ref: str, how: str) -> Json:
    """Somebody acts at the pay page: "card", "declined", "later" (a bank pays later) or "later_fails"."""
    session = store.get("session", ref)
    if session["status"] != "open":
        raise Problem(f"This session is {session['status']}.", code="session_not_open")
    intent = _intent_of(store, session)
    charge = store.put(
        "charge", objects.charge(intent, "card" if how in ("card", "declined") else "klarna", store.now())
    )
    intent["latest_charge"] = charge["id"]
    if how == "declined":
        _fail(store, intent, charge, "card_declined")
        return session
    session["status"], session["url"] = "complete", None
    if how == "card":
        _succeed(store, session, intent, charge)
        store.emit("checkout.session.completed", session)
    else:
        intent["status"] = "processing"
        store.bank_answers[ref] = (store.now() + BANK_TAKES, how == "later")
        store.emit("checkout.session.completed", session)
    return session


def bank_answers(store: Store, ref: str, pays: bool) -> Json:
    """The bank of a delayed payment says yes or no."""
    session = store.get("session", ref)
    if store.bank_answers.pop(ref, None) is None:
        raise Problem("No bank is thinking about this session.")
    intent = store.get("intent", session["payment_intent"])
    charge = store.get("charge", intent["latest_charge"])
    if pays:
        _succeed(store, session, intent, charge)
        store.emit("checkout.session.async_payment_succeeded", session)
    else:
        _fail(store, intent, charge, "payment_intent_payment_attempt_failed")
        store.emit("checkout.session.async_payment_failed", session)
    return session


def tick(store: Store) -> None:
    """Let time do its work: sessions run out, banks answer."""
    for ref, session in list(store.open.items()):
        if session["status"] != "open":
            del store.open[ref]
        elif session["expires_at"] <= store.now():
            expire_session(store, ref)
    for ref, (at, pays) in list(store.bank_answers.items()):
        if at <= store.now():
            bank_answers(store, ref, pays)


def _intent_of(store: Store, session: Json) -> Json:
    if session["payment_intent"] is not None:
        return store.get("intent", session["payment_intent"])
    intent = store.put("intent", objects.intent(session, store.intent_metadata[session["id"]], store.now()))
    session["payment_intent"] = intent["id"]
    return intent


def _succeed(store: Store, session: Json, intent: Json, charge: Json) -> None:
    charge.update(status="succeeded", paid=True, captured=True, amount_captured=charge["amount"])
    charge["balance_transaction"] = objects.new_id("txn")
    intent.update(status="succeeded", amount_received=intent["amount"])
    session["payment_status"] = "paid"
    store.emit("payment_intent.succeeded", intent)
    store.emit("charge.succeeded", charge)


def _fail(store: Store, intent: Json, charge: Json, code: str) -> None:
    charge["status"] = "failed"
    intent.update(status="requires_payment_method", last_payment_error={"code": code, "type": "card_error"})
    store.emit("payment_intent.payment_failed", intent)
    store.emit("charge.failed", charge)


def make_refund(store: Store, params: Json) -> Json:
    """Send money back; never more than is left of the charge, and nothing that a bank has taken or may take.

    An inquiry (warning_needs_response) takes nothing yet, and money may go back.
    """
    charge = _charge_to_refund(store, params)
    if any(
        dispute["charge"] == charge["id"] and dispute["status"] in ("needs_response", "under_review", "lost")
        for dispute in store.tables["dispute"].values()
    ):
        raise Problem(f"Charge {charge['id']} has been charged back; cannot issue a refund.", code="charge_disputed")
    left = charge["amount_captured"] - charge["amount_refunded"]
    amount = params.get("amount", left)
    if left == 0:
        raise Problem(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    if not 0 < amount <= left:
        raise Problem(f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})", param="amount")
    refund = store.put("refund", objects.refund(charge, amount, params, store.now()))
    refund["status"] = store.next_refunds.pop(0) if store.next_refunds else "succeeded"
    store.emit("refund.created", refund)
    if refund["status"] == "failed":
        store.emit("refund.failed", refund)
        return refund
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
    store.emit("charge.refunded", charge)
    return refund


def _charge_to_refund(store: Store, params: Json) -> Json:
    if "charge" in params:
        return store.get("charge", params["charge"])
    if "payment_intent" not in params:
        raise Problem("One of the following params should be provided: payment_intent or charge.")
    intent = store.get("intent", params["payment_intent"])
    if intent["latest_charge"] is None:
        raise Problem("This PaymentIntent does not have a successful charge to refund.")
    return store.get("charge", intent["latest_charge"])


def settle_refund(store: Store, ref: str, status: str) -> Json:
    """The bank takes a refund, or sends it back."""
    refund = store.get("refund", ref)
    if status == "failed" and refund["status"] != "failed":
        charge = store.get("charge", refund["charge"])
        charge["amount_refunded"] -= refund["amount"]
        charge["refunded"] = False
        refund["failure_reason"] = "expired_or_canceled_card"
    refund["status"] = status
    store.emit("refund.updated", refund)
    if status == "failed":
        store.emit("refund.failed", refund)
    return refund


def charged(store: Store) -> list[Json]:
    """What was taken and what went back, by session."""
    return [
        {"session": session["id"], "captured": charge["amount_captured"], "refunded": charge["amount_refunded"]}
        for session in store.tables["session"].values()
        if (intent := store.tables["intent"].get(session["payment_intent"])) is not None
        and (charge := store.tables["charge"].get(intent["latest_charge"])) is not None
        and charge["captured"]
    ]


def open_dispute(store: Store, intent_ref: str) -> Json:
    """The card holder asks the bank for the money back."""
    charge = store.get("charge", store.get("intent", intent_ref)["latest_charge"] or "")
    charge["disputed"] = True
    dispute = store.put("dispute", objects.dispute(charge, store.now()))
    store.emit("charge.dispute.created", dispute)
    return dispute


def close_dispute(store: Store, ref: str, status: str) -> Json:
    """The bank decides: "won" or "lost"."""
    dispute = store.get("dispute", ref)
    dispute["status"] = status
    store.emit("charge.dispute.closed", dispute)
    return dispute
