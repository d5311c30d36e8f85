"""Who opens what: every address and method for nobody and for each role, from one table. A new route needs a line."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from booking.staff.models import Role
from tests.builders import a_sale
from tests.web import access_of_courses, access_of_newsletter, access_of_whats_on, release_addresses
from tests.web.access_of_books import OF_BOOKS, OF_RECEIPTS
from tests.web.access_of_money import BY_SIGNATURE, OF_MONEY, OF_WALLETS
from tests.web.access_of_schools import FIELDS_OF_SCHOOLS, OF_SCHOOLS
from tests.web.access_of_setting_up import OF_SETTING_UP
from tests.web.browsing import Visitor, words
from tests.web.staffing import Colleague, a_colleague
from tests.web.test_every_address import methods, path, rules

ALL = "desk educator finance admin"
REFUSED = "This page is not for you"

# What everybody may open outside the staff's rooms.
PUBLIC = {
    *release_addresses.PUBLIC,
    *access_of_whats_on.PUBLIC,
    *access_of_newsletter.PUBLIC,
    *OF_RECEIPTS,
    *BY_SIGNATURE,
    "GET /",
    "GET /<lang>/",
    "GET /<lang>/accessibility",
    "GET /<lang>/b/<secret>",
    "GET /<lang>/b/<secret>/calendar.ics",
    "GET /<lang>/b/<secret>/cancel",
    "POST /<lang>/b/<secret>/cancel",
    "GET /<lang>/b/<secret>/change",
    "GET /<lang>/b/<secret>/add",
    "POST /<lang>/b/<secret>/add",
    "POST /<lang>/b/<secret>/change",
    "GET /<lang>/b/<secret>/closed",
    "POST /<lang>/b/<secret>/closed/move",
    "POST /<lang>/b/<secret>/closed/refund",
    "POST /<lang>/b/<secret>/needs",
    "POST /<lang>/b/<secret>/resend",
    "GET /<lang>/b/<secret>/tickets.pdf",
    *OF_WALLETS,
    "POST /<lang>/basket/empty",
    "GET /<lang>/checkout/<secret>",
    "POST /<lang>/checkout/<secret>",
    "POST /<lang>/checkout/<secret>/back",
    "POST /<lang>/checkout/<secret>/drop",
    "POST /<lang>/checkout/<secret>/renew",
    "GET /<lang>/my-booking",
    "POST /<lang>/my-booking",
    "GET /<lang>/yes/<key>",
    "POST /<lang>/yes/<key>",
    "GET /<lang>/pay/<ref>",
    "POST /<lang>/pay/<ref>",
    "GET /<lang>/privacy",
    "GET /robots.txt",
    "GET /<lang>/invoices/<secret>",
    "GET /<lang>/invoices/<secret>/<name>",
    "GET /<lang>/visit/<secret>/invoice/<name>",
    "GET /<lang>/my",
    "POST /<lang>/my",
    "GET /<lang>/my/<key>",
    "POST /<lang>/my/<key>/keep",
    "POST /<lang>/my/<key>/end",
    "GET /<lang>/school",
    "GET /<lang>/school/<slug>",
    "POST /<lang>/school/<slug>",
    "GET /<lang>/school/feedback/<key>",
    "POST /<lang>/school/feedback/<key>",
    "GET /<lang>/school/yes/<key>",
    "POST /<lang>/school/yes/<key>",
    "GET /<lang>/school/waiting/<secret>",
    "POST /<lang>/school/waiting/<secret>/leave",
    "GET /<lang>/school/agreement/<secret>",
    "POST /<lang>/school/code",
    "GET /<lang>/school/visit",
    "POST /<lang>/school/visit",
    "GET /<lang>/terms",
    "GET /<lang>/tickets",
    "GET /<lang>/tickets/best",
    "GET /<lang>/today",
    "GET /<lang>/clock",
    "POST /<lang>/tickets",
    "POST /<lang>/tickets/count",
    "GET /<lang>/waiting-list",
    "POST /<lang>/waiting-list",
    "GET /<lang>/waiting/<secret>",
    "POST /<lang>/waiting/<secret>/leave",
    "GET /api/v1/today",
    "GET /centre.css",
    "GET /.well-known/security.txt",
    "GET /favicon.ico",
    "GET /healthz",
    "GET /livez",
    "GET /readyz",
    "GET /metrics",
    "GET /static/<mark>/<path:name>",
    "GET /logo/<name>",
    "GET /picture/<name>",
    "GET /motif/<name>",
} | access_of_courses.PUBLIC
# What the staff may open, by the roles that may; administrators are named like everybody else.
STAFF: dict[str, str] = {
    **OF_SCHOOLS,
    "GET /staff/feedback": ALL,
    "POST /staff/feedback/export": "finance admin",
    "GET /staff/visits/waiting": "desk educator admin",
    **dict.fromkeys(release_addresses.ADMINS, "admin"),
    **OF_BOOKS,
    **OF_SETTING_UP,
    **OF_MONEY,
    "GET /staff/bookings": "desk finance admin",
    "POST /staff/bookings/export": "finance admin",
    "GET /staff/bookings/<int:booking_id>": "desk finance admin",
    "POST /staff/bookings/<int:booking_id>/refund": "finance admin",
    "GET /staff/reports": "finance admin",
    "GET /staff/reports/<slug>": "finance admin",
    "GET /staff/reports/<slug>/<form>": "finance admin",
    "GET /staff/mails": "desk finance admin",
    "POST /staff/mails/<int:promise_id>/resend": "desk admin",
    "POST /staff/mails/export": "finance admin",
    "GET /staff/failures": "desk admin",
    "GET /staff/health": "admin",
    "GET /staff/person": "admin",
    "POST /staff/person": "admin",
    "POST /staff/person/file": "admin",
    "POST /staff/person/erase": "admin",
    "GET /staff/work/<int:work_id>/file": "finance admin",
    "POST /staff/log/export": "admin",
    "GET /staff/work": "finance admin",
    "GET /staff/work/<int:work_id>": "finance admin",
    "POST /staff/work/<int:work_id>/stop": "admin",
    "POST /staff/work/<int:work_id>/again": "admin",
    "GET /staff/capacity": "desk educator admin",
    "GET /staff/capacity/slot/<int:slot_id>": "desk educator admin",
    "POST /staff/capacity/slot/<int:slot_id>": "admin",
    "POST /staff/capacity/slot/<int:slot_id>/status": "admin",
    "POST /staff/capacity/slot/<int:slot_id>/release": "admin",
    "POST /staff/capacity/slot/<int:slot_id>/cancel": "admin",
    "POST /staff/capacity/slot/<int:slot_id>/move": "admin",
    "GET /staff/closures": "desk educator admin",
    "GET /staff/closures/new": "admin",
    "POST /staff/closures/new": "admin",
    "GET /staff/closures/<int:closure_id>": "desk educator admin",
    "GET /staff/closures/<int:closure_id>/calls": "desk educator admin",
    "POST /staff/closures/<int:closure_id>/called/<int:booking_id>": "desk educator admin",
    "POST /staff/closures/<int:closure_id>/reopen": "admin",
    "POST /staff/closures/<int:closure_id>/refund": "admin",
    "GET /staff/desk/": "desk educator admin",
    "GET /staff/desk/search": "desk educator admin",
    "GET /staff/desk/day": "desk educator admin",
    "GET /staff/desk/scan": "desk educator admin",
    "POST /staff/desk/scan": "desk educator admin",
    "POST /staff/desk/read": "desk educator admin",
    "GET /staff/desk/list.json": "desk educator admin",
    "GET /staff/desk/worker.js": "desk educator admin",
    "POST /staff/desk/later": "desk educator admin",
    "GET /staff/desk/house": "desk educator admin",
    "POST /staff/desk/house/count": "desk educator admin",
    "POST /staff/desk/house/left": "desk educator admin",
    "GET /staff/desk/evacuation": "desk educator admin",
    "GET /staff/desk/booking/<int:booking_id>": "desk educator admin",
    "POST /staff/desk/booking/<int:booking_id>/admit": "desk educator admin",
    "POST /staff/desk/booking/<int:booking_id>/correct/<mark>": "desk educator admin",
    "POST /staff/desk/check-in/<mark>/undo": "desk educator admin",
    "POST /staff/desk/booking/<int:booking_id>/expected": "desk educator admin",
    "POST /staff/desk/booking/<int:booking_id>/send": "desk admin",
    "POST /staff/desk/booking/<int:booking_id>/address": "desk admin",
    "POST /staff/desk/booking/<int:booking_id>/paid-out/<int:refund_id>": "desk admin",
    "POST /staff/desk/booking/<int:booking_id>/cancel": "desk admin",
    "GET /staff/desk/booking/<int:booking_id>/tickets.pdf": "desk admin",
    "GET /staff/desk/booking/<int:booking_id>/change": "desk admin",
    "GET /staff/desk/booking/<int:booking_id>/add": "desk admin",
    "POST /staff/desk/booking/<int:booking_id>/add": "desk admin",
    "POST /staff/desk/booking/<int:booking_id>/change": "desk admin",
    "GET /staff/desk/booking/<int:booking_id>/closed": "desk admin",
    "POST /staff/desk/booking/<int:booking_id>/closed/move": "desk admin",
    "POST /staff/desk/booking/<int:booking_id>/closed/refund": "desk admin",
    "GET /staff/desk/sell": "desk admin",
    "POST /staff/desk/sell": "desk admin",
    "GET /staff/desk/sell/<int:booking_id>": "desk admin",
    "POST /staff/desk/sell/<int:booking_id>/till": "desk admin",
    "POST /staff/desk/sell/<int:booking_id>/drop": "desk admin",
    "GET /staff/": ALL,
    "POST /staff/outbox/<int:promise_id>/again": "admin",
    "POST /staff/refund/<int:refund_id>/again": "finance admin",
    "POST /staff/waiting/<int:waiting_id>/off": "desk admin",
    "POST /staff/school-waiting/<int:waiting_id>/off": "desk admin",
    "GET /staff/mail/<name>": "desk admin",
    "GET /staff/mail/<name>/html": "desk admin",
    "GET /staff/mail/<name>/<int:number>": "desk admin",
    "GET /staff/sign-in": "public",
    "POST /staff/sign-in": "public",
    "GET /staff/sign-in/second": "public",
    "POST /staff/sign-in/second": "public",
    "GET /staff/sign-in/passkey": "public",
    "POST /staff/sign-in/passkey": "public",
    "GET /staff/enter/<secret>": "public",
    "POST /staff/enter/<secret>": "public",
    "POST /staff/sign-out": ALL,
    "GET /staff/secure": ALL,
    "GET /staff/account": ALL,
    "POST /staff/account": ALL,
    "GET /staff/account/password": ALL,
    "POST /staff/account/password": ALL,
    "GET /staff/account/authenticator": ALL,
    "POST /staff/account/authenticator": ALL,
    "GET /staff/account/authenticator/remove": ALL,
    "POST /staff/account/authenticator/remove": ALL,
    "GET /staff/account/passkey": ALL,
    "POST /staff/account/passkey": ALL,
    "GET /staff/account/passkey/<int:passkey_id>/remove": ALL,
    "POST /staff/account/passkey/<int:passkey_id>/remove": ALL,
    "POST /staff/account/recovery": ALL,
    "POST /staff/account/sessions/<public_id>/end": ALL,
    "POST /staff/account/sessions/end-others": ALL,
    "GET /staff/people": "admin",
    "POST /staff/people": "admin",
    "GET /staff/people/<int:account_id>": "admin",
    "POST /staff/people/<int:account_id>/role": "admin",
    "POST /staff/people/<int:account_id>/link": "admin",
    "POST /staff/people/<int:account_id>/end": "admin",
    "GET /staff/log": "admin",
} | access_of_courses.STAFF
# Open to those who have yet to secure their account, in production too.
UNSECURED = {
    "POST /staff/sign-out",
    "GET /staff/secure",
    "POST /staff/account/password",
    "GET /staff/account/authenticator",
    "POST /staff/account/authenticator",
    "GET /staff/account/passkey",
    "POST /staff/account/passkey",
}


def lines(app: Flask) -> dict[str, Rule]:
    """Every address with each of its methods, as the tables write them."""
    return {f"{method} {rule.rule}": rule for rule in rules(app) for method in methods(rule)}


def ask(browser: Visitor, line: str, rule: Rule) -> TestResponse:
    """Go there, with a form that holds nothing but its token."""
    address = path(rule)
    return browser.get(address) if line.startswith("GET") else browser.post(address)


def test_every_address_stands_in_the_tables_and_nothing_else_does(app: Flask) -> None:
    assert set(lines(app)) == PUBLIC | set(STAFF)


def test_what_is_public_is_marked_so(app: Flask) -> None:
    views = {line: app.view_functions[rule.endpoint] for line, rule in lines(app).items()}
    public = {line for line, view in views.items() if getattr(view, "access", None) == "public"}
    assert public == PUBLIC | {line for line, roles in STAFF.items() if roles == "public"}


def test_only_what_secures_an_account_opens_before_it_is_secured(app: Flask) -> None:
    early = {
        line for line, rule in lines(app).items() if getattr(app.view_functions[rule.endpoint], "unsecured", False)
    }
    assert early == UNSECURED


# Who opens what is settled before the database is asked for anything of the page: one kind of database will do.
ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@ONE_DATABASE
def test_nobody_is_sent_to_the_sign_in(app: Flask, visitor: Visitor) -> None:
    a_sale()
    wrong = []
    for line, rule in lines(app).items():
        if STAFF.get(line, "public") == "public":
            continue
        answer = ask(visitor, line, rule)
        if answer.status_code != 303 or not answer.location.endswith("/staff/sign-in"):
            wrong.append((line, answer.status_code))
    assert wrong == []


@ONE_DATABASE
@pytest.mark.parametrize("role", list(Role))
def test_each_role_opens_exactly_what_the_table_says(app: Flask, role: Role) -> None:
    a_sale()
    me, wrong = signed_in(app, role), []
    for line, rule in lines(app).items():
        roles = STAFF.get(line, "public")
        if roles == "public":
            continue
        answer = ask(me.browser, line, rule)
        refused = answer.status_code == 403 and REFUSED in words(answer)
        sent_away = answer.status_code == 303 and answer.location.endswith("/staff/sign-in") and "sign-out" not in line
        if (role.value in roles.split()) is (refused or sent_away) or answer.status_code >= 500:
            wrong.append((line, answer.status_code))
        if line.startswith("POST") and answer.status_code < 400:
            me = signed_in(app, role)  # it did something, perhaps to who asked
    assert wrong == []


def signed_in(app: Flask, role: Role) -> Colleague:
    """Somebody new who may ask: signed in, with the token of a form."""
    me = a_colleague(app, role, f"{role}@example.org", secured=False)
    me.get("/staff/secure")
    return me


@pytest.mark.parametrize("role", list(Role))
def test_the_links_of_a_page_lead_only_to_what_its_reader_may_open(app: Flask, role: Role) -> None:
    a_sale()
    me = a_colleague(app, role)
    for page in ("/staff/", "/staff/account"):
        for address in set(re.findall(r'<a [^>]*href="(/staff/[^"#]*)"', me.get(page).get_data(as_text=True))):
            assert me.get(address).status_code == 200, (page, address)


FIELDS = (
    *FIELDS_OF_SCHOOLS,
    *("email", "password", "code", "credential", "name", "new", "old", "sealed", "role", "lang", "by_mail", "reset"),
    *("reference", "actor", "action", "subject", "day", "below"),
    *("title-nb", "name-nb", "kind", "minutes", "capacity", "opens", "closes", "weekdays", "on_date", "times", "seen"),
    *("start", "until", "week", "onto", "weeks", "price", "minor", "activities", "activity_id", "space_id", "brand"),
    *(
        "languages",
        "currency",
        "country",
        "timezone",
        "ticket_type_id",
        "educators",
        "what",
        "table",
        "from_time",
        "vat_rate",
    ),
    *("view", "date", "activity", "space", "capacity", "kept", "release_day", "release_time", "note", "version"),
    *("status", "why", "words-nb", "target", "booking", "last", "from", "until", "look"),
    *(
        "reference",
        "actor",
        "action",
        "subject",
        "day",
        "below",
        "from",
        "until",
        "state",
        "channel",
        "activity",
        "money",
    ),
    *("q", "after", "against", "kind", "format", "amount", "reason", "mark", "how", "booking"),
)
NONSENSE = (
    "",
    "\x00",
    "٢",
    "-1",
    "9" * 40,
    "😀" * 40,
    "x" * 3_000,
    "' OR 1=1 --",
    "{{7*7}}",
    "\u202e\r\nBcc: a@b.c",
    "null",
)


WRITTEN = "application/x-www-form-urlencoded"


@pytest.mark.parametrize("nonsense", NONSENSE, ids=range(len(NONSENSE)))
def test_no_nonsense_breaks_a_page_of_the_staff(app: Flask, nonsense: str) -> None:
    a_sale()
    me, answers = a_colleague(app, Role.ADMIN, "boss@example.org"), {}
    me.get("/staff/account")
    # Written out once for all: a form of some hundred fields may hold 128 kB.
    fields = urlencode(dict.fromkeys(FIELDS, nonsense))
    form = urlencode({"csrf_token": me.browser.token} | dict.fromkeys(FIELDS, nonsense[:1_000]))
    for line, rule in lines(app).items():
        if line not in STAFF or "sign-out" in line or "/end" in line:
            continue
        for address in dict.fromkeys(path(rule, number=number) for number in (me.id, 2**70)):
            with app.app_context():
                if line.startswith("POST"):
                    status = me.browser.client.post(address, data=form, content_type=WRITTEN).status_code
                else:
                    status = me.browser.client.get(address, query_string=fields).status_code
            answers[line, address] = status
    assert {status for status in answers.values() if status >= 500} == set()
    assert not {400, 413} & set(answers.values())  # every form had its token, and was not too long to be read
    assert me.get("/staff/account").status_code == 200  # and was sent by somebody who is signed in
