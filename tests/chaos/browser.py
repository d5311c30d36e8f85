"""Somebody who knows the house by its pages: opens addresses, fills forms in as they stand there, and reads answers.

Two servers stand behind one door, as behind a proxy: what one of them does not take, the other is asked. A form is sent
once. Whoever gets no answer to it knows nothing, and that is Unknown.
"""

from __future__ import annotations

import http.client
import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from urllib.parse import urlencode, urljoin, urlsplit

from lxml import html

TIMEOUT = 45  # seconds: longer than a server is let be stuck
TRIES = 40  # to open a page while the house is away
PAUSE = 0.5
HOST = "127.0.0.1"
Fields = dict[str, str | list[str]]


class Refused(Exception):
    """The answer was a no, or a page that offers nothing."""


class Unknown(Exception):
    """No answer came to something that was sent: it may have been done or not."""


class Away(Exception):
    """Nothing was sent yet, and nobody opened."""


class Broken(Exception):
    """A page that says each time that something is wrong with us: no outage lasts so long and is none."""


@dataclass(frozen=True)
class Page:
    """What was answered."""

    status: int
    path: str
    text: str
    location: str = ""

    @property
    def tree(self) -> html.HtmlElement:
        """As a browser reads it."""
        return html.fromstring(self.text)

    def links(self, part: str, having: str = "") -> list[str]:
        """Addresses of links with this in them, in the order of the page; `having`: of a class."""
        return [
            str(link).partition("#")[0]
            for element, name, link, _place in self.tree.iterlinks()
            if name == "href" and part in link and (not having or having in (element.get("class") or "").split())
        ]

    def form(self, entry: str = "", action: str = "") -> Form:
        """The form that sends this field, or that goes to an address with this in it, as it stands there."""
        for form in self.tree.forms:
            if (form.method == "POST" and action in (form.action or "")) and (not entry or _has(form, entry)):
                return Form(urljoin(self.path, form.action or ""), _values(form), tuple(form.iter("input", "select")))
        raise Refused(f"no form for {entry or action} on {urlsplit(self.path).path} ({self.status})")


@dataclass(frozen=True)
class Form:
    """Where it goes, what stands in it, and what may be typed."""

    action: str
    fields: Fields
    entries: Sequence[html.HtmlElement]

    def numbers(self) -> list[str]:
        """The names of fields for numbers."""
        return [str(entry.get("name")) for entry in self.entries if entry.get("type") == "number"]

    def filled(self, **typed: str) -> Fields:
        """With what must be ticked ticked, and this typed."""
        ticked = {
            str(entry.get("name")): str(entry.get("value", "on"))
            for entry in self.entries
            if entry.get("type") == "checkbox" and entry.get("required") is not None
        }
        return self.fields | ticked | typed


@dataclass
class Browser:
    """One person's, with cookies of its own and an address that the proxy tells."""

    ports: Sequence[int]
    dice: Random
    cookies: dict[str, str] = field(default_factory=dict)
    address: str = ""

    def __post_init__(self) -> None:
        self.address = self.address or ".".join(str(self.dice.randrange(1, 255)) for _ in range(4))
        self._doors = itertools.cycle(self.dice.sample(list(self.ports), len(self.ports)))

    def get(self, path: str) -> Page:
        """Open a page, as often as it takes. Raises Refused, Away when nobody opens for long, and Broken."""
        for _try in range(TRIES):
            page = self._ask("GET", path, None)
            if page is not None and page.status < 500:
                break
            time.sleep(PAUSE)
        else:
            if page is not None and page.status == 500:
                raise Broken(f"GET {urlsplit(path).path}: 500")
            raise Away
        if page.status in (301, 302, 303):
            return self.get(page.location)
        if page.status != 200:
            raise Refused(f"GET {urlsplit(path).path}: {page.status}")
        return page

    def send(self, form: Form, **typed: str) -> Page:
        """Send a form once; the answer may say no. Raises Unknown when there is none."""
        return self.post(form.action, form.filled(**typed))

    def post(self, path: str, fields: Fields) -> Page:
        """The same of fields alone."""
        page = self._ask("POST", path, fields)
        if page is None or page.status >= 500:
            raise Unknown(f"POST {urlsplit(path).path}: {page.status if page else 'no answer'}")
        return page

    def follow(self, form: Form, **typed: str) -> str:
        """Send a form, and where it leads. Raises Refused when it leads nowhere, and Unknown."""
        page = self.send(form, **typed)
        if page.status != 303:
            raise Refused(f"POST {urlsplit(form.action).path}: {page.status}")
        return page.location

    def _ask(self, method: str, address: str, fields: Fields | None) -> Page | None:
        """None when no whole answer came. A door that is shut sends us to the next."""
        parts = urlsplit(address)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        foreign = parts.port if parts.port not in (None, *self.ports) else None
        for port in (foreign,) if foreign else itertools.islice(self._doors, len(self.ports)):
            connection = http.client.HTTPConnection(HOST, port, timeout=TIMEOUT)
            try:
                connection.connect()
            except OSError:
                continue
            try:
                return self._exchange(connection, method, path, fields, foreign)
            except (OSError, http.client.HTTPException):
                return None
            finally:
                connection.close()
        return None

    def _exchange(
        self,
        connection: http.client.HTTPConnection,
        method: str,
        path: str,
        fields: Fields | None,
        foreign: int | None,
    ) -> Page:
        head = {"X-Forwarded-For": self.address, "Connection": "close"}
        if not foreign:
            head["Host"] = f"{HOST}:{self.ports[0]}"  # the one that all of the house know themselves by
        if self.cookies and not foreign:
            head["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if fields is not None:
            head["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, None if fields is None else urlencode(fields, doseq=True), head)
        answer = connection.getresponse()
        text = answer.read().decode(errors="replace")
        if not foreign:
            for line in answer.headers.get_all("Set-Cookie") or ():
                name, _, value = line.split(";", 1)[0].partition("=")
                self.cookies[name] = value
        base = f"http://{HOST}:{foreign}" if foreign else ""
        location = answer.headers.get("Location", "")
        return Page(answer.status, base + path, text, urljoin(base, location) if location else "")


def _values(form: html.FormElement) -> Fields:
    values: Fields = {}
    for name, value in form.form_values():
        before = values.get(name)
        values[name] = value if before is None else [*(before if isinstance(before, list) else [before]), value]
    return values


def _has(form: html.FormElement, entry: str) -> bool:
    return any(part.get("name") == entry for part in form.iter("input", "button", "select", "textarea"))
