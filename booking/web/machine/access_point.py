"""News from the access point: believed in nothing but that it is time to look."""

from __future__ import annotations

import hashlib
import hmac
import json

from flask import abort, request
from flask.typing import ResponseReturnValue

from booking.invoicing.sending.look import promise_look_by_ref
from booking.kernel import clock
from booking.payments.providers import tills
from booking.web.blueprints import machine
from booking.web.extensions import csrf
from booking.web.guards.access import public

MOST_BYTES = 65_536
SCHEME = "sha256="


@machine.post("/access-point/webhook")
@csrf.exempt
@public
def access_point_webhook() -> ResponseReturnValue:
    """Something has become of a document. 400 unless it is signed; unknown, late and doubled ones do no harm."""
    settings = tills.settings.access_point
    if settings is None:
        abort(404)
    request.max_content_length = MOST_BYTES
    body = request.get_data(cache=False)
    signature = request.headers.get("X-Signature", "")
    digest = hmac.new(settings.webhook_secret.encode(), body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(signature.encode(), f"{SCHEME}{digest}".encode()):
        abort(400)
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        abort(400)
    ref = told.get("id") if isinstance(told, dict) else None
    if not isinstance(ref, str) or "\x00" in ref:
        abort(400)
    return {"known": promise_look_by_ref(ref, clock.now())}, 200
