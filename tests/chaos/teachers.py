"""What teachers do: plan a class's visit to the exhibition, book it, and sometimes cancel it."""

from __future__ import annotations

from urllib.parse import urlencode

from tests.chaos.browser import Refused, Unknown
from tests.chaos.ledger import Bought, Standing
from tests.chaos.visitors import Scene

VISIT, VISIT_OFF = "Your visit to", "Your visit has been cancelled"
ADULTS = 2


def book_a_class(scene: Scene) -> None:
    """The plan that is offered, for a school that is found."""
    browser, pupils = scene.browser(), scene.dice.randint(8, 24)
    wish = {
        "name": f"{scene.dice.randint(5, 7)}{scene.dice.choice('ABC')}", "grade": "6", "pupils": str(pupils),
        "adults": str(ADULTS), "date": str(scene.house.furnished.class_day), "arrival": "09:00", "departure": "14:00",
        "exhibition": "60", "plan": "1",
    }  # fmt: skip
    proposed = browser.get(f"/en/school/visit?{urlencode(wish)}").form("plan")
    page = browser.send(proposed)
    page = browser.send(page.form("school_q"), school_q="solbakken", step="find")
    email = f"teacher{scene.number}@example.org"
    who = {"name": "Kari Nordmann", "email": email, "mobile": "90000000", "invoice_reference": "12345"}
    try:
        where = browser.follow(page.form("school"), step="book", **who)
    except Unknown:
        scene.ledger.write(Bought("", email, pupils + ADULTS, None, Standing.EITHER, is_visit=True))
        raise
    key = where.partition("?")[0].rsplit("/", 1)[-1]
    scene.ledger.write(Bought(key, email, pupils + ADULTS, None, Standing.CONFIRMED, [VISIT], is_visit=True))


def cancel_a_class(scene: Scene) -> bool:
    """Of those that are booked; False where there is none."""
    bought = scene.ledger.take(
        scene.dice, lambda bought: bought.is_visit and bought.standing is Standing.CONFIRMED and bool(bought.key)
    )
    if bought is None:
        return False
    browser = scene.browser()
    try:
        form = browser.get(f"/en/visit/{bought.key}/cancel").form("shown")
        bought.standing = Standing.EITHER
        try:
            browser.follow(form)
        except Refused:
            bought.standing = Standing.CONFIRMED
            raise
        bought.standing = Standing.CANCELLED
        bought.letters[:] = [VISIT_OFF]
    finally:
        scene.ledger.leave(bought)
    return True
