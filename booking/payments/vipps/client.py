"""Vipps MobilePay over HTTP: a token that is kept until its time is over, time-outs, and an end to every answer."""

from __future__ import annotations

import hashlib
import json
import time
import uuid
from collections.abc import Mapping
from threading import Lock
from typing import Any

import requests

from booking.kernel.outside.answers import AnswerTooLong, body_of
from booking.payments.provider import Rejected, Unreachable
from booking.vipps_keys import VippsSettings

TIMEOUT: tuple[float, float] = (3, 10)  # seconds to connect, and to wait for more
WHOLE = 20  # seconds for all of one answer: one that drips is none
MOST_BYTES = 262_144
EARLY = 300  # seconds before its end in which a token is not used any more
SHORTEST = 60  # seconds that a token is kept at least, however short its life is said to be
PAUSE = 3  # seconds in which nobody asks for a token after one could not be had: those who wait for it do not queue
UNAUTHORIZED, TOO_MANY, CONFLICT = 401, 429, 409
# A wrong key is ours to mend and says nothing about anybody's payment; 408 and 425 say "again".
NOT_KNOWN = (UNAUTHORIZED, 403, 408, 425, TOO_MANY)
LONGEST_WORDS = 200


class Conflict(Rejected):
    """What is asked for does not go with how the payment stands."""


class VippsClient:
    """One sales unit at Vipps."""

    def __init__(self, settings: VippsSettings, timeout: tuple[float, float] = TIMEOUT) -> None:
        self.settings, self.timeout = settings, timeout
        self._token = ""
        self._good_until: float = 0
        self._none_until: float = 0
        self._lock = Lock()

    def get(self, path: str) -> Any:  # noqa: ANN401  (what JSON they have)
        """What stands there. Raises Unreachable, Rejected."""
        return self._asked("GET", path, {}, None)

    def post(self, path: str, body: Mapping[str, Any], key: str) -> Any:  # noqa: ANN401
        """Do it once for the same key. Raises Unreachable, Rejected."""
        return self._asked("POST", path, {"Idempotency-Key": as_key(key)}, body)

    def delete(self, path: str) -> None:
        """Take it away. Raises Unreachable, Rejected."""
        self._asked("DELETE", path, {}, None)

    def _asked(self, method: str, path: str, headers: Mapping[str, str], body: Mapping[str, Any] | None) -> Any:  # noqa: ANN401
        own = {"Authorization": f"Bearer {self._access()}", **headers}
        status, told = self._ask(method, path, own, body)
        if status == UNAUTHORIZED:  # the token has been taken back before its time
            self._forget(own["Authorization"])
            own["Authorization"] = f"Bearer {self._access()}"
            status, told = self._ask(method, path, own, body)
        if 200 <= status < 300:
            return told
        if status >= 500 or status in NOT_KNOWN or status < 400:
            raise Unreachable(f"HTTP {status}")
        raise (Conflict if status == CONFLICT else Rejected)(f"HTTP {status} {_words(told)}".strip())

    def _access(self) -> str:
        """The token, fetched anew by one of all who need it when its time is over."""
        with self._lock:
            if time.monotonic() < self._good_until:
                return self._token
            if time.monotonic() < self._none_until:
                raise Unreachable("no token a moment ago")
            try:
                self._token, lives = self._new_token()
            except Unreachable:
                self._none_until = time.monotonic() + PAUSE
                raise
            self._good_until = time.monotonic() + max(lives - EARLY, SHORTEST)
            return self._token

    def _new_token(self) -> tuple[str, int]:
        """And how many seconds it lives. Raises Unreachable."""
        keys = {"client_id": self.settings.client_id, "client_secret": self.settings.client_secret}
        status, told = self._ask("POST", "/accesstoken/get", keys, {})
        token = told.get("access_token") if isinstance(told, dict) else None
        if status != 200 or not isinstance(token, str) or not token:
            raise Unreachable(f"no token, HTTP {status}")
        return token, _seconds(told.get("expires_in"))

    def _forget(self, used: str) -> None:
        with self._lock:
            if used == f"Bearer {self._token}":
                self._good_until = 0

    def _ask(
        self, method: str, path: str, headers: Mapping[str, str], body: Mapping[str, Any] | None
    ) -> tuple[int, Any]:
        """Status and what JSON they sent. Raises Unreachable; what it says never has a key in it."""
        until = time.monotonic() + WHOLE
        try:
            # A redirect would take the keys elsewhere.
            with requests.request(
                method, self.settings.base + path, headers={**self._introduction(), **headers}, json=body,
                timeout=self.timeout, allow_redirects=False, stream=True,
            ) as answer:  # fmt: skip
                return answer.status_code, _read(body_of(answer, MOST_BYTES, until))
        except AnswerTooLong:
            raise Unreachable("answer too long") from None
        except requests.RequestException as error:
            raise Unreachable(type(error).__name__) from None

    def _introduction(self) -> dict[str, str]:
        """Who asks: the sales unit, and the software, as Vipps wants to see it on every call."""
        return {
            "Accept": "application/json",
            "Ocp-Apim-Subscription-Key": self.settings.subscription_key,
            "Merchant-Serial-Number": self.settings.merchant,
            "Vipps-System-Name": "bestill",
            "Vipps-System-Version": "1.0",
            "Vipps-System-Plugin-Name": "bestill-epayment",
            "Vipps-System-Plugin-Version": "1.0",
        }


def as_key(key: str) -> str:
    """A key of ours as theirs: at most 40 letters, digits and dashes, always the same for the same."""
    return str(uuid.UUID(bytes=hashlib.sha256(key.encode()).digest()[:16]))


def _read(content: bytes) -> Any:  # noqa: ANN401
    try:
        return json.loads(content or b"{}")
    except (ValueError, RecursionError):
        return {}


def _seconds(told: object) -> int:
    """Said in words of digits."""
    return int(told) if isinstance(told, (str, int)) and str(told).isdecimal() else 0


def _words(told: object) -> str:
    """Their reason, for operators."""
    if not isinstance(told, dict):
        return ""
    words = told.get("detail") or told.get("title") or ""
    return words[:LONGEST_WORDS] if isinstance(words, str) else ""
