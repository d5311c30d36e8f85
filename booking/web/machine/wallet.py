"""What phones ask of a pass by themselves (Apple's PassKit web service): to be told of newer ones, and to have them.

Whoever has a pass has its token, and with it what the pass says; it opens nothing else.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

from flask import Response, abort, current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.http import http_date

from booking.bookings.queries import BookingFacts
from booking.centre.facts import the_centre
from booking.kernel import clock, log
from booking.kernel.database import end_reading, unit_of_work
from booking.settings import settings_of
from booking.wallet import phones
from booking.wallet_keys import AppleWallet
from booking.web.addresses import public_address
from booking.web.blueprints import machine
from booking.web.extensions import csrf, limiter
from booking.web.guards.access import public
from booking.web.typed import identity

SERVICE = "/wallet"  # what a pass says beneath the public address; `v1` is the version of Apple's protocol
SCHEME = "ApplePass "
MOST_BYTES = 16_384

_OF_A_PHONE = f"{SERVICE}/v1/devices/<device>/registrations/<pass_type>"


@machine.post(f"{_OF_A_PHONE}/<serial>")
@csrf.exempt
@limiter.limit("120 per minute")
@public
def register_phone(device: str, pass_type: str, serial: str) -> ResponseReturnValue:
    """A phone has the pass: 201, 200 when that was known."""
    facts = _pass_of(pass_type, serial)
    push_token = str(_told().get("pushToken"))
    if not phones.is_device(device) or not phones.is_push_token(push_token):
        abort(400)
    try:
        with unit_of_work():
            is_new = phones.register(facts.id, device, push_token, clock.now())
    except phones.TooManyPhones:
        abort(403)
    return "", 201 if is_new else 200


@machine.delete(f"{_OF_A_PHONE}/<serial>")
@csrf.exempt
@limiter.limit("120 per minute")
@public
def unregister_phone(device: str, pass_type: str, serial: str) -> ResponseReturnValue:
    """A phone has thrown the pass away."""
    facts = _pass_of(pass_type, serial)
    with unit_of_work():
        phones.unregister(facts.id, device)
    return "", 200


@machine.get(_OF_A_PHONE)
@limiter.limit("120 per minute")
@public
def newer_passes(device: str, pass_type: str) -> ResponseReturnValue:
    """Which of a phone's passes are newer than it knows; 204 for none. The phone's own name is all it has to show."""
    _keys(pass_type)
    if not phones.is_device(device):
        abort(400)
    newer = phones.newer_passes(device, identity(request.args.get("passesUpdatedSince")) or 0)
    if not newer:
        return "", 204
    body = {"serialNumbers": [each.serial for each in newer], "lastUpdated": str(newer[-1].tag)}
    return Response(json.dumps(body), mimetype="application/json")


@machine.get(f"{SERVICE}/v1/passes/<pass_type>/<serial>")
@limiter.limit("120 per minute")
@public
def newest_pass(pass_type: str, serial: str) -> ResponseReturnValue:
    """The pass as the booking stands now; 304 for who has it."""
    keys, facts = _keys(pass_type), _pass_of(pass_type, serial)
    from booking.wallet.apple.package import KIND
    from booking.wallet.apple.passes import PassIssuer, party_file

    tag, own = phones.tag_of(facts.id), the_centre()
    changed = datetime.fromtimestamp(tag, UTC) if tag is not None else None
    since = request.if_modified_since
    if changed is not None and since is not None and changed <= since:
        return "", 304
    address = public_address("visitor.booking", secret=facts.secret, lang=facts.lang)
    end_reading()
    response = Response(party_file(facts, own, PassIssuer(keys, service_address()), address), mimetype=KIND)
    response.headers["Last-Modified"] = http_date(changed or clock.now())
    response.headers["Cache-Control"] = "no-store"
    return response


@machine.post(f"{SERVICE}/v1/log")
@csrf.exempt
@limiter.limit("30 per minute")
@public
def phone_log() -> ResponseReturnValue:
    """What a phone found amiss. How much is written down, and none of its words: whose they are nobody knows."""
    if settings_of(current_app).apple_wallet is None:
        abort(404)
    lines = _told().get("logs")
    log.write("wallet.amiss", lines=len(lines) if isinstance(lines, list) else 0)
    return "", 200


def service_address() -> str:
    """Where phones ask for newer passes; "" where it is not by https, which they would refuse."""
    settings = settings_of(current_app)
    return settings.public_url + SERVICE if settings.is_secure else ""


def _keys(pass_type: str) -> AppleWallet:
    """Ours, if the pass is of our type."""
    keys = settings_of(current_app).apple_wallet
    if keys is None or keys.pass_type != pass_type:
        abort(404)
    return keys


def _pass_of(pass_type: str, serial: str) -> BookingFacts:
    """The booking whose pass the phone has, by its token; 401 for any other."""
    _keys(pass_type)
    shown = request.headers.get("Authorization", "")
    facts = phones.booking_of(serial, shown.removeprefix(SCHEME)) if shown.startswith(SCHEME) else None
    if facts is None:
        abort(401)
    return facts


def _told() -> dict[str, object]:
    """What a phone has sent, as an object."""
    request.max_content_length = MOST_BYTES
    try:
        told = json.loads(request.get_data(cache=False))
    except (ValueError, RecursionError):
        abort(400)
    if not isinstance(told, dict):
        abort(400)
    return told
