"""Opening pages changes nothing: neither what is asked for nor anything else, whoever asks."""

from __future__ import annotations

import hashlib
import re
from itertools import product

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Column, select
from werkzeug.routing import Rule

from booking.demo.load import load_if_empty
from booking.kernel.codes import is_secret
from booking.kernel.database import Model, db
from booking.staff.models import Role
from tests.builders import a_confirmed_booking, a_sale, a_slot
from tests.web.browsing import Visitor
from tests.web.test_every_address import rules, sign_in

EACH = 3  # of each kind of secret
MOST = 40  # addresses of one rule


def everything() -> dict[str, str]:
    """The whole database, as a sum for each table."""
    db.session.rollback()
    sums = {}
    for table in Model.metadata.sorted_tables:
        rows = sorted(repr(tuple(row)) for row in db.session.execute(select(table)))
        sums[table.name] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    db.session.rollback()
    return sums


def opened_by() -> list[str]:
    """Some of all that opens anything: codes and secrets of every table, of rows in different states."""
    found: list[str] = []
    for table in Model.metadata.sorted_tables:
        for column in table.columns:
            if re.search(r"secret|code|key", column.name):
                found += secrets_in(column)
    return found


def secrets_in(column: Column[str]) -> list[str]:
    """Some secrets that stand in a column, of each state that its table knows."""
    state = column.table.columns.get("state")
    values = db.session.execute(select(column, state if state is not None else column)).all()
    by_state: dict[object, list[str]] = {}
    for value, key in values:
        if isinstance(value, str) and is_secret(value):
            by_state.setdefault(key if state is not None else None, []).append(value)
    return [one for some in by_state.values() for one in some[:EACH]]


def addresses(rule: Rule, secrets: list[str], slugs: list[str]) -> list[str]:
    """What this rule may be asked for: with secrets, numbers and names that are there."""
    fills = []
    for name in re.findall(r"<((?:\w+:)?\w+)>", rule.rule):
        if name == "lang":
            fills.append(["nb"])
        elif name.startswith("int:"):
            fills.append(["1", "2", "7"])
        else:
            fills.append(secrets if name in ("secret", "key", "code") else [*slugs, *secrets[:2]])
    made = []
    for values in list(product(*fills)):
        address = rule.rule
        for value in values:
            address = re.sub(r"<[^>]+>", value, address, count=1)
        made.append(address)
    step = max(1, len(made) // MOST)
    return made[::step]


def test_opening_any_page_leaves_the_whole_database_as_it_was(app: Flask, client: FlaskClient) -> None:
    assert load_if_empty("vizium")
    sign_in(client, Role.ADMIN)
    client.get("/staff/")  # from now on the session has been seen
    secrets, before = opened_by(), everything()
    slugs = [str(one) for one in db.session.scalars(select(Model.metadata.tables["activity"].c.slug).limit(4))]
    assert len(secrets) > 10
    guest = app.test_client()
    answered = 0
    for rule in rules(app):
        if "GET" not in (rule.methods or ()) or rule.endpoint == "staff.sign_out":
            continue
        for address in addresses(rule, secrets, slugs):
            for browser, method in ((guest, "GET"), (client, "GET"), (client, "HEAD")):
                with app.app_context():
                    status = browser.open(address, method=method).status_code
                assert status < 500, address
                answered += status == 200
        changed = {name for name, total in everything().items() if total != before[name]}
        assert not changed, (rule.rule, changed)
    assert answered > 100


def test_the_page_of_one_booking_leaves_the_basket_of_another_alone(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale(capacity=40)
    other = a_confirmed_booking(a_slot(1, starts_at=None), adult)
    visitor.checkout(slot, adult)
    assert "Du holder" in visitor.get("/nb/tickets").get_data(as_text=True) or visitor.client.get_cookie("basket")
    basket = visitor.client.get_cookie("basket")
    assert visitor.get(f"/nb/b/{other.secret}").status_code == 200
    assert visitor.client.get_cookie("basket") == basket is not None
    own = visitor.buy(slot, adult)
    visitor.get(own)
    assert visitor.client.get_cookie("basket") is None
