"""What visitors do: look, buy and pay, cancel, take another time."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from urllib.parse import urlsplit

from tests.chaos.browser import Away, Browser, Form, Page, Refused, Unknown
from tests.chaos.house import House
from tests.chaos.ledger import Bought, Ledger, Standing

TICKETS, CANCELLED, CHANGED = "Your tickets to", "Your booking has been cancelled", "Your booking has"
HAS_TICKETS = "party-ticket"  # the part of the page that only a booking that counts has
IS_CANCELLED = "This booking is cancelled"
LOOKS = 6  # at one's booking, until the bank has answered


@dataclass
class Scene:
    """Who acts on what: one operation's own."""

    house: House
    ledger: Ledger
    dice: Random
    number: int

    def browser(self) -> Browser:
        """Somebody new."""
        return Browser(self.house.ports, self.dice)


def look(scene: Scene) -> None:
    """The month, a day, a time: nothing else."""
    browser = scene.browser()
    choose(scene.dice, browser)
    browser.get("/en/today")


def buy(scene: Scene) -> Bought:
    """By card, at the provider's page."""
    return _buy(scene, lambda browser, page: _press(browser, page, "card"))


def by_a_slow_bank(scene: Scene) -> Bought:
    """The money comes, or not, when the bank has answered."""
    how = scene.dice.choice(("later", "later_fails"))
    return _buy(scene, lambda browser, page: _press(browser, page, how), sure=False)


def declined_first(scene: Scene) -> Bought:
    """The first card is refused, the second is not."""

    def pay(browser: Browser, page: Page) -> str:
        browser.send(page.form("how"), how="declined")
        return _press(browser, page, "card")

    return _buy(scene, pay)


def with_vipps(scene: Scene) -> Bought:
    """Approved in the app."""
    return _buy(scene, lambda browser, page: _press(browser, page, "approve"), way="vipps")


def no_in_the_app_first(scene: Scene) -> Bought:
    """Then, with the basket back, by card or in the app after all."""
    browser = scene.browser()
    till, bought = _to_the_till(scene, browser, scene.dice.randint(1, 4), "vipps")
    browser.get(_press(browser, browser.get(till), "abort"))
    way, how = scene.dice.choice((("card", "card"), ("vipps", "approve")))
    form = browser.get(f"/en/checkout/{bought.key}").form("email")
    till = _go_to_pay(browser, form, f"Visitor {scene.number}", bought.email, way)
    return _pay(scene, browser, till, bought, lambda browser, page: _press(browser, page, how))


def walk_away(scene: Scene) -> None:
    """As far as the provider's page, and no further."""
    browser = scene.browser()
    _to_the_till(scene, browser, scene.dice.randint(1, 3))


def cancel(scene: Scene) -> bool:
    """Of what was bought before; False where there is nothing."""
    return _act(scene, lambda bought: _cancel(scene.browser(), bought))


def move(scene: Scene) -> bool:
    """Of what was bought before: another time, for as many."""
    return _act(scene, lambda bought: _move(scene, bought))


def stands(page: Page) -> Standing:
    """What a booking's own page says."""
    if HAS_TICKETS in page.text:
        return Standing.CONFIRMED
    return Standing.CANCELLED if IS_CANCELLED in page.text else Standing.EITHER


def _act(scene: Scene, work: Callable[[Bought], None]) -> bool:
    bought = scene.ledger.take(
        scene.dice,
        lambda bought: (
            bought.standing is Standing.CONFIRMED
            and not bought.admitted
            and not bought.is_visit
            and not bought.key.isdigit()
        ),
    )
    if bought is None:
        return False
    try:
        work(bought)
    finally:
        scene.ledger.leave(bought)
    return True


def _cancel(browser: Browser, bought: Bought) -> None:
    form = browser.get(f"/en/b/{bought.key}/cancel").form("shown")
    bought.standing = Standing.EITHER  # until it is answered
    try:
        page = browser.get(browser.follow(form))
    except Refused:
        bought.standing = Standing.CONFIRMED
        raise
    bought.standing = stands(page)
    if bought.standing is not Standing.CANCELLED:
        raise Unknown("a cancelled booking that does not say so")
    bought.letters[:] = [CANCELLED]  # tickets that no letter was written of yet are not worth one any more


