"""Start a stand-in in a process of its own and pull its levers from a test."""

from __future__ import annotations

from datetime import timedelta

from booking.vipps_keys import PAY_PAGES, VippsSettings
from tests.support.stand_in import StandIn
from tests.vipps_double.keys import CLIENT_ID, CLIENT_SECRET, MERCHANT, SUBSCRIPTION_KEY, WEBHOOK_SECRET
from tests.vipps_double.ledger import Json


class Vipps(StandIn):
    """A running stand-in; `stop` ends it. News are held back until `bring` or `webhooks(held=False)`."""

    def __init__(self) -> None:
        super().__init__("tests.vipps_double", "--webhook-url", "", "--webhook-secret", WEBHOOK_SECRET)

    def settings(
        self, *, at_once: bool = True, within: timedelta = timedelta(days=4), at_desk: bool = False
    ) -> VippsSettings:
        """The keys of its one sales unit."""
        return VippsSettings(
            client_id=CLIENT_ID,
            merchant=MERCHANT,
            base=self.base,
            currency="NOK",
            at_once=at_once,
            within=within,
            pay_pages=f"{PAY_PAGES} {self.base}",
            at_desk=at_desk,
            client_secret=CLIENT_SECRET,
            subscription_key=SUBSCRIPTION_KEY,
            webhook_secret=WEBHOOK_SECRET,
        )

    def reset(self) -> None:
        """Forget everything; news are held back again."""
        self.pull("reset")

    def answer(self, reference: str, how: str = "approve", **more: int) -> None:
        """The buyer acts in the app: "approve", "decline", "abort"."""
        self.pull("answer", reference=reference, how=how, **more)

    def by_hand(self, what: str, reference: str, amount: int = 0) -> None:
        """Staff in Vipps' own pages: "capture", "cancel", "refund"."""
        self.pull("by-hand", what=what, reference=reference, amount=amount)

    def advance(self, seconds: float) -> None:
        """Let time pass at Vipps."""
        self.pull("advance", seconds=seconds)

    def bring(self, **how: object) -> list[int]:
        """Bring the news that wait; the statuses."""
        told: list[int] = self.pull("bring", **how)["data"]
        return told

    def payment(self, reference: str) -> Json:
        """How a payment stands there."""
        (told,) = [payment for payment in self.pull("payments")["data"] if payment["reference"] == reference]
        stands: Json = told
        return stands

    def money(self, reference: str) -> tuple[int, int, int]:
        """What was taken, let go of and sent back."""
        stands = self.payment(reference)["aggregate"]
        return tuple(stands[f"{name}Amount"]["value"] for name in ("captured", "cancelled", "refunded"))  # type: ignore[return-value]

    def requests(self, method: str = "", end: str = "") -> list[Json]:
        """What was asked, oldest first; `end` is how the path ends."""
        requests: list[Json] = self.pull("requests")["data"]
        return [call for call in requests if call["method"].startswith(method) and call["path"].endswith(end)]
