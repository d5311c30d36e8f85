"""Letters that came back as staff bring them: reports of mail servers (RFC 3464), or addresses in plain text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import Message
from email.policy import default

from booking.kernel.typed import mail_address
from booking.newsletter.bounces import Bounce, judge, note_bounce, status_of
from booking.records.audit import note

MOST = 2_000  # of one time
LONGEST_LINE = 320
_ADDRESS = re.compile(r"[^\s<>\"',;:()\[\]]{1,64}@[^\s<>\"',;:()\[\]]{1,255}")


@dataclass(frozen=True, slots=True)
class Returned:
    """One address that a letter did not reach, and what was said of it."""

    email: str
    bounce: Bounce
    code: str


@dataclass(frozen=True, slots=True)
class ReturnedCount:
    """What came of a list: taken off, counted for now, not the address's fault, and not on the list."""

    off: int = 0
    counted: int = 0
    ours: int = 0
    unknown: int = 0

    @property
    def in_all(self) -> int:
        """How many addresses were read."""
        return self.off + self.counted + self.ours + self.unknown


def read_text(text: str) -> list[Returned]:
    """Addresses in plain text, each once: staff say that they do not exist."""
    addresses: dict[str, None] = {}
    for line in text.splitlines():
        for candidate in _ADDRESS.findall(line[: LONGEST_LINE * 10]):
            if email := _address(candidate):
                addresses[email] = None
    return [Returned(email, Bounce.GONE, "") for email in list(addresses)[:MOST]]


def read_report(content: bytes) -> list[Returned]:
    """What a report says of each recipient; nothing for a letter that is no report (RFC 3462, RFC 3464)."""
    try:
        report = message_from_bytes(content, policy=default)
        return [recipient for part in _status_parts(report) for recipient in _recipients(part)][:MOST]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):  # whatever a broken letter makes of it
        return []


def note_returned(returned: Iterable[Returned], now: datetime, actor: str) -> ReturnedCount:
    """Take off the list whom letters cannot reach; call inside a unit of work."""
    counts: Counter[Bounce | None] = Counter()
    for each in returned:
        counts[note_bounce(each.email, each.bounce, each.code or "staff", now)] += 1
    outcome = ReturnedCount(counts[Bounce.GONE], counts[Bounce.AWAY], counts[Bounce.OURS], counts[None])
    facts = {"off": outcome.off, "counted": outcome.counted, "unknown": outcome.unknown}
    note(actor, "subscriber.returned", "list:subscribers", None, facts)
    return outcome


def _status_parts(report: Message) -> Iterator[Message]:
    for part in report.walk():
        if part.get_content_type() == "message/delivery-status":
            fields = part.get_payload()
            if isinstance(fields, list):
                yield from (group for group in fields if isinstance(group, Message))


def _recipients(group: Message) -> Iterator[Returned]:
    """The fields of one recipient; the first group of a report is about the report and names none."""
    whom = str(group.get("Original-Recipient") or group.get("Final-Recipient") or "")
    email = _address(whom.partition(";")[2] or whom)
    action = str(group.get("Action") or "").strip().lower()
    if not email or action not in ("failed", "delayed"):
        return
    status = f"{group.get('Status') or ''} {group.get('Diagnostic-Code') or ''}"
    plain = re.search(r"\b([45][0-9]{2})\b", str(group.get("Diagnostic-Code") or ""))
    bounce = Bounce.AWAY if action == "delayed" else judge(int(plain[1]) if plain else 0, status)
    yield Returned(email, bounce, status_of(status) or (plain[1] if plain else ""))


def _address(text: str) -> str:
    try:
        return mail_address(text.strip().strip("<>"))
    except ValueError:
        return ""
