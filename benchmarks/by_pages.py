"""Visitors and a desk who know nothing of a house but its pages: addresses and fields are read from links and forms."""

from __future__ import annotations

import io
from dataclasses import dataclass
from email import message_from_bytes

import pypdfium2
import zxingcpp
from lxml import html

from benchmarks.client import Browser, Refused, get, post, token_in

FRONT, SCANNER = "/nb/tickets?party=2", "/staff/desk/scan"
EMAIL = "kari@example.org"
Fields = dict[str, str]


@dataclass(frozen=True, slots=True)
class Form:
    """Where a form goes, and what stands in it."""

    action: str
    fields: Fields


@dataclass(frozen=True, slots=True)
class Shopping:
    """What one visitor did by reading, so that many can do it without: addresses, and fields but their token."""

    month: str
    chosen: str
    hold: Form
    contact: Fields
    pay: Fields

    def buy(self, port: int) -> None:
        """A whole booking: the month, the chosen time, the checkout, the till, the tickets."""
        browser = Browser(port)
        try:
            get(browser, self.month)
            token = {"csrf_token": token_in(get(browser, self.chosen))}
            checkout = post(browser, self.hold.action, self.hold.fields | token)
            token = {"csrf_token": token_in(get(browser, checkout))}
            till = post(browser, checkout, self.contact | token)
            token = {"csrf_token": token_in(get(browser, till))}
            get(browser, post(browser, till, self.pay | token))
        finally:
            browser.close()


def shop(port: int) -> Shopping:
    """Buy one ticket for the first free time of the first free day, reading each page. Raises Refused."""
    browser = Browser(port)
    try:
        month = FRONT
        day = _link(get(browser, month), "date=")
        chosen = _link(get(browser, day), "slot=")
        hold = _form(get(browser, chosen), "csrf_token", a_number="1")
        checkout = post(browser, hold.action, hold.fields)
        contact = _form(get(browser, checkout), "email").fields
        till = post(browser, checkout, contact)
        pay = _form(get(browser, till), "play", play="pay").fields
        get(browser, post(browser, till, pay))
        return Shopping(month, chosen, hold, contact, pay)
    finally:
        browser.close()


class Scanner:
    """Somebody signed in by a one-time link, with the scan page open."""

    def __init__(self, port: int, link: str) -> None:
        self.browser = Browser(port)
        post(self.browser, link, _form(get(self.browser, link), "csrf_token").fields)
        self.form = _form(get(self.browser, SCANNER), "code")

    def check_in(self, codes: list[str]) -> None:
        """Send codes one after the other by the form that each answer brings, and be told welcome each time."""
        self.browser.close()  # no server keeps a connection open until the next parties come
        for code in codes:
            status, body, _ = self.browser.open("POST", SCANNER, self.form.fields | {"code": code})
            if status != 200 or b"welcome" not in body:
                raise Refused(f"scan: {status}")
            self.form = _form(body.decode(), "code")


def code_in(raw: bytes) -> str:
    """What a scanner reads first of the tickets in a letter: the party's code, larger than those of each person."""
    for part in message_from_bytes(raw).walk():
        if part.get_content_type() == "application/pdf":
            paper = part.get_payload(decode=True)
            assert isinstance(paper, bytes)
            page = pypdfium2.PdfDocument(io.BytesIO(paper))[0]
            codes = zxingcpp.read_barcodes(page.render(scale=3).to_pil())
            if codes:
                return str(max(codes, key=lambda code: code.position.top_right.x - code.position.top_left.x).text)
    raise Refused("a letter without a code")


def _link(page: str, part: str) -> str:
    """The first link to something free."""
    free = [link for link in html.fromstring(page).iterlinks() if link[1] == "href" and part in link[2]]
    for element, _, address, _ in free:
        if "free" in (element.get("class") or "").split():
            return str(address).partition("#")[0]
    raise Refused(f"no free link with {part}")


def _form(page: str, field: str, a_number: str = "", **chosen: str) -> Form:
    """The form that sends this field, filled in as a visitor would who gives no more than must be given."""
    form = next(form for form in html.fromstring(page).forms if form.method == "POST" and _has(form, field))
    fields = {name: value for name, value in form.form_values() if name and value is not None}
    for entry in form.iter("input"):
        kind, name = entry.get("type", "text"), entry.get("name") or ""
        if kind == "number" and a_number:
            fields[name], a_number = a_number, ""
        elif kind == "checkbox" and entry.get("required") is not None:
            fields[name] = entry.get("value", "on")
        elif kind == "email":
            fields[name] = EMAIL
        elif name == "name":
            fields[name] = "Kari Nordmann"
    return Form(form.action or "", fields | chosen)


def _has(form: html.FormElement, field: str) -> bool:
    return any(entry.get("name") == field for entry in form.iter("input", "button", "select", "textarea"))
