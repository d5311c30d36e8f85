"""A process that is killed while it takes a bank's file leaves all of it or nothing, and the same file again is whole.

`EXAMPLES=50` in the environment kills as many instead of four.
"""

from __future__ import annotations

import os
from random import Random

from flask import Flask
from sqlalchemy import func, select

from booking.invoicing.bank.models import BankShare, StoredBankFile, StoredBankRow
from booking.invoicing.bank.take import take_bank_file
from booking.invoicing.models import Invoice
from booking.kernel import clock
from booking.kernel.database import db
from tests.invoicing.bank.books import ACTOR, an_account, came, owed, payment, take
from tests.support.killing import counting, is_killed

KILLS = int(os.environ.get("EXAMPLES", "4"))


def kept() -> tuple[int, int, int, int]:
    """Files, rows, shares of rows on invoices, and what invoices are paid."""
    db.session.rollback()
    counts = [
        db.session.scalar(select(func.count(table.id))) or 0 for table in (StoredBankFile, StoredBankRow, BankShare)
    ]
    paid = db.session.scalar(select(func.sum(Invoice.paid))) or 0
    db.session.rollback()
    return counts[0], counts[1], counts[2], int(paid)


def test_a_file_is_taken_whole_or_not_at_all_wherever_its_taking_is_killed(app: Flask) -> None:
    an_account()
    invoices = [owed(10001 + n, sum=1_000_000) for n in range(3)]
    draw = Random(17)

    def a_file_of(day: int) -> bytes:
        rows = [payment(100, invoice.kid, reference=f"{day}-{invoice.number}") for invoice in invoices]
        return came(*rows, payment(7, reference=f"{day}-none"), file=f"MSG-{day}").content

    with counting() as ran:
        take_bank_file(a_file_of(0), ACTOR, clock.now())
    assert kept() == (1, 4, 3, 300)
    at_commit = len(ran)
    dying = [draw.randint(1, at_commit) for _kill in range(KILLS - 1)] + [at_commit]
    for day, at in enumerate(dying, 1):
        content = a_file_of(day)
        before = kept()
        assert is_killed(lambda content=content: take_bank_file(content, ACTOR, clock.now()), at)  # type: ignore[misc]
        assert kept() == before
        assert take_bank_file(content, ACTOR, clock.now()).applied == 300
        assert take_bank_file(content, ACTOR, clock.now()).new == 0
        assert kept() == (day + 1, 4 * (day + 1), 3 * (day + 1), 300 * (day + 1))
    take(came(payment(1, invoices[0].kid, reference="last"), file="MSG-last"))  # and the books agree
    if "EXAMPLES" in os.environ:
        print(f"{KILLS} kills at statements {sorted(dying)} of {at_commit}")
