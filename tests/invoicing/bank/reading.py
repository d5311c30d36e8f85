"""A bank's file read, and what it says when it is not right."""

from __future__ import annotations

from dataclasses import replace

import pytest

from booking.invoicing.bank.file import BankFile, read_bank_file
from booking.invoicing.bank.rows import BankRow, BrokenRow, RowFault
from booking.invoicing.bank.xml import BankFileRefused
from booking.invoicing.kid import kid_of
from tests.invoicing.bank.files import (
    OSLO,
    OURS,
    VERSIONS,
    Paid,
    WrittenEntry,
    WrittenFile,
    a_file,
)

BOTH = pytest.mark.parametrize("version", VERSIONS)
KID, OTHER_KID = kid_of(7, 10001), kid_of(7, 10002)


def read(file: WrittenFile, account: str = OURS) -> BankFile:
    """What our account's file says."""
    return read_bank_file(file.content, account, OSLO)


def rows(*payments: Paid, **changes: object) -> tuple[BankRow, ...]:
    """Payments, each in its own entry, as they are read."""
    return read(a_file(*payments, **changes)).rows


def row(paid: Paid, **changes: object) -> BankRow:
    """A payment as it is read."""
    (only,) = rows(paid, **changes)
    return only


def entry(**changes: object) -> WrittenEntry:
    """One payment's entry."""
    return replace(WrittenEntry((Paid(kid=KID),)), **changes)  # type: ignore[arg-type]


def refused(content: bytes) -> BankFileRefused:
    """Why a file is not taken."""
    with pytest.raises(BankFileRefused) as refusal:
        read_bank_file(content, OURS, OSLO)
    return refusal.value


def fault(file: WrittenFile) -> tuple[int, RowFault]:
    """Which payment is broken, and how."""
    refusal = refused(file.content)
    assert isinstance(refusal, BrokenRow)
    return refusal.number, refusal.fault
