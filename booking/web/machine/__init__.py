"""Addresses for machines: the payment provider's events, and whether we are well."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from booking.extensions import csrf
from booking.kernel import clock, log
from booking.kernel.database import db
from booking.outbox.models import Heartbeat, Promise, PromiseState
from booking.payments import webhook
from booking.payments.provider import Rejected, Unreachable
from booking.payments.providers import tills
from booking.web.access import public

machine = Blueprint("machine", __name__)

WORKER_SILENT = timedelta(minutes=1)
OUTBOX_LATE = timedelta(minutes=15)


@machine.post("/stripe/webhook")
@csrf.exempt
@public
def stripe_webhook() -> ResponseReturnValue:
    """An event of Stripe's. 400 unless it is signed; 503 asks Stripe to send it again later."""
    settings = tills.settings.stripe
    if settings is None:
        abort(404)
    from booking.payments.stripe_checkout import verify

    body = request.get_data(cache=False)
    try:
        verify(body, request.headers.get("Stripe-Signature", ""), settings.webhook_secret)
        event = webhook.read(body)
    except ValueError:
        abort(400)
    try:
        webhook.receive(event)
    except (Unreachable, Rejected) as error:
        log.write("webhook.later", event_id=event["id"], kind=event["type"], cause=type(error).__name__)
        return {"received": False}, 503
    return {"received": True}, 200


@machine.get("/healthz")
@public
def health() -> ResponseReturnValue:
    """Whether database, worker and outbox are well; 503 when one is not."""
    now = clock.now()
    try:
        db.session.execute(text("SELECT 1"))
    except OperationalError as error:
        log.write("health.database", cause=type(error.orig).__name__)
        return {"database": False}, 503
    beat = db.session.scalar(select(func.max(Heartbeat.beat_at)))
    waiting, oldest = db.session.execute(
        select(func.count(), func.min(Promise.made_at)).where(
            Promise.state == PromiseState.WAITING, Promise.due_at < now
        )
    ).one()
    dead = db.session.scalar(select(func.count()).where(Promise.state == PromiseState.DEAD))
    worker = beat is not None and now - beat < WORKER_SILENT
    outbox = oldest is None or now - oldest < OUTBOX_LATE
    facts = {"database": True, "worker": worker, "outbox": outbox, "waiting": waiting, "dead_letters": dead}
    return facts, 200 if worker and outbox else 503
