"""One person's data: found by address, handed out on a page or as a file, erased. The address is in no log."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from flask import Response, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking import person
from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.person import DataSection, HeldOfPerson, KeepReason
from booking.reports import names
from booking.web.blueprints import admin
from booking.web.forms.checked import EmailForm, errors_of
from booking.web.guards.access import staff, who


@admin.get("/person")
@staff()
def person_search() -> str:
    """The form."""
    return _form(EmailForm())


@admin.post("/person")
@staff()
def person_found() -> ResponseReturnValue:
    """All that is held of them, on a page."""
    form = EmailForm()
    if not form.validate():
        return _form(form), 422
    return _quiet(_page(_handed_out(form.address, "show"), form.address))


@admin.post("/person/file")
@staff()
def person_file() -> ResponseReturnValue:
    """The same as a file that a machine can read."""
    form = EmailForm()
    if not form.validate():
        return _form(form), 422
    held = _handed_out(form.address, "file")
    content = {
        "email": held.email,
        "made_at": clock.now().isoformat(timespec="seconds"),
        "held": {section.value: [_plain(row) for row in rows] for section, rows in held.sections.items()},
        "stays_when_erased": [{"what": stay.what, "why": stay.why.value} for stay in held.stays],
    }
    response = Response(json.dumps(content, ensure_ascii=False, indent=2) + "\n", mimetype="application/json")
    response.headers["Content-Disposition"] = "attachment; filename=person.json"
    return _quiet(response)


@admin.post("/person/erase")
@staff()
def person_erase() -> ResponseReturnValue:
    """Erase what nothing keeps, once somebody has said so twice."""
    form = EmailForm()
    if not form.validate():
        return _form(form), 422
    if not request.form.get("sure"):
        held = person.find(form.address, clock.now())
        return _quiet(_page(held, form.address, unsure=True)), 422
    with unit_of_work():
        erased = person.erase(form.address, clock.now(), who().actor)
    return _quiet(_page(person.find(form.address, clock.now()), form.address, erased=erased))


def _handed_out(email: str, how: str) -> HeldOfPerson:
    with unit_of_work():
        held = person.find(email, clock.now())
        person.handed_out(held, who().actor, how)
    return held


@dataclass(frozen=True, slots=True)
class PersonDataPage:
    """What is kept about one person; `held` is None while nobody has been looked for."""

    form: EmailForm
    errors: Mapping[str, str] = field(default_factory=dict)
    held: HeldOfPerson | None = None
    email: str = ""
    unsure: bool = False
    erased: HeldOfPerson | None = None

    @property
    def sections(self) -> Mapping[DataSection, str]:
        """The headings."""
        return _sections()

    @property
    def fields(self) -> Mapping[str, str]:
        """What each value is called."""
        return _fields()

    @property
    def reasons(self) -> Mapping[KeepReason, str]:
        """Why something stays."""
        return _reasons()

    @property
    def named(self) -> Mapping[object, str]:
        """Words for states and kinds."""
        return _named()


def _form(form: EmailForm) -> str:
    return render_template("admin/person.html", page=PersonDataPage(form, errors_of(form)))


def _page(held: HeldOfPerson, email: str, *, unsure: bool = False, erased: HeldOfPerson | None = None) -> str:
    page = PersonDataPage(EmailForm(), held=held, email=email, unsure=unsure, erased=erased)
    return render_template("admin/person.html", page=page)


def _quiet(answer: str | Response) -> Response:
    response = make_response(answer)
    response.headers["Cache-Control"] = "no-store"
    return response


def _plain(row: Mapping[str, object]) -> dict[str, object]:
    return {name: _value(value) for name, value in row.items()}


def _value(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value


def _sections() -> dict[DataSection, str]:
    return {
        DataSection.BOOKINGS: _("Bookings"),
        DataSection.VISITS: _("School visits"),
        DataSection.COURSES: _("Courses"),
        DataSection.GIFT_CARDS: _("Gift cards"),
        DataSection.PASSES: _("Annual passes"),
        DataSection.CONTESTS: _("Contests"),
        DataSection.WAITING: _("Waiting list"),
        DataSection.WISHES: _("Wishes for a release day"),
        DataSection.NEWS: _("Newsletter"),
        DataSection.PAYMENTS: _("Payments"),
        DataSection.DOOR: _("At the door"),
        DataSection.LETTERS: _("Letters"),
        DataSection.FILES: _("Letters kept as files"),
        DataSection.LOG: _("Log"),
        DataSection.STAFF: _("Account of the staff"),
    }


def _fields() -> dict[str, str]:
    return {
        "reference": _("Reference"), "state": _("State"), "starts_at": _("Time"), "created_at": _("Made"),
        "name": _("Name"), "email": _("Email"), "phone": _("Phone"), "needs": _("Needs"),
        "numbers": _("Numbers given for tickets"), "group_name": _("Group"),
        "people": _("People"), "total": _("Total"), "currency": _("Currency"), "school": _("School"),
        "mobile": _("Mobile"), "on_the_day": _("Who is coming along"), "order_number": _("Order number"),
        "invoice_reference": _("Invoice reference"), "reason": _("Reason"), "address": _("Address"),
        "room": _("Room"), "answers": _("Answers"), "birth_year": _("Year of birth"),
        "employer": _("School or employer"), "topics": _("Topics"), "asked_at": _("Asked for"),
        "confirmed_at": _("Confirmed"), "ended_at": _("Ended"), "provider": _("Paid with"), "amount": _("Amount"),
        "refunded": _("Paid back"), "begun_at": _("Begun"), "paid_at": _("Paid"), "at": _("Time"),
        "heads": _("People"), "kind": _("Kind"), "made_at": _("Made"), "action": _("What"), "subject": _("To what"),
        "role": _("Role"), "title": _("Letter"), "sent_at": _("Sent"),
        "recipient": _("Name"), "recipient_email": _("Send it to"), "giver": _("Who is it from?"),
        "greeting": _("Greeting"),
    }  # fmt: skip


def _named() -> dict[object, str]:
    """Words for states and kinds; what has none is in the file alone."""
    words: dict[object, str] = {}
    for kind in (names.states(), names.payment_states(), names.letter_states(), names.letters()):
        words |= {value: text for value, text in kind.items()}
    return words


def _reasons() -> dict[KeepReason, str]:
    return {
        KeepReason.TO_COME: _("still to come: cancel it first, or erase the day after"),
        KeepReason.MONEY: _("money is under way: erase when it has arrived or gone back"),
        KeepReason.OWED: _("who owes for it: kept for five years by the bookkeeping law"),
        KeepReason.SUMS: _("sums and tickets without a name: kept for five years by the bookkeeping law"),
        KeepReason.STAFF: _("an account of the staff: ended under Users"),
    }
