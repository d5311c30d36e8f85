"""Start a stand-in in a process of its own and pull its levers from a test."""

from __future__ import annotations

from typing import Any

from tests.stripe_double.problems import Json
from tests.support.stand_in import StandIn

SECRET_KEY = "sk_test_x"
WEBHOOK_SECRET = "whsec_x"


class Double(StandIn):
    """A running stand-in; `stop` ends it. Events are held back until `deliver` or `webhooks(held=False)`."""

    def __init__(self) -> None:
        super().__init__("tests.stripe_double", "--webhook-url", "", "--webhook-secret", WEBHOOK_SECRET)

    def reset(self) -> None:
        """Forget everything; events are held back again."""
        self.pull("reset")
        self.webhooks(held=True)

    def pay(self, session: str, how: str = "card", **more: int) -> Json:
        """Somebody pays: "card", "declined", "later", "later_fails"."""
        return self.pull("pay", session=session, how=how, **more)

    def bank(self, session: str, *, pays: bool) -> None:
        """The bank of a delayed payment answers."""
        self.pull("bank", session=session, pays=pays)

    def advance(self, seconds: float) -> None:
        """Let time pass at Stripe."""
        self.pull("advance", seconds=seconds)

    def fault(self, what: str, *, path: str = "/v1/", **more: object) -> None:
        """As `StandIn.fault`, for any request of the API unless a path is named."""
        super().fault(what, path=path, **more)

    def webhooks(self, **how: object) -> None:
        """How events are brought: url, secret, held, copies, drops, gather."""
        self.pull("webhooks", **how)

    def deliver(self, **which: object) -> list[Json]:
        """Bring events now and tell how each went."""
        told: list[Json] = self.pull("deliver", **which)["data"]
        return told

    def requests(self, method: str = "", path: str = "") -> list[Json]:
        """What was asked, oldest first; `path` is how it begins."""
        requests: list[dict[str, Any]] = self.pull("requests")["data"]
        return [
            request for request in requests if request["method"].startswith(method) and request["path"].startswith(path)
        ]
