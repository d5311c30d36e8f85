"""Google's wallet over HTTP: a token that is kept until its time is over, and passes that are told what has changed."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from functools import lru_cache
from threading import Lock
from typing import Any
from urllib.parse import quote

import requests

from booking.google_wallet_keys import GoogleWallet
from booking.kernel import clock
from booking.kernel.outside.answers import AnswerTooLong, body_of
from booking.wallet.google.signing import signed

SCOPE = "https://www.googleapis.com/auth/wallet_object.issuer"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
PATIENCE: tuple[float, float] = (3, 10)  # seconds to connect, and to wait for more
WHOLE = 20  # seconds for all of an answer
MOST_BYTES = 262_144
LIVES = 3600  # seconds that a token is asked for
EARLY = 300  # seconds before its end in which it is not used any more
UNAUTHORIZED, NOT_THERE = 401, 404
AGAIN = (UNAUTHORIZED, 408, 409, 425, 429)  # says nothing against the pass; 409: somebody else was writing it


class GoogleRefused(Exception):
    """Google would not take it: by its own word for why."""


class GoogleUnreachable(Exception):
    """Google did not answer, or had too much to do."""


class GoogleClient:
    """One issuer's."""

    def __init__(self, keys: GoogleWallet) -> None:
        self.keys = keys
        self._token = ""
        self._good_until: float = 0
        self._lock = Lock()

    def patch(self, kind: str, content: Mapping[str, object]) -> bool:
        """Tell a part of a pass what it says now; False where Google has no such: nobody has saved it.

        Not inside a unit of work. Raises GoogleUnreachable, GoogleRefused.
        """
        address = f"{self.keys.api}/walletobjects/v1/{kind}/{quote(str(content['id']), safe='')}"
        token = self._access()
        status, told = self._ask("PATCH", address, token, json=content)
        if status == UNAUTHORIZED:  # the token has been taken back before its time
            self._forget(token)
            status, told = self._ask("PATCH", address, self._access(), json=content)
        if status == NOT_THERE:
            return False
        if status >= 500 or status in AGAIN or status < 200 or 300 <= status < 400:
            raise GoogleUnreachable(f"HTTP {status}")
        if status >= 400:
            raise GoogleRefused(f"HTTP {status} {_word(told)}".strip())
        return True

    def _access(self) -> str:
        """The token, fetched anew by one of all who need it when its time is over."""
        with self._lock:
            if time.monotonic() >= self._good_until:
                now = int(clock.now().timestamp())
                claims = {
                    "iss": self.keys.email, "scope": SCOPE, "aud": self.keys.tokens, "iat": now, "exp": now + LIVES,
                }  # fmt: skip
                question = {"grant_type": GRANT, "assertion": signed(claims, self.keys)}
                status, told = self._ask("POST", self.keys.tokens, "", data=question)
                token, lives = told.get("access_token"), told.get("expires_in")
                if status >= 500 or status in AGAIN:
                    raise GoogleUnreachable(f"no token, HTTP {status}")
                if status != 200 or not isinstance(token, str) or not token or not isinstance(lives, int):
                    raise GoogleRefused(f"no token, HTTP {status} {_word(told)}".strip())
                self._token, self._good_until = token, time.monotonic() + lives - EARLY
            return self._token

    def _forget(self, token: str) -> None:
        with self._lock:
            if token == self._token:
                self._good_until = 0

    @staticmethod
    def _ask(method: str, address: str, token: str, **body: Any) -> tuple[int, dict[str, Any]]:  # noqa: ANN401
        """Status and what they told. What an error says never has a key in it."""
        until = time.monotonic() + WHOLE
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        try:  # a redirect would take the token elsewhere
            with requests.request(
                method, address, headers=headers, timeout=PATIENCE, allow_redirects=False, stream=True, **body
            ) as answer:
                return answer.status_code, _read(body_of(answer, MOST_BYTES, until))
        except AnswerTooLong:
            raise GoogleUnreachable("answer too long") from None
        except requests.RequestException as error:
            raise GoogleUnreachable(type(error).__name__) from None


@lru_cache(maxsize=2)
def client_of(keys: GoogleWallet) -> GoogleClient:
    """One for all of a process, so that its token is."""
    return GoogleClient(keys)


def _read(content: bytes) -> dict[str, Any]:
    try:
        told = json.loads(content or b"{}")
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _word(told: Mapping[str, Any]) -> str:
    """Google's word for it, of letters and lines alone."""
    error = told.get("error")
    word = error.get("status", "") if isinstance(error, dict) else error
    return "".join(sign for sign in str(word or "")[:80] if sign.isalpha() or sign == "_")
