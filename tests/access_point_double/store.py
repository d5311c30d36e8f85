"""What the stand-in holds: documents by their name, who can receive, and how it behaves."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock
from typing import Any
from xml.etree.ElementTree import ParseError, fromstring

Json = dict[str, Any]
DELETED_SCHEMES = ("9908",)  # still on some payers' pages


class Refused(Exception):
    """A document that a real access point would not take; `str()` is what it says."""


@dataclass
class Held:
    """One document."""

    ref: str
    key: str
    recipient: str
    digest: str
    state: str = "waiting"
    why: str = ""
    receipt: Json | None = None
    at: str | None = None
    response: str = "none"
    response_why: str = ""

    def told(self) -> Json:
        """As the API tells of it."""
        return {
            "id": self.ref, "state": self.state, "why": self.why, "receipt": self.receipt, "at": self.at,
            "response": self.response, "response_why": self.response_why,
        }  # fmt: skip


@dataclass
class Post:
    """All that is held. `knows_keys`: the same key twice is one document, and can be asked for."""

    held: list[Held] = field(default_factory=list)
    unknown: set[str] = field(default_factory=set)
    knows_keys: bool = True
    asked: list[str] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def reset(self) -> None:
        """As at the start."""
        self.held, self.unknown, self.knows_keys, self.asked = [], set(), True, []

    def receives(self, recipient: str) -> bool:
        """Whether it is in the register."""
        return recipient not in self.unknown and recipient.partition(":")[0] not in DELETED_SCHEMES

    def take(self, key: str, recipient: str, body: bytes) -> tuple[Held, bool]:
        """Hold a document; False when it is held already. Raises Refused."""
        if self.knows_keys and (held := self.by_key(key)) is not None:
            return held, False
        if not self.receives(recipient):
            raise Refused(f"receiver {recipient} is not registered")
        try:
            root = fromstring(body) if b"<!DOCTYPE" not in body else None
        except ParseError as error:
            raise Refused(f"XML: {error}") from error
        if root is None or root.tag.rpartition("}")[2] not in ("Invoice", "CreditNote"):
            raise Refused("no invoice")
        held = Held(f"ap-{len(self.held) + 1}", key, recipient, hashlib.sha256(body).hexdigest())
        self.held.append(held)
        return held, True

    def by_key(self, key: str) -> Held | None:
        """What came by a key."""
        return next((held for held in self.held if held.key == key), None)

    def by_ref(self, ref: str) -> Held | None:
        """What has this name."""
        return next((held for held in self.held if held.ref == ref), None)

    def settle(self, ref: str, wish: Json) -> None:
        """Something becomes of a document."""
        held = self.by_ref(ref)
        if held is None:
            raise KeyError(ref)
        for name, value in wish.items():
            setattr(held, name, value)
        if wish.get("state") == "delivered":
            held.at = datetime.now(UTC).isoformat()
            held.receipt = {"receipt": f"MLS of {ref}", "at": held.at}
