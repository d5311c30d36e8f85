"""What the double remembers: objects by id, events, remembered answers, and its own clock."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import dataclass, field
from threading import RLock

from booking.kernel import clock
from tests.stripe_double import objects
from tests.stripe_double.problems import Json, Problem, missing


@dataclass
class Answered:
    """What was answered to an idempotency key; `status` is None while the first request is still under way."""

    fingerprint: str
    status: int | None = None
    body: Json = field(default_factory=dict)


class Store:
    """All state. Hold `lock` while reading or changing it."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.lock = RLock()
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self.ahead = 0.0
        self.tables: dict[str, dict[str, Json]] = {
            name: {} for name in ("session", "intent", "charge", "refund", "dispute", "event")
        }
        self.delivered: set[str] = set()  # ids of events that somebody took
        self.undelivered: dict[str, Json] = {}  # events that nobody took yet, the oldest first
        self.open: dict[str, Json] = {}  # sessions that can be paid or run out
        self.intent_metadata: dict[str, Json] = {}  # by session, until its intent is made
        self.bank_answers: dict[str, tuple[float, bool]] = {}  # by session: when, and whether it pays
        self.answered: dict[str, Answered] = {}
        self.requests: list[Json] = []
        self.next_refunds: list[str] = []  # statuses of the refunds made next, else succeeded

    def now(self) -> int:
        """The double's own time, in seconds."""
        return int(clock.now().timestamp() + self.ahead)

    def put(self, table: str, row: Json) -> Json:
        """Remember an object."""
        self.tables[table][row["id"]] = row
        return row

    def get(self, table: str, ref: str) -> Json:
        """An object. Raises Problem when there is none."""
        try:
            return self.tables[table][ref]
        except KeyError:
            raise missing(table, ref) from None

    def emit(self, kind: str, subject: Json) -> None:
        """Something happened: keep an event with the object as it is now."""
        event = self.put("event", objects.event(kind, copy.deepcopy(subject), self.now()))
        self.undelivered[event["id"]] = event

    def page(self, listed: Iterable[Json], params: Json, url: str) -> Json:
        """One page of a list, newest first."""
        rows = list(listed)[::-1]
        limit = params.get("limit", 10)
        if not 1 <= limit <= 100:
            raise Problem("Invalid limit: must be between 1 and 100", param="limit")
        ids = [row["id"] for row in rows]
        for name in ("starting_after", "ending_before"):
            if name in params and params[name] not in ids:
                raise missing("object", params[name])
        if "starting_after" in params:
            rows = rows[ids.index(params["starting_after"]) + 1 :]
        elif "ending_before" in params:
            rows = rows[: ids.index(params["ending_before"])]
            page = rows[-limit:]
            return {"object": "list", "url": url, "data": page, "has_more": len(rows) > limit}
        return {"object": "list", "url": url, "data": rows[:limit], "has_more": len(rows) > limit}
