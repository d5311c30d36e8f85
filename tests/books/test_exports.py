"""A closed month as files: each balances when it is read by code that shares nothing with what wrote it."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import func, select, update

from booking.agreements.models import Agreement
from booking.books.closing import close_month
from booking.books.exports.files import JournalForm, journal_file
from booking.books.exports.rows import MonthOpen
from booking.books.journal import AccountRole
from booking.books.models import JournalEntry, Voucher
from booking.centre.facts import the_centre
from booking.invoicing.issue import issue_all
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from tests.books.keeping import ACTOR, a_paid_booking, gone_back, keep_books, later
from tests.builders import a_slot, a_ticket_type, an_activity, tomorrow
from tests.invoicing.owed import a_centre_that_invoices, a_class
from tests.invoicing.test_issue import keys_of

Sums = Mapping[str, Decimal]


def a_closed_month() -> date:
    """Sales at odd prices, money back, an invoice to a payer whose name a spreadsheet would run."""
    centre = a_centre_that_invoices()
    keep_books()
    a_class(centre)
    entry = an_activity(capacity=100)
    slot, kinds = a_slot(entry, 100, tomorrow(days=36)), [a_ticket_type(entry, price) for price in (3333, 17, 9999)]
    payments = [a_paid_booking(slot, kind, many)[1] for kind in kinds for many in (1, 3)]
    gone_back(payments[0], 1001)
    with unit_of_work():
        db.session.execute(update(Agreement).values(payer='=cmd|" /C calc"!A0;kommune'))
    with later(40):
        month = clock.now().date().replace(day=1)
        issue_all(keys_of(centre), centre.facts, clock.now(), ACTOR)
    with later(75):
        close_month(month, the_centre(), clock.now(), ACTOR)
    return month


def file(month: date, form: JournalForm) -> bytes:
    return journal_file(month, form, "NO").content


def in_journal(month: date) -> dict[AccountRole, Decimal]:
    """What the month has by account, asked of the database."""
    query = select(JournalEntry.role, func.sum(JournalEntry.amount)).join(
        Voucher, Voucher.number == JournalEntry.voucher_number
    )
    rows = db.session.execute(query.where(Voucher.on_day >= month).group_by(JournalEntry.role))
    return {role: Decimal(int(amount)) / 100 for role, amount in rows}


ACCOUNTS = {
    AccountRole.PROVIDER: "1960", AccountRole.RECEIVABLE: "1500", AccountRole.PREPAID: "2900",
    AccountRole.ADMISSION: "3000", AccountRole.PROGRAMME: "3100", AccountRole.VAT: "2702", AccountRole.LUNCH: "3600",
}  # fmt: skip


def check(month: date, rows: list[tuple[str, str, Decimal]], leaving_out: tuple[AccountRole, ...] = ()) -> None:
    """Rows of voucher, account and sum come to nought for each voucher, and by account to what the journal has."""
    by_voucher: dict[str, Decimal] = defaultdict(Decimal)
    by_account: dict[str, Decimal] = defaultdict(Decimal)
    for voucher, account, amount in rows:
        by_voucher[voucher] += amount
        by_account[account] += amount
    assert rows and set(by_voucher.values()) == {Decimal(0)}
    for role, amount in in_journal(month).items():
        if role not in leaving_out:
            assert by_account[ACCOUNTS[role]] == amount, role


def test_the_csv_file_balances_and_has_what_the_journal_has(app: Flask) -> None:
    month = a_closed_month()
    read = list(csv.DictReader(io.StringIO(file(month, JournalForm.CSV).decode("utf-8-sig")), delimiter=";"))
    check(month, [(row["voucher"], row["account"], Decimal(row["net"])) for row in read])
    assert sum(Decimal(row["gross"]) for row in read) == 0
    assert {row["vat_code"] for row in read if row["account"] == "3000"} == {"33"}
    named = [row for row in read if row["customer_name"]]
    assert named and all(row["customer_name"].startswith("'=") for row in named)
    assert all(len(row["kid"]) == 15 for row in named)


def test_the_excel_file_balances_and_no_cell_of_it_is_a_formula(app: Flask) -> None:
    month = a_closed_month()
    sheet = openpyxl.load_workbook(io.BytesIO(file(month, JournalForm.XLSX))).active
    head, *rows = list(sheet.iter_rows())
    names = [cell.value for cell in head]
    assert all(cell.data_type != "f" for row in rows for cell in row)
    read = [dict(zip(names, (cell.value for cell in row), strict=True)) for row in rows]
    check(month, [(row["voucher"], row["account"], Decimal(str(row["net"])).quantize(Decimal("0.01"))) for row in read])


def gbat(month: date) -> list[list[str]]:
    return [line.split(";") for line in file(month, JournalForm.GBAT10).decode().splitlines()]


def test_gbat10_balances_in_net_and_in_gross(app: Flask) -> None:
    month = a_closed_month()
    lines = gbat(month)
    assert {line[0] for line in lines} == {"GBAT10"} and {len(line) for line in lines} == {30}
    check(month, [(line[1], line[6], Decimal(line[8])) for line in lines])
    taken = [line for line in lines if line[26] == "T"]  # by whoever makes the VAT by themselves
    by_voucher: dict[str, Decimal] = defaultdict(Decimal)
    for line in taken:
        by_voucher[line[1]] += Decimal(line[27])
    assert set(by_voucher.values()) == {Decimal(0)}
    assert {line[6] for line in lines if line[26] == "F"} == {"2702"}
    assert all(line[2].startswith(f"{month:%Y%m}") for line in lines)


def test_poweroffice_has_its_mark_balances_in_gross_and_one_customer_an_invoice(app: Flask) -> None:
    month = a_closed_month()
    mark, head, *rows = csv.reader(io.StringIO(file(month, JournalForm.POWEROFFICE).decode("utf-8-sig")), delimiter=";")
    assert mark[0] == "[Vouchers]"
    read = [dict(zip(head, row, strict=True)) for row in rows]
    income = (AccountRole.VAT, AccountRole.ADMISSION, AccountRole.PROGRAMME, AccountRole.LUNCH)
    check(month, [(row["VoucherNo"], row["Account"], Decimal(row["Amount"])) for row in read], income)
    customers: dict[str, int] = defaultdict(int)
    for row in read:
        customers[row["VoucherNo"]] += bool(row["CustomerNo"]) if row["VoucherType"] == "2" else 0
    assert max(customers.values()) == 1


@pytest.mark.parametrize("form", JournalForm)
def test_the_same_closed_month_gives_the_same_bytes(app: Flask, form: JournalForm) -> None:
    month = a_closed_month()
    first = file(month, form)
    with later(200):
        assert file(month, form) == first


def test_there_is_no_file_of_an_open_month(app: Flask) -> None:
    a_centre_that_invoices()
    with pytest.raises(MonthOpen):
        file(date(2026, 11, 1), JournalForm.CSV)
