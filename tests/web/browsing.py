"""A visitor without scripting: opens pages, sends the forms they hold, and remembers cookies."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from booking.kernel import used_again
from booking.kernel.database import db

Values = Mapping[str, str | int | Sequence[str]]


class Visitor:
    """One browser. `post` sends the CSRF token of a page that the visitor has open, as a form would."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.token = ""

    def get(self, path: str, **headers: str) -> TestResponse:
        """Open a page."""
        with self.client.application.app_context():  # tests have one of their own; each request needs a fresh one
            response = self.client.get(path, headers=headers)
        page = response.get_data(as_text=True) if response.mimetype == "text/html" else ""
        field = re.search(r'name="csrf_token" value="([^"]+)"', page)
        self.token = field[1] if field else self.token
        return response

    def post(self, path: str, values: Values | None = None) -> TestResponse:
        """Send a form."""
        if not self.token:
            self.get("/nb/my-booking")
        with self.client.application.app_context():
            return self.client.post(path, data={"csrf_token": self.token} | dict(values or {}))

    def hold(self, slot_id: int, ticket_type_id: int, quantity: int | str = 2, lang: str = "nb") -> TestResponse:
        """Choose so many of one ticket type at one time."""
        values = {"party": 2, "slot": slot_id, f"q-{slot_id}-{ticket_type_id}": quantity}
        return self.post(f"/{lang}/tickets", values)

    def checkout(self, slot_id: int, ticket_type_id: int, quantity: int = 2, lang: str = "nb") -> str:
        """The address of a checkout with a fresh basket."""
        response = self.hold(slot_id, ticket_type_id, quantity, lang)
        assert response.status_code == 303, words(response)
        return response.location

    def pay(self, checkout: str, **changed: str) -> TestResponse:
        """Fill the checkout in and go on to pay; keywords replace what is typed."""
        return self.post(checkout, WHO | changed)

    def buy(self, slot_id: int, ticket_type_id: int, quantity: int = 2, lang: str = "nb") -> str:
        """A confirmed booking, paid at the demo till; returns its address."""
        till = self.pay(self.checkout(slot_id, ticket_type_id, quantity, lang)).location
        answer = self.post(path_of(till), {"play": "pay"})
        booking = path_of(answer.location)
        assert self.get(booking).status_code == 200
        return booking


WHO: dict[str, str] = {"name": "Kari Nordmann", "email": "kari@example.org", "terms": "y"}


def path_of(address: str) -> str:
    """The address without scheme and host."""
    return re.sub(r"^https?://[^/]+", "", address)


def words(response: TestResponse) -> str:
    """What a page says, as text."""
    page = re.sub(r"(?s)<(style|script|svg|head).*?</\1>", " ", response.get_data(as_text=True))
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page))).strip()


def hidden(response: TestResponse, name: str) -> str:
    """What a hidden field of the page carries along."""
    field = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', response.get_data(as_text=True))
    assert field, f"no field {name}"
    return html.unescape(field[1])


def typed(response: TestResponse, name: str) -> str:
    """What stands in a field of the page."""
    page = response.get_data(as_text=True)
    field = re.search(rf'<input id="{name}"[^>]*? value="([^"]*)"', page) or re.search(
        rf'(?s)<textarea id="{name}"[^>]*>(.*?)</textarea>', page
    )
    assert field, f"no field {name}"
    return html.unescape(field[1])


@contextmanager
def statements() -> Iterator[list[str]]:
    """The SQL that is run meanwhile, by requests of which nothing is kept yet, as after a commit."""
    used_again.forget()
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
