"""The pay page that a person sees: plain HTML, no scripting."""

from __future__ import annotations

from html import escape

from tests.stripe_double.problems import Json

CHOICES = (
    ("card", "Pay"),
    ("declined", "Card declined"),
    ("later", "Pay later: the bank answers yes after 20 seconds"),
    ("later_fails", "Pay later: the bank answers no after 20 seconds"),
)
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>body{{font:1.1rem/1.6 system-ui,sans-serif;max-width:34rem;margin:3rem auto;padding:0 1rem}}
button{{font:inherit;display:block;width:100%;margin:.5rem 0;padding:.6rem;cursor:pointer}}
[role=alert]{{border-inline-start:.4rem solid #b00;padding:.2rem 1rem}}</style></head>
<body><main><p>This plays Stripe. No money moves.</p><h1>{title}</h1>{body}</main></body></html>"""


def pay_page(session: Json, problem: str = "") -> str:
    """The page of an open session."""
    sum_ = f"{session['amount_total'] / 100:.2f} {session['currency'].upper()}"
    buttons = "".join(f'<button name="how" value="{how}">{escape(words)}</button>' for how, words in CHOICES)
    alert = f'<p role="alert">{escape(problem)}</p>' if problem else ""
    who = escape(session["customer_email"] or "")
    back = f'<p><a href="{escape(session["cancel_url"])}">Back to the shop</a></p>' if session["cancel_url"] else ""
    return _page(f"Pay {sum_}", f'{alert}<p>{who}</p><form method="post">{buttons}</form>{back}')


def over_page(session: Json) -> str:
    """The page of a session that is over."""
    back = session["cancel_url"] if session["status"] == "expired" else session["success_url"]
    link = f'<p><a href="{escape(back)}">Back to the shop</a></p>' if back else ""
    return _page("Nothing to pay here", f"<p>This session is {escape(session['status'])}.</p>{link}")


def none_page() -> str:
    """There is no such session."""
    return _page("Nothing to pay here", "<p>No such session.</p>")


def home_page() -> str:
    """What this is."""
    return _page(
        "A stand-in for Stripe",
        "<p>Start the shop with <code>STRIPE_SECRET_KEY=sk_test_x STRIPE_WEBHOOK_SECRET=whsec_x "
        "STRIPE_API_BASE=http://localhost:12111 make run</code> and buy a ticket.</p>",
    )


def _page(title: str, body: str) -> str:
    return PAGE.format(title=escape(title), body=body)
