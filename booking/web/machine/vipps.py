"""News from Vipps MobilePay: believed in nothing but that it is time to look."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import abort, request
from flask.typing import ResponseReturnValue

from booking.kernel import log
from booking.payments.provider import Rejected, Unreachable
from booking.payments.providers import tills
from booking.payments.vipps import news
from booking.payments.vipps.signature import is_signed
from booking.web.blueprints import machine
from booking.web.extensions import csrf
from booking.web.guards.access import public


@machine.post("/vipps/webhook")
@csrf.exempt
@public
def vipps_webhook() -> ResponseReturnValue:
    """An event of Vipps'. 400 unless it is signed, and of our sales unit; 503 asks Vipps to send it again later."""
    settings = tills.settings.vipps
    if settings is None or not settings.webhook_secret:
        abort(404)
    request.max_content_length = news.MOST_BYTES
    body = request.get_data(cache=False)
    if not _is_signed(body, settings.webhook_secret):
        abort(400)
    try:
        told = news.read(body, settings.merchant)
    except news.NoNews as error:
        log.write("vipps.refused", cause=str(error))
        abort(400)
    try:
        news.receive(told)
    except (Unreachable, Rejected) as error:
        log.write("webhook.later", event_id=told.ref, kind=told.kind, cause=type(error).__name__)
        return {"received": False}, 503
    return {"received": True}, 200


def _is_signed(body: bytes, secret: str) -> bool:
    """By our public host, which is what Vipps was told: a proxy may have changed it on the way."""
    query = request.query_string.decode("latin-1")
    path = f"{request.path}?{query}" if query else request.path
    host = urlsplit(tills.settings.public_url).netloc
    date, authorization = request.headers.get("x-ms-date", ""), request.headers.get("Authorization", "")
    return is_signed(body, secret, path, date, host, authorization)
