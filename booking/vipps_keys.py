"""The keys of a sales unit at Vipps MobilePay, read from the environment."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from booking import wires

KEYS = ("VIPPS_CLIENT_ID", "VIPPS_CLIENT_SECRET", "VIPPS_SUBSCRIPTION_KEY", "VIPPS_MERCHANT_SERIAL_NUMBER")
CURRENCIES = ("NOK", "DKK", "EUR", "SEK")  # of the countries where there are sales units
AT_ONCE, ON_THE_DAY = "at_once", "on_the_day"
# Where a form may lead to when it is answered by Vipps: its landing page, and what that leads on to.
PAY_PAGES = "https://*.vipps.no https://*.mobilepay.dk https://*.mobilepay.fi"

Text = Callable[[str, str], str]
Number = Callable[[str, int, int, int], int]
Switch = Callable[[str, bool], bool]


@dataclass(frozen=True, slots=True)
class VippsSettings:
    """One sales unit; `base` without a slash at its end. Without a `webhook_secret` it is not offered to buyers yet.

    `at_once` or on the day of the visit is when money is taken, and at the latest `within` this time of the approval.
    """

    client_id: str
    merchant: str  # the sales unit's number
    base: str
    currency: str
    at_once: bool
    within: timedelta
    pay_pages: str
    at_desk: bool  # whether its code may be shown on the desk's screen
    client_secret: str = field(repr=False)
    subscription_key: str = field(repr=False)
    webhook_secret: str = field(repr=False)


def read_vipps(text: Text, number: Number, switch: Switch, mistakes: list[str]) -> VippsSettings | None:
    """The keys, where there are any; what is wrong is added to the mistakes."""
    client_id, client_secret, subscription_key, merchant = (text(name, "") for name in KEYS)
    webhook_secret = text("VIPPS_WEBHOOK_SECRET", "")
    if not any((client_id, client_secret, subscription_key, merchant, webhook_secret)):
        return None
    if not all((client_id, client_secret, subscription_key, merchant)):
        mistakes.append(f"{', '.join(KEYS[:-1])} and {KEYS[-1]} must be set together.")
    elif not re.fullmatch(r"[0-9]{4,10}", merchant):
        mistakes.append(
            f"VIPPS_MERCHANT_SERIAL_NUMBER must be the sales unit's number, 4 to 10 digits, not “{merchant}”."
        )
    # They travel as headers: what no header can hold would fail at the first buyer.
    for name in (*KEYS[:-1], "VIPPS_WEBHOOK_SECRET"):
        if not re.fullmatch(r"[!-~]*", text(name, "")):
            mistakes.append(f"{name} must be plain letters, digits and signs, without spaces.")
    base = text("VIPPS_API_BASE", "https://api.vipps.no").rstrip("/")
    if not wires.is_origin(base):
        mistakes.append("VIPPS_API_BASE must be like https://api.vipps.no (for tests https://apitest.vipps.no).")
    currency = text("VIPPS_CURRENCY", "NOK")
    if currency not in CURRENCIES:
        mistakes.append(f"VIPPS_CURRENCY must be the sales unit's, one of {', '.join(CURRENCIES)}, not “{currency}”.")
    capture = text("VIPPS_CAPTURE", AT_ONCE)
    if capture not in (AT_ONCE, ON_THE_DAY):
        mistakes.append(f"VIPPS_CAPTURE must be {AT_ONCE} or {ON_THE_DAY}, not “{capture}”.")
    pages = text("VIPPS_PAY_PAGES", PAY_PAGES)
    if not all(re.fullmatch(r"https?://[*a-zA-Z0-9.:-]+", page) for page in pages.split()):  # they stand in a header
        mistakes.append("VIPPS_PAY_PAGES must be addresses like https://*.vipps.no with spaces between.")
    return VippsSettings(
        client_id=client_id,
        merchant=merchant,
        base=base,
        currency=currency,
        at_once=capture == AT_ONCE,
        within=timedelta(days=number("VIPPS_CAPTURE_WITHIN_DAYS", 4, 1, 170)),
        pay_pages=pages,
        at_desk=switch("VIPPS_AT_DESK", False),
        client_secret=client_secret,
        subscription_key=subscription_key,
        webhook_secret=webhook_secret,
    )
