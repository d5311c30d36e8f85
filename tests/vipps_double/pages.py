"""The page that plays the app: plain HTML, no scripting."""

from __future__ import annotations

from html import escape

from tests.stripe_double.pages import PAGE
from tests.vipps_double.ledger import VippsPayment

CHOICES = (("approve", "Approve"), ("decline", "The card fails; try another"), ("abort", "Say no"))


def app_page(payment: VippsPayment) -> str:
    """A payment that waits for an answer, or what has become of it."""
    title = f"{payment.value / 100:.2f} {payment.currency}"
    if payment.state != "CREATED":
        return over_page(f"This payment is {payment.state}.", payment.created["returnUrl"])
    buttons = "".join(f'<button name="how" value="{how}">{escape(words)}</button>' for how, words in CHOICES)
    words = escape(payment.created["paymentDescription"])
    return _page(title, f'<p>{words}</p><form method="post">{buttons}</form>')


def over_page(words: str, back: str = "") -> str:
    """Nothing to do here."""
    link = f'<p><a href="{escape(back)}">Back to the shop</a></p>' if back else ""
    return _page("Nothing to approve", f"<p>{escape(words)}</p>{link}")


def home_page() -> str:
    """What this is."""
    return _page("A stand-in for Vipps", "<p>README.md says how to start the shop beside it.</p>")


def _page(title: str, body: str) -> str:
    return PAGE.format(title=escape(title), body=body).replace("plays Stripe", "plays Vipps")
