"""Where Vipps brings its news: registered by a command, whose answer has the secret that signs them."""

from __future__ import annotations

from dataclasses import dataclass

from booking.kernel.codes import new_secret
from booking.payments.provider import Unreachable
from booking.payments.vipps.client import VippsClient

HOOKS = "/webhooks/v1/webhooks"
PATH = "/vipps/webhook"
EVENTS = tuple(
    f"epayments.payment.{name}.v1"
    for name in ("authorized", "captured", "cancelled", "refunded", "aborted", "expired", "terminated")
)


@dataclass(frozen=True, slots=True)
class Hook:
    """One registration."""

    ref: str
    url: str


def registered(client: VippsClient) -> list[Hook]:
    """All of the sales unit. Raises Unreachable, Rejected."""
    told = client.get(HOOKS)
    hooks = told.get("webhooks") if isinstance(told, dict) else told
    if not isinstance(hooks, list):
        raise Unreachable("no list of webhooks")
    return [Hook(str(hook.get("id", "")), str(hook.get("url", ""))) for hook in hooks if isinstance(hook, dict)]


def register(client: VippsClient, public_url: str) -> str:
    """Let news of payments come to this house; returns the secret, which is told this once. Raises as above."""
    told = client.post(HOOKS, {"url": f"{public_url}{PATH}", "events": list(EVENTS)}, f"hook:{new_secret()}")
    secret = told.get("secret") if isinstance(told, dict) else None
    if not isinstance(secret, str) or not secret:
        raise Unreachable("no secret in the answer")
    return secret


def remove(client: VippsClient, ref: str) -> None:
    """No news by this one any more. Raises as above."""
    client.delete(f"{HOOKS}/{ref}")
