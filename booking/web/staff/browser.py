"""What a request brings besides its form: where it comes from, what it is half-way through, what it was asked."""

from __future__ import annotations

import base64
import json
import secrets
from datetime import datetime
from urllib.parse import urlsplit

from flask import Flask, current_app, redirect, request, url_for
from werkzeug.wrappers import Response

from booking.kernel import clock
from booking.settings import Settings, settings_of
from booking.staff.devices import device
from booking.staff.known_devices import KNOWN_FOR, Known, known
from booking.staff.passkeys import CHALLENGE_BYTES, Challenge, PasskeyRefused, Site
from booking.staff.second_factor import TooOld
from booking.staff.sign_in import HALF_WAY_SECONDS, HalfWay, Opened, half_way
from booking.staff.vault import Vault
from booking.web.guards.access import drop_cookie, keep_cookie, staff_cookie_name
from booking.web.guards.network import here
from booking.web.languages import centre

HALF_WAY = "staff-half-way"
ASKED = "staff-asked"
DEVICE = "staff-device"
ASKED_SECONDS = 5 * 60


def settings() -> Settings:
    """The settings of the app in hand."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    return settings_of(app)


def vault() -> Vault:
    """The vault of this installation."""
    made: Vault = current_app.extensions.setdefault("vault", Vault(settings().secret_key))
    return made


def place() -> str:
    """Where the request comes from, for counting only."""
    return here()


def this_device() -> str:
    """The browser in words."""
    return device(request.user_agent.string)


def site() -> Site:
    """What passkeys are bound to: the public address, whatever the request's Host says."""
    address = settings().public_url
    return Site(centre().name, urlsplit(address).hostname or "", address)


def go_on(step: HalfWay | Opened) -> Response:
    """To the second step, or in."""
    if isinstance(step, HalfWay):
        response = redirect(url_for("staff.second_step"), 303)
        keep_cookie(response, step.sealed(vault()), HALF_WAY, HALF_WAY_SECONDS)
        return response
    response = redirect(url_for("staff.start"), 303)
    keep_cookie(response, step.secret)
    remember_device(response, step.account_id)
    drop_cookie(response, HALF_WAY)
    return response


def known_here() -> Known:
    """Who has signed in in this browser before."""
    return known(request.cookies.get(staff_cookie_name(DEVICE), ""), vault())


def remember_device(response: Response, account_id: int) -> None:
    """Let this browser be known to the account that has just been opened in it."""
    mine = known_here().with_account(account_id)
    keep_cookie(response, mine.sealed(vault()), DEVICE, int(KNOWN_FOR.total_seconds()))


def who_is_half_way() -> HalfWay | None:
    """Who has shown the first factor in this browser, some minutes ago at most."""
    return half_way(request.cookies.get(staff_cookie_name(HALF_WAY), ""), vault())


def new_challenge() -> bytes:
    """Random bytes for a browser to sign."""
    return secrets.token_bytes(CHALLENGE_BYTES)


def remember_challenge(response: Response, purpose: str, challenge: bytes) -> None:
    """The browser brings back what it was asked, sealed, since nothing is kept here for strangers."""
    fields = ["asked", purpose, base64.b64encode(challenge).decode(), clock.now().isoformat()]
    keep_cookie(response, vault().seal(json.dumps(fields)), ASKED, ASKED_SECONDS)


def challenge_for(purpose: str) -> Challenge:
    """What this browser was asked for this purpose. Raises TooOld, PasskeyRefused."""
    sealed = request.cookies.get(staff_cookie_name(ASKED), "")
    text = vault().open(sealed, ASKED_SECONDS) if sealed else None
    if text is None:
        raise TooOld
    fields = json.loads(text)
    if fields[:2] != ["asked", purpose]:
        raise PasskeyRefused
    return Challenge(base64.b64decode(fields[2]), datetime.fromisoformat(fields[3]))
