"""What desk, office and accountant do on their pages."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from random import Random
from threading import Lock
from urllib.parse import urlsplit

from tests.chaos.browser import Browser, Form, Refused, Unknown
from tests.chaos.house import House
from tests.chaos.ledger import Bought, Standing
from tests.chaos.visitors import TICKETS, Scene

MORE_ROOM = 30  # places that the office adds to a time at once
PRESSES = 5  # of the same form, until somebody answers
IS_PAID = ">Paid<"


@dataclass
class Colleague:
    """Somebody signed in, who does one thing after the other."""

    browser: Browser
    lock: Lock = field(default_factory=Lock)


@dataclass
class Staff:
    """All who work here."""

    desk: list[Colleague]
    office: Colleague
    finance: Colleague


def sign_in(house: House, dice: Random) -> Staff:
    """Everybody by the link of their own."""

    def enter(link: str) -> Colleague:
        browser = Browser(house.ports, dice)
        browser.follow(browser.get(link).form("csrf_token"))
        return Colleague(browser)

    links = house.furnished
    return Staff([enter(link) for link in links.desk], enter(links.office), enter(links.finance))


def let_in(scene: Scene, staff: Staff) -> bool:
    """Some of a party whose time is now; the same form is pressed until there is an answer, and counts once."""
    today = set(scene.house.furnished.today)
    bought = scene.ledger.take(
        scene.dice,
        lambda bought: (
            bought.standing is Standing.CONFIRMED
            and bought.slot in today
            and bought.admitted is not None
            and bought.admitted < bought.people
        ),
    )
    if bought is None:
        return False
    clerk = scene.dice.choice(staff.desk)
    try:
        with clerk.lock:
            _admit(clerk.browser, bought)
    finally:
        scene.ledger.leave(bought)
    return True


def _admit(browser: Browser, bought: Bought) -> None:
    party = f"/staff/desk/booking/{bought.key}" if bought.key.isdigit() else _party(browser, bought)
    form = browser.get(party).form(action="/admit")
    before, bought.admitted = bought.admitted or 0, None
    try:
        where = _pressed(browser, form, **{form.numbers()[0]: "1"})
    except Refused:
        bought.admitted = before
        raise
    if "done=" not in where:
        raise Unknown("let in, and not said so")
    bought.admitted = before + 1


def _party(browser: Browser, bought: Bought) -> str:
    """Found as the desk finds people: by the address they give."""
    hits = browser.get(f"/staff/desk/search?q={bought.email}").links("/staff/desk/booking/")
    if not hits:
        raise Refused("nobody of that address")
    return hits[0]


def _pressed(browser: Browser, form: Form, **typed: str) -> str:
    """A form with a mark of its own, pressed again until there is an answer."""
    for _press in range(PRESSES):
        try:
            return browser.follow(form, **typed)
        except Unknown:
            browser.get(urlsplit(form.action).path.rpartition("/")[0])  # until somebody opens again
    raise Unknown("nobody answers the desk")


def walk_in(scene: Scene, staff: Staff) -> None:
    """Places held and paid in the till, tickets by mail."""
    clerk, people = scene.dice.choice(staff.desk), scene.dice.randint(1, 4)
    with clerk.lock:
        browser = clerk.browser
        page = browser.get("/staff/desk/sell")
        times = page.links("/staff/desk/sell?slot=", "free")
        if not times:
            raise Refused("no free time at the desk")
        form = browser.get(scene.dice.choice(times)).form("slot")
        sale = browser.follow(form, **{form.numbers()[0]: str(people)})
        email = f"walkin{scene.number}@example.org"
        key, slot = sale.rsplit("/", 1)[-1], int(str(form.fields["slot"]))
        bought = scene.ledger.write(Bought(key, email, people, slot, Standing.EITHER, busy=True))
        try:
            paid = browser.get(sale).form("receipt")
            page = browser.get(browser.follow(paid, receipt=str(scene.number), name="Walk-in", email=email))
            if IS_PAID not in page.text:
                raise Unknown("a sale that does not say that it is paid")
            bought.standing = Standing.CONFIRMED
            bought.letters.append(TICKETS)
        finally:
            scene.ledger.leave(bought)


def more_room(scene: Scene, staff: Staff) -> None:
    """A time gets more places, which are sold from then on."""
    with staff.office.lock:
        browser = staff.office.browser
        slot = scene.dice.choice(scene.house.furnished.slots)
        form = browser.get(f"/staff/capacity/slot/{slot}").form("capacity")
        browser.follow(form, capacity=str(int(str(form.fields["capacity"])) + MORE_ROOM))


def issue(scene: Scene, staff: Staff) -> bool:
    """Everything that can be invoiced; False when nothing can."""
    with staff.finance.lock:
        browser = staff.finance.browser
        page = browser.get("/staff/invoices")
        keys = set(re.findall(r'name="receivable" value="([^"]+)" checked', page.text))
        if not keys:
            return False
        preview = browser.send(page.form("receivable"))
        if preview.status != 200:
            raise Refused(f"preview: {preview.status}")
        batch = preview.form(action="/issue")
        with scene.ledger.lock:
            scene.ledger.perhaps_invoiced |= keys
        browser.follow(batch)
        with scene.ledger.lock:
            scene.ledger.invoiced |= keys & _of(batch)
    return True


def _of(batch: Form) -> set[str]:
    keys = batch.fields.get("receivable", [])
    return set(keys if isinstance(keys, list) else [keys])
