"""Many processes issue at once, and some are killed in the middle: no gap, no double, no half, nothing lost.

`EXAMPLES=50` in the environment kills as many instead of four.
"""

from __future__ import annotations

import os
from random import Random

from flask import Flask
from sqlalchemy import func, select

from booking.centre.facts import the_centre
from booking.invoicing.issue import AT_ONCE, FIRST_NUMBER, ReceivableGone, issue_all
from booking.invoicing.models import Invoice, InvoicedReceivable
from booking.kernel.database import db
from booking.outbox.models import Promise
from booking.running.check import breaches
from tests.invoicing.copies import copy_visit
from tests.invoicing.issuers import AFTERWARDS, KILLED, NEVER, issued_by_processes
from tests.invoicing.owed import a_centre_that_invoices, a_class, afterwards
from tests.invoicing.test_issue import keys_of

KILLS = int(os.environ.get("EXAMPLES", "4"))
STATEMENTS = 20  # of issuing one; a later one is the commit


def claims(many: int) -> list[str]:
    """So many classes came."""
    centre = a_centre_that_invoices()
    booked = a_class(centre)
    copy_visit(booked.booking_id, many - 1)
    keys = keys_of(centre)
    assert len(keys) == many
    db.session.remove()
    return keys


def numbers() -> list[int]:
    """Of all that is issued, each claimed once and promised to be written."""
    db.session.rollback()
    there = list(db.session.scalars(select(Invoice.number).order_by(Invoice.number)))
    assert db.session.scalar(select(func.count(InvoicedReceivable.id))) == len(there)
    promised = select(func.count()).select_from(Promise).where(Promise.kind == "invoice.files")
    assert db.session.scalar(promised) == len(there)
    return there


def of_invoices() -> list[str]:
    """What the check says of invoices; copies of bookings have no tickets of their own."""
    return [breach for breach in breaches() if breach.startswith("I11")]


def test_thirty_two_processes_issue_at_once_and_numbers_follow_each_other(app: Flask) -> None:
    keys = claims(16)
    answers = issued_by_processes(app, [(key, NEVER) for key in keys * 2], afterwards())
    assert sorted(answers) == [*map(str, range(FIRST_NUMBER, FIRST_NUMBER + 16)), *["ReceivableGone"] * 16]
    assert numbers() == list(range(FIRST_NUMBER, FIRST_NUMBER + 16))
    assert of_invoices() == []


def test_processes_killed_while_they_issue_leave_no_gap_no_half_and_lose_nothing(app: Flask) -> None:
    keys, random = claims(KILLS + 2), Random(13)
    dying = [random.randint(1, STATEMENTS) for _key in keys[:KILLS]]
    dying[:2] = [STATEMENTS, AFTERWARDS]
    orders = list(zip(keys, [*dying, NEVER, NEVER], strict=True))
    answers = issued_by_processes(app, orders, afterwards())
    assert answers[:KILLS] == [KILLED] * KILLS
    there = numbers()
    assert there == list(range(FIRST_NUMBER, FIRST_NUMBER + 3))  # those that lived, and the one killed afterwards
    _again, refused = issue_all(keys, the_centre(), afterwards(), "account:1")
    assert [type(refusal) for refusal in refused] == [ReceivableGone] * 3
    assert numbers() == list(range(FIRST_NUMBER, FIRST_NUMBER + len(keys)))
    assert of_invoices() == []


def test_of_many_that_issue_one_batch_and_are_killed_each_document_is_whole_and_issued_once(app: Flask) -> None:
    keys, random = claims(AT_ONCE + 2), Random(14)
    batch = " ".join(keys)
    whole = 12 * AT_ONCE  # statements of the first documents that are issued together, about
    dying = [random.randint(whole // 2, whole * 2) for _ in range(KILLS)]
    answers = issued_by_processes(app, [(batch, die_at) for die_at in [*dying, NEVER, NEVER]], afterwards())
    assert [answer for answer in answers if "Error" in answer] == []
    there = numbers()
    assert there == list(range(FIRST_NUMBER, FIRST_NUMBER + len(keys)))
    told = [int(number) for answer in answers if answer != KILLED for number in answer.split()]
    assert len(told) == len(set(told)) and set(told) <= set(there)
    assert of_invoices() == []
