"""Opening pages changes nothing: neither what is asked for nor anything else, whoever asks."""

from __future__ import annotations

import hashlib
import re
from itertools import product

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Column, select
from werkzeug.routing import Rule

from booking.catalogue.models import Activity
from booking.kernel.codes import is_secret
from booking.kernel.database import Model, db
from booking.staff.models import Role
from tests.builders import a_confirmed_booking, a_sale, a_slot, tomorrow
from tests.support.demos import lay_out_here
from tests.web.browsing import Visitor
from tests.web.test_every_address import rules, sign_in

EACH = 2  # of each state of each kind of secret
MOST = 12  # addresses of one rule
TOGETHER = 30  # rules between two looks at the whole database


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
    secrets: list[str] = []
    for table in Model.metadata.sorted_tables:
        for column in table.columns:
            if re.search(r"secret|code|key", column.name):
                secrets += secrets_in(column)
    return secrets


def secrets_in(column: Column[str]) -> list[str]:
    """Some secrets that stand in a column, of each state that its table knows."""
    state = column.table.columns.get("state")
    values = db.session.execute(select(column, state if state is not None else column)).all()
    by_state: dict[object, list[str]] = {}
    for value, key in values:
        if isinstance(value, str) and is_secret(value):
            by_state.setdefault(key if state is not None else None, []).append(value)
    return [value for of_state in by_state.values() for value in of_state[:EACH]]


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
    lay_out_here("vizium")
    sign_in(client, Role.ADMIN)
    client.get("/staff/")  # from now on the session has been seen
    secrets, before = opened_by(), everything()
    slugs = [str(slug) for slug in db.session.scalars(select(Model.metadata.tables["activity"].c.slug).limit(4))]
    assert len(secrets) > 5
    guest = app.test_client()
    opened = [rule for rule in rules(app) if "GET" in (rule.methods or ()) and rule.endpoint != "machine.health"]
    answered = set()
    for begin in range(0, len(opened), TOGETHER):
        batch = opened[begin : begin + TOGETHER]
        for rule in batch:
            public = getattr(app.view_functions[rule.endpoint], "access", "") == "public"
            for n, address in enumerate(addresses(rule, secrets, slugs)):
                method = "HEAD" if n % 4 == 3 else "GET"
                with app.app_context():
                    answer = (guest if public else client).open(address, method=method)
                assert answer.status_code < 500, address
                if answer.status_code == 200:
                    answered.add(rule.endpoint)
        changed = {name for name, total in everything().items() if total != before[name]}
        assert not changed, (changed, [rule.rule for rule in batch])
    assert len(answered) > len(opened) / 3  # the rest asks for what the demo has not


def test_the_page_of_one_booking_leaves_the_basket_of_another_alone(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale(capacity=40)
    activity = db.session.scalars(select(Activity.id)).one()
    db.session.rollback()
    other = a_confirmed_booking(a_slot(activity, starts_at=tomorrow(14)), adult)
    visitor.checkout(slot, adult)
    basket = visitor.client.get_cookie("basket")
    assert visitor.get(f"/nb/b/{other.secret}").status_code == 200
    assert visitor.client.get_cookie("basket") == basket is not None
    own = visitor.buy(slot, adult)
    visitor.get(own)
    assert visitor.client.get_cookie("basket") is None
