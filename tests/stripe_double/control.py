"""Levers for tests: `POST /control/<lever>` with JSON. Stripe has none of these."""

from __future__ import annotations

import math
from collections.abc import Callable

from tests.stripe_double import till
from tests.stripe_double.faults import Faults
from tests.stripe_double.problems import Json, Problem
from tests.stripe_double.store import Store
from tests.stripe_double.webhooks import Courier


class Control:
    """The levers, by name."""

    def __init__(self, store: Store, courier: Courier, faults: Faults) -> None:
        self.store, self.courier, self.faults = store, courier, faults
        self.levers: dict[str, Callable[[Json], Json]] = {
            "reset": self.reset,
            "pay": self.pay,
            "bank": lambda wish: till.bank_answers(self.store, wish["session"], wish["pays"]),
            "bank-waits": self.bank_waits,
            "advance": self.advance,
            "fault": self.fault,
            "webhooks": self.webhooks,
            "deliver": self.deliver,
            "next-refunds": self.next_refunds,
            "refund": lambda wish: till.settle_refund(self.store, wish["refund"], wish["status"]),
            "dispute": lambda wish: till.open_dispute(self.store, wish["payment_intent"]),
            "close-dispute": lambda wish: till.close_dispute(self.store, wish["dispute"], wish["status"]),
            "noise": self.noise,
            "requests": lambda _: {"data": self.store.requests},
            "charges": lambda _: {"data": till.charged(self.store)},
        }

    def pull(self, name: str, wish: Json) -> Json:
        """Pull one."""
        if name not in self.levers:
            raise Problem(f"No such lever: {name}. There are: {', '.join(self.levers)}.", status=404)
        if name == "deliver":  # talks to the network: not with the lock held
            return self.deliver(wish)
        with self.store.lock:
            till.tick(self.store)
            return self.levers[name](wish)

    def reset(self, _: Json) -> Json:
        """Forget everything."""
        self.store.reset()
        self.courier.reset()
        self.faults.clear()
        return {}

    def pay(self, wish: Json) -> Json:
        """Somebody pays without a browser; `amount` lets another sum than ours arrive."""
        session = self.store.get("session", wish["session"])
        session["amount_total"] = wish.get("amount", session["amount_total"])
        return till.pay(self.store, wish["session"], wish.get("how", "card"))

    def bank_waits(self, wish: Json) -> Json:
        """The bank answers only when the lever `bank` is pulled."""
        _, pays = self.store.bank_answers[wish["session"]]
        self.store.bank_answers[wish["session"]] = (math.inf, pays)
        return {}

    def advance(self, wish: Json) -> Json:
        """Let time pass."""
        self.store.ahead += wish["seconds"]
        till.tick(self.store)
        return {"now": self.store.now()}

    def fault(self, wish: Json) -> Json:
        """Order mishaps."""
        self.faults.order(wish)
        return {}

    def webhooks(self, wish: Json) -> Json:
        """How events are brought: url, secret, held, copies, drops, gather."""
        known = ("url", "secret", "held", "copies", "drops", "gather")
        for name, value in wish.items():
            if name not in known:
                raise Problem(f"Unknown: {name}. There are: {', '.join(known)}.")
            setattr(self.courier, name, value)
        return {}

    def deliver(self, wish: Json) -> Json:
        """Bring events now, held or not: those named, else all that nobody took; "newest_first" turns the order.

        "most" is how many of them at once.
        """
        with self.store.lock:
            events = list(self.store.tables["event"].values())
            named = wish.get("events")
            wanted = [
                event
                for event in events
                if (event["id"] in named if named else event["id"] not in self.store.delivered)
            ]
            kinds = wish.get("types")
            wanted = [event for event in wanted if not kinds or event["type"] in kinds]
            if wish.get("newest_first"):
                wanted.reverse()
            wanted = wanted[: wish.get("most")]
        return {
            "data": [
                {"id": event["id"], "type": event["type"], "statuses": self.courier.bring(event)} for event in wanted
            ]
        }

    def noise(self, wish: Json) -> Json:
        """Events about objects that are nobody's."""
        for _ in range(wish["times"]):
            self.store.emit(wish["kind"], {"id": "nobodys", "object": "noise"})
        return {}

    def next_refunds(self, wish: Json) -> Json:
        """Which statuses the next refunds get: "pending", "failed", "succeeded"."""
        self.store.next_refunds = list(wish["statuses"])
        return {}
