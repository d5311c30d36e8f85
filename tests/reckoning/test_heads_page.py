"""The desk is asked how many came, finance decides by hand, and an invoice says when the door has counted otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from booking.agreements.heads import ClassHeads, HeadsRule
from booking.agreements.models import SchoolRules
from booking.bookings.models import Booking
from booking.door.undo import undo
from booking.invoicing.issue import issue
from booking.invoicing.models import Invoice
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.running.check import breaches
from booking.staff.models import Role
from booking.visits.models import ReckonedBy
from tests.invoicing.owed import afterwards
from tests.reckoning.counted import (
    PUPIL,
    a_counting_centre,
    agreement_says,
    classes,
    count,
    decision,
    facts_of,
    owed,
    receivables,
    work,
)
from tests.visits.booked import Centre
from tests.web.browsing import Visitor, words
from tests.web.staffing import a_colleague, hidden

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def centre(app: Flask) -> Iterator[Centre]:
    """A centre that bills by the count, with now after its visits."""
    centre = a_counting_centre(HeadsRule.FLOOR, 50)
    booking = classes(centre, "6A", "6B")
    assert booking == 1
    with time_machine.travel(afterwards(), tick=False):
        db.session.rollback()
        yield centre


HEADS = "/staff/visits/1/heads"


def broken() -> list[str]:
    """What the nightly check would say, but for who should have been forgotten in these weeks."""
    return [breach for breach in breaches() if not breach.startswith("forgetting")]


def test_the_desk_is_asked_on_its_board_and_tells_how_many_came(app: Flask, centre: Centre) -> None:
    desk = a_colleague(app, Role.DESK)
    board = desk.get("/staff/desk/")
    assert "How many came?" in words(board)
    page = desk.get(HEADS)
    assert "Nobody has counted all classes" in words(page)
    assert "Decide by hand" not in words(page)
    told = {"came-pupils-0": "20", "came-adults-0": "2", "came-pupils-1": "0", "came-adults-1": "0"}
    told |= {"version": hidden(page, "version")}
    assert desk.post(f"{HEADS}/count", **told).status_code == 303
    facts = decision(centre, 1)
    assert facts is not None
    assert (facts.decided, [of.billed for of in facts.classes]) == (
        ReckonedBy.COUNT, [ClassHeads(20, 2), ClassHeads(12, 1)],
    )  # fmt: skip
    assert facts.by.startswith("account:")
    assert desk.post(f"{HEADS}/count", **told).status_code == 409
    assert broken() == []


def test_the_board_asks_of_a_visit_that_is_just_over(app: Flask) -> None:
    centre = a_counting_centre()
    booking = classes(centre)
    with time_machine.travel(facts_of(centre, booking).leaves_at, tick=False):
        assert f"/staff/visits/{booking}/heads" in a_colleague(app, Role.DESK).get("/staff/desk/").text
        assert (
            f"/staff/visits/{booking}/heads"
            not in a_colleague(app, Role.EDUCATOR, "eva@example.org").get("/staff/desk/").text
        )


def test_finance_decides_by_hand_with_a_reason_and_what_was_typed_wrong_is_kept(app: Flask, centre: Centre) -> None:
    books = a_colleague(app, Role.FINANCE)
    assert HEADS in books.get("/staff/invoices").text
    page = books.get(HEADS)
    typed = {"pupils-0": "twenty", "adults-0": "2", "pupils-1": "999", "adults-1": "-1", "reason": "<b>Snow</b> 😀"}
    typed |= {"version": hidden(page, "version")}
    refused = books.post(HEADS, **typed)
    assert refused.status_code == 422
    assert words(refused).count("Enter a whole number from 0 to 120.") >= 3
    assert 'value="twenty"' in refused.text
    assert "&lt;b&gt;Snow&lt;/b&gt; 😀" in refused.text
    right = typed | {"pupils-0": "20", "pupils-1": "0", "adults-1": "0"}
    assert books.post(HEADS, **(right | {"reason": ""})).status_code == 422
    assert books.post(HEADS, **right).status_code == 303
    assert owed(1) == 20 * PUPIL
    shown = words(books.get(HEADS))
    assert "Decided by hand" in shown
    assert "20 + 2" in shown
    assert books.get("/staff/visits/77/heads").status_code == 404
    assert books.get(f"/staff/visits/{10**20}/heads").status_code == 404


def test_an_invoice_proposes_a_credit_when_the_door_counted_fewer_and_nothing_happens_by_itself(
    app: Flask, centre: Centre
) -> None:
    marks = count(centre, 1, ClassHeads(24, 2), ClassHeads(24, 2))
    work(clock.now())
    (receivable,) = receivables(centre)
    invoice_id = issue(receivable.key, centre.facts, clock.now(), "account:1").invoice_id
    books = a_colleague(app, Role.FINANCE)
    assert "counted otherwise" not in words(books.get(f"/staff/invoices/{invoice_id}"))
    with unit_of_work():
        undo(marks[0], "the wrong class", None, clock.now())
    count(centre, 1, ClassHeads(20, 2))
    work(clock.now())
    page = books.get(f"/staff/invoices/{invoice_id}")
    assert "The door has counted otherwise since" in words(page)
    link = re.search(r'href="(/staff/invoices/\d+/credit\?[^"]*)"', page.text)
    assert link is not None
    proposed = books.get(link.group(1).replace("&amp;", "&"))
    assert f'value="{4 * PUPIL // 100}.00"' in proposed.text
    assert "What it comes to" in words(proposed)
    seen = {name: hidden(proposed, name) for name in ("credited", "gross")}
    typed = {"extent": "sum", "amount": f"{4 * PUPIL // 100}.00", "reason": "Counted anew"}
    assert books.post(f"/staff/invoices/{invoice_id}/credit", press="issue", **(typed | seen)).status_code == 303
    db.session.rollback()
    credited = select(Invoice.credited).where(Invoice.id == invoice_id)
    assert db.session.scalar(credited) == 4 * PUPIL
    assert "counted otherwise" not in words(books.get(f"/staff/invoices/{invoice_id}"))
    assert owed(1) == 48 * PUPIL
    assert broken() == []


def test_credited_and_invoiced_anew_it_is_by_the_count_as_it_stands(app: Flask, centre: Centre) -> None:
    marks = count(centre, 1, ClassHeads(20, 2), ClassHeads(24, 2))
    work(clock.now())
    (receivable,) = receivables(centre)
    invoice_id = issue(receivable.key, centre.facts, clock.now(), "account:1").invoice_id
    with unit_of_work():
        undo(marks[0], "the wrong class", None, clock.now())
    count(centre, 1, ClassHeads(23, 2))
    books = a_colleague(app, Role.FINANCE)
    assert "more is owed" in words(books.get(f"/staff/invoices/{invoice_id}"))
    address, typed = f"/staff/invoices/{invoice_id}/credit", {"extent": "all", "reason": "Counted anew"}
    shown = books.post(address, press="show", **typed)
    seen = {name: hidden(shown, name) for name in ("credited", "gross")}
    assert books.post(address, press="anew", **(typed | seen)).status_code == 303
    db.session.rollback()
    payable = db.session.scalars(select(Invoice.payable).order_by(Invoice.number)).all()
    assert payable == [44 * PUPIL, 44 * PUPIL, 47 * PUPIL]
    assert (owed(1), broken()) == (47 * PUPIL, [])


def test_an_administrator_sets_the_rule_and_an_agreement_has_its_own(app: Flask, centre: Centre) -> None:
    admin = a_colleague(app, Role.ADMIN)
    page = admin.get("/staff/school-rules")
    assert "How many heads" in words(page)
    form = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page.text))
    form |= {
        name: chosen
        for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page.text, re.DOTALL)
        for chosen in re.findall(r'<option value="([^"]*)" selected', options)
    }
    form |= {"heads_rule": "counted", "floor_percent": "75", "count_days": "8"}
    form.pop("csrf_token", None)
    saved = admin.post("/staff/school-rules", **form)
    assert saved.status_code == 303, words(saved)
    db.session.rollback()
    rules = db.session.scalars(select(SchoolRules)).one()
    assert (rules.heads_rule, rules.floor_percent, rules.count_days) == (HeadsRule.COUNTED, 75, 8)
    assert admin.post("/staff/school-rules", **(form | {"count_days": "0"})).status_code == 422
    assert "as counted at the door" in words(admin.get(f"/staff/agreements/{centre.agreement}"))


def test_a_teacher_reads_by_which_number_the_invoice_is(app: Flask) -> None:
    centre = a_counting_centre(HeadsRule.FLOOR, 75)
    booking = classes(centre)
    secret = db.session.scalar(select(Booking.secret).where(Booking.id == booking))
    page = words(Visitor(app.test_client()).get(f"/en/visit/{secret}"))
    assert "for those who are counted at the door, but for at least 75% of the booked" in page
    agreement_says(centre, heads_rule=HeadsRule.BOOKED)
    page = words(Visitor(app.test_client()).get(f"/en/visit/{secret}"))
    assert "counted at the door" not in page
