"""The pass of a booking to save, where certificates are set."""

from __future__ import annotations

from flask import Response, abort, current_app, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.bookings.models import State
from booking.kernel import clock
from booking.kernel.database import end_reading, unit_of_work
from booking.settings import settings_of
from booking.wallet.changes import goes_to_google
from booking.wallet.party import has_pass, party_pass
from booking.web.addresses import public_address
from booking.web.blueprints import visitor
from booking.web.extensions import limiter
from booking.web.files import download
from booking.web.guards.access import public
from booking.web.languages import centre
from booking.web.machine.wallet import service_address
from booking.web.visitor.checkout import held_booking


def apple_is_offered() -> bool:
    """Whether there is a pass for the reader's device: all but Android has, or may hand it on to one that has."""
    return settings_of(current_app).apple_wallet is not None and "Android" not in request.user_agent.string


def google_is_offered() -> bool:
    """Whether there is a pass for the reader's device at Google: all but Apple's phones and tablets have use for it."""
    agent = request.user_agent.string
    return settings_of(current_app).google_wallet is not None and not any(
        device in agent for device in ("iPhone", "iPad", "iPod")
    )


@visitor.get("/b/<secret>/google-wallet")
@limiter.limit("60 per minute")
@public
def google_pass_link(secret: str) -> ResponseReturnValue:
    """To Google, with the party's pass in the address, which asks whether to save it. Nothing is loaded from there."""
    keys = settings_of(current_app).google_wallet
    if keys is None:
        abort(404)
    facts = held_booking(secret)
    if facts.state is not State.CONFIRMED or not has_pass(facts):
        abort(404)
    from booking.wallet.google.passes import google_pass, save_link

    own, now = centre(), clock.now()
    end_reading()
    with unit_of_work():
        goes_to_google(facts.id, now)
    told = party_pass(facts, own, public_address("visitor.booking", secret=secret, lang=facts.lang))
    answer = redirect(save_link(google_pass(told, own, keys), keys, int(now.timestamp())), 303)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@visitor.get("/b/<secret>/wallet.pkpass")
@limiter.limit("60 per minute")
@public
def apple_pass(secret: str) -> Response:
    """The party's pass for Apple's wallet, as the booking stands now."""
    keys = settings_of(current_app).apple_wallet
    if keys is None:
        abort(404)
    facts = held_booking(secret)
    if facts.state is not State.CONFIRMED or not has_pass(facts):
        abort(404)
    from booking.wallet.apple.package import KIND  # cryptography takes a while to load, and few houses have keys
    from booking.wallet.apple.passes import PassIssuer, party_file

    own, address = centre(), public_address("visitor.booking", secret=secret, lang=facts.lang)
    end_reading()
    made = party_file(facts, own, PassIssuer(keys, service_address()), address)
    return download(made, KIND, f"{_('tickets')}-{facts.reference}.pkpass")