def _move(scene: Scene, bought: Bought) -> None:
    browser, slot = scene.browser(), bought.slot
    page = browser.get(f"/en/b/{bought.key}/change")
    times = page.links("slot=", "free") + page.links("slot=", "few")
    if not times:
        raise Refused("no other time")
    chosen = scene.dice.choice(times)
    form = browser.get(chosen).form("slot")
    wanted, number = int(str(form.fields["slot"])), form.numbers()[0]
    bought.slot = None
    try:
        where = browser.follow(form, slot=str(wanted), **{number: str(bought.people)})
    except Refused:
        bought.slot = slot
        raise
    if urlsplit(where).path.startswith("/en/b/"):
        bought.slot = wanted
    else:
        raise Unknown("a change that costs something")


Paying = Callable[[Browser, Page], str]


def _buy(scene: Scene, pay: Paying, *, way: str = "card", sure: bool = True) -> Bought:
    browser, people = scene.browser(), scene.dice.randint(1, 4)
    till, bought = _to_the_till(scene, browser, people, way)
    return _pay(scene, browser, till, bought, pay, sure=sure)


def _pay(scene: Scene, browser: Browser, till: str, bought: Bought, pay: Paying, *, sure: bool = True) -> Bought:
    """At the provider's page, until the booking's own says that it stands."""
    page = browser.get(till)
    session = urlsplit(till).path.rsplit("/", 1)[-1]
    back = pay(browser, page)
    if sure:
        with scene.ledger.lock:
            scene.ledger.paid.add(session)
    for _look in range(LOOKS):
        page = browser.get(back)
        bought.standing = stands(page)
        if bought.standing is Standing.CONFIRMED:
            bought.letters.append(TICKETS)
            return bought
        if not sure:
            return bought
        scene.house.wait(1)
    raise Unknown("paid, and not confirmed yet")


def _to_the_till(scene: Scene, browser: Browser, people: int, way: str = "card") -> tuple[str, Bought]:
    """Places chosen, held, and a name given: the provider's page, and the booking as it may come to be."""
    slot, form = choose(scene.dice, browser)
    checkout = browser.follow(form, **{form.numbers()[0]: str(people)})
    key = checkout.rsplit("/", 1)[-1]
    email = f"visitor{scene.number}@example.org"
    form = browser.get(checkout).form("email")
    bought = scene.ledger.write(Bought(key, email, people, slot, Standing.EITHER, busy=True))
    try:
        till = _go_to_pay(browser, form, f"Visitor {scene.number}", email, way)
    finally:
        bought.busy = False
    return till, bought


def _go_to_pay(browser: Browser, form: Form, name: str, email: str, way: str) -> str:
    """Who gets no answer opens the page again and presses again, as people do."""
    try:
        return browser.follow(form, name=name, email=email, way=way)
    except Unknown:
        form = browser.get(form.action).form("email")
        return browser.follow(form, name=name, email=email, way=way)


def choose(dice: Random, browser: Browser, lang: str = "en") -> tuple[int, Form]:
    """A free time of a free day, as the pages offer them."""
    page = browser.get(f"/{lang}/tickets?party=2")
    days = page.links("date=", "free") + page.links("date=", "few")
    if not days:
        raise Refused("no free day")
    page = browser.get(dice.choice(days))
    times = page.links("slot=", "free") + page.links("slot=", "few")
    if not times:
        raise Refused("no table")
    chosen = dice.choice(times)
    slot = re.search(r"slot=([0-9]+)", chosen)
    assert slot
    return int(slot[1]), browser.get(chosen).form("csrf_token", "/tickets")


def _press(browser: Browser, page: Page, how: str) -> str:
    """A button of the provider's page, and where it sends us back to."""
    try:
        return browser.follow(page.form("how"), how=how)
    except Away:
        raise Unknown("the provider's page") from None
