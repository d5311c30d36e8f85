"""Tell phones that a pass is newer: Apple's push service, over HTTP/2, with the pass type's own certificate.

What is told is nothing but that: the phone then asks us for the pass.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from booking.wallet_keys import AppleWallet

PATIENCE = 10.0  # seconds


class PushRefused(Exception):
    """The service would not take it: by its own word for why."""


class PushUnreachable(Exception):
    """The service did not answer, or had too much to do."""


class Told(StrEnum):
    """What became of it."""

    DONE = "done"
    GONE = "gone"  # the phone has no such pass any more, or never had


@dataclass(frozen=True, slots=True)
class PushAnswer:
    """One phone's."""

    push_token: str
    told: Told


def tell(keys: AppleWallet, push_tokens: Iterable[str]) -> Iterator[PushAnswer]:
    """Tell each phone, all by one connection. Not inside a unit of work. Raises PushRefused, PushUnreachable."""
    import httpx  # the worker's alone

    try:
        with httpx.Client(http2=True, verify=_shown(keys), timeout=PATIENCE, trust_env=False) as client:
            for push_token in push_tokens:
                headers = {"apns-topic": keys.pass_type, "apns-push-type": "background", "apns-priority": "5"}
                answer = client.post(f"{keys.push}/3/device/{push_token}", json={}, headers=headers)
                yield PushAnswer(push_token, _read(answer.status_code, answer.content))
    except httpx.HTTPError as error:
        raise PushUnreachable(type(error).__name__) from error


def _shown(keys: AppleWallet) -> ssl.SSLContext:
    """A connection that shows who we are by the certificate, to whom this machine trusts."""
    context = ssl.create_default_context()
    context.load_cert_chain(*keys.files, password=keys.password)
    return context


def _read(status: int, body: bytes) -> Told:
    if status == 200:
        return Told.DONE
    if status == 410 or (status == 400 and b'"BadDeviceToken"' in body):
        return Told.GONE
    if status == 429 or status >= 500:
        raise PushUnreachable(str(status))
    raise PushRefused(_reason(status, body))


def _reason(status: int, body: bytes) -> str:
    """Apple's word for it, of letters alone."""
    word = body.decode("ascii", "ignore")[:80]
    return f"{status} {''.join(sign for sign in word if sign.isalpha()).removeprefix('reason')}"
