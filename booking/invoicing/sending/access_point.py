"""An access point over HTTP: five questions, each with an end in time, and nothing believed that it does not say.

docs/operations.md says which addresses it must have; another provider's are another class with these four functions.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

import requests
from urllib3.exceptions import NewConnectionError

from booking.invoicing.document import PeppolId
from booking.invoicing.sending.states import BuyerResponse
from booking.invoicing.sending.transport import (
    AnswerLost,
    AskLater,
    CannotFind,
    NotTaken,
    Parcel,
    TransportStatus,
    Whereabouts,
)
from booking.kernel.outside.answers import AnswerTooLong, body_of
from booking.kernel.typed import one_line
from booking.settings import AccessPointSettings

TIMEOUT = (5.0, 20.0)  # seconds to connect, and to wait for more
WHOLE = 60.0  # seconds for all of one answer: one that drips is none
MOST_BYTES = 262_144
LONGEST = 500
LONGEST_REF = 200
TOO_MANY, NOT_IMPLEMENTED = 429, (405, 501)
OURS_TO_MEND = (401, 403)  # a wrong key says nothing of the document
REFUSED = (400, 404, 413, 415, 422)
KNOWN_ALREADY = 409


class AccessPoint:
    """One account at a provider."""

    def __init__(self, settings: AccessPointSettings, timeout: tuple[float, float] = TIMEOUT) -> None:
        self.settings = settings
        self.timeout = timeout

    def can_receive(self, address: PeppolId) -> bool | None:
        """Not found is no; whatever else is not an answer is not known."""
        try:
            status, told = self._ask("GET", f"/recipients/{quote(f'{address.scheme}:{address.value}', safe='')}")
        except (AskLater, AnswerLost):
            return None
        if status == 404:
            return False
        receives = told.get("receives")
        return receives if status == 200 and isinstance(receives, bool) else None

    def send(self, parcel: Parcel) -> str:
        """The XML by itself; our key makes it one document however often it comes."""
        if parcel.receiver is None or parcel.xml is None:
            raise NotTaken("no electronic address")
        headers = {
            "Content-Type": "application/xml",
            "Idempotency-Key": parcel.key,
            "X-Sender": f"{parcel.sender.scheme}:{parcel.sender.value}",
            "X-Recipient": f"{parcel.receiver.scheme}:{parcel.receiver.value}",
        }
        status, told = self._ask("POST", "/documents", headers=headers, content=parcel.xml)
        if status in REFUSED:
            raise NotTaken(_words(told.get("error")) or f"HTTP {status}")
        if status == TOO_MANY or status in OURS_TO_MEND or status == 503:
            raise AskLater(f"HTTP {status}")
        ref = told.get("id")
        if (status in (200, 201, 202) or status == KNOWN_ALREADY) and _is_ref(ref):
            return str(ref)
        raise AnswerLost(f"HTTP {status}")

    def find(self, parcel: Parcel) -> str | None:
        """By our key."""
        status, told = self._certain("GET", f"/documents?key={quote(parcel.key, safe='')}")
        if status in NOT_IMPLEMENTED:
            raise CannotFind
        if status == 404:
            return None
        ref = told.get("id")
        if status == 200 and _is_ref(ref):
            return str(ref)
        raise AskLater(f"HTTP {status}")

    def look(self, ref: str) -> TransportStatus:
        """By their name for it."""
        status, told = self._certain("GET", f"/documents/{quote(ref, safe='')}")
        if status == 404:
            raise CannotFind
        try:
            progress = Whereabouts(str(told.get("state")))
            response = BuyerResponse(str(told.get("response", "none")))
        except ValueError:
            raise AskLater(f"HTTP {status}, unknown words") from None
        if status != 200:
            raise AskLater(f"HTTP {status}")
        return TransportStatus(
            progress, _words(told.get("why")), _receipt(told.get("receipt")), _moment(told.get("at")), response,
            _words(told.get("response_why")),
        )  # fmt: skip

    def _certain(self, method: str, path: str) -> tuple[int, Mapping[str, Any]]:
        """Asked without leaving anything there: an answer that is lost is asked for again."""
        try:
            return self._ask(method, path)
        except AnswerLost as lost:
            raise AskLater(str(lost)) from lost

    def _ask(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, content: bytes | None = None
    ) -> tuple[int, Mapping[str, Any]]:
        """Status and what JSON they sent. Raises AskLater where no connection came about, else AnswerLost."""
        own = {"Authorization": f"Bearer {self.settings.key}", "Accept": "application/json"}
        until = time.monotonic() + WHOLE
        try:
            # A redirect would take the key elsewhere; a session would keep cookies and connections between documents.
            with requests.request(
                method, self.settings.base + path, headers={**own, **(headers or {})}, data=content,
                timeout=self.timeout, allow_redirects=False, stream=True,
            ) as answer:  # fmt: skip
                return answer.status_code, _read(body_of(answer, MOST_BYTES, until))
        except AnswerTooLong:
            raise AnswerLost("answer too long") from None
        except requests.ConnectTimeout as error:
            raise AskLater("ConnectTimeout") from error
        except requests.ConnectionError as error:
            if _never_connected(error):
                raise AskLater("no connection") from error
            raise AnswerLost(type(error).__name__) from error
        except requests.RequestException as error:
            raise AnswerLost(type(error).__name__) from error


def _never_connected(error: requests.ConnectionError) -> bool:
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(reason, NewConnectionError)


def _read(body: bytes) -> Mapping[str, Any]:
    try:
        told = json.loads(body or b"{}")
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _words(told: object) -> str:
    return one_line(told)[:LONGEST] if isinstance(told, str) else ""


def _receipt(told: object) -> str:
    """As they gave it, so that it proves what it proves."""
    if told is None:
        return ""
    return told if isinstance(told, str) else json.dumps(told, ensure_ascii=False)


def _is_ref(told: object) -> bool:
    return isinstance(told, (str, int)) and 0 < len(str(told)) <= LONGEST_REF


def _moment(told: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(told) if isinstance(told, str) else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None
