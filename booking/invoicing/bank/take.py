"""A bank's file is taken: each of its rows kept once, and held against the invoices. The whole file or nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select

from booking.centre.facts import the_centre
from booking.invoicing.bank.file import BankFile, read_bank_file
from booking.invoicing.bank.late import TooMuch, late_of_file, pay_late, take_back_late
from booking.invoicing.bank.ledger import TURN, mark_taken_back, move_paid, shares_of
from booking.invoicing.bank.match import Matched, OpenDocument, RowOutcome, match
from booking.invoicing.bank.models import BankShare, RowState, StoredBankFile, StoredBankRow
from booking.invoicing.bank.rows import BankRow
from booking.invoicing.document import DocumentKind
from booking.invoicing.issue import NotSetUp, rules_of_invoices
from booking.invoicing.models import IS_OPEN, Invoice
from booking.invoicing.write_offs.recover import ComesOn
from booking.kernel.database import db, end_reading, in_pieces, one_at_a_time, run, unit_of_work
from booking.kernel.server.plans import plan_anew
from booking.records.audit import note

_STATES = {
    RowOutcome.PAID: RowState.MATCHED,
    RowOutcome.PART: RowState.MATCHED,
    RowOutcome.TOO_MUCH: RowState.MATCHED,
    RowOutcome.CREDITED: RowState.MATCHED,
    RowOutcome.OTHER_CURRENCY: RowState.OTHER_CURRENCY,
    RowOutcome.TAKEN_BACK: RowState.TAKEN_BACK,
}


@dataclass(frozen=True, slots=True)
class TakenFile:
    """What became of a file: counts of rows, and sums in minor units of the centre's currency.

    `size` rows were about our account, `had` of them taken before; `left_out` is what was none of ours. Of the new ones
    `applied` went on invoices, `late` pays fees and interest, `over` was paid too much and `waiting` is to be matched:
    together they are what came in, less what was taken back. `others` rows are in another currency and in no sum.
    """

    size: int
    had: int
    left_out: int
    applied: int = 0
    late: int = 0
    over: int = 0
    waiting: int = 0
    rows_waiting: int = 0
    others: int = 0

    @property
    def new(self) -> int:
        """How many rows were not there before."""
        return self.size - self.had


@dataclass(frozen=True, slots=True)
class _Fate:
    """What becomes of a row; `shares` by the invoice's id."""

    state: RowState
    applied: int
    over: int
    shares: Mapping[int, int]


def take_bank_file(content: bytes, actor: str, now: datetime) -> TakenFile:
    """Take a camt.054 about the account of the centre's invoices; taken again it changes nothing.

    Raises NotSetUp, and BankFileRefused as `read_bank_file` does.
    """
    centre, rules = the_centre(), rules_of_invoices()
    if rules is None:
        raise NotSetUp
    account, payers = rules.account, _payers_of_open()
    end_reading()
    file = read_bank_file(content, account, centre.zone)
    with unit_of_work():
        one_at_a_time(TURN)
        known = _known([row.key for row in file.rows])
        rows = [row for row in file.rows if row.key not in known]
        left_out = sum(count for _why, count in file.left_out)
        taken = TakenFile(len(file.rows), len(known), left_out)
        if not rows:
            return taken
        documents, ids = _documents([row.kid for row in rows if row.kid], payers)
        matched = match(rows, documents, centre.currency, _standing(rows))
        fates = _fates(matched, ids)
        file_id = _keep(file, taken, matched, fates, ids, actor, now)
        taken = _counted(taken, matched, fates, centre.currency)
        late = late_of_file(file_id)
        taken = replace(taken, late=late, over=taken.over - late)
        facts = {
            "rows": taken.new,
            "applied": taken.applied,
            "late": late,
            "over": taken.over,
            "waiting": taken.waiting,
        }
        note(actor, "bank.take", f"bank_file:{file_id}", None, facts)
        return taken


def _payers_of_open() -> dict[int, str]:
    """Whom open invoices are billed to, read before the unit of work since a document never changes."""
    query = select(Invoice.id, Invoice.document).where(IS_OPEN)
    return {invoice_id: document["billed_to"]["name"] for invoice_id, document in run(query)}


def _known(keys: Sequence[str]) -> set[str]:
    known: set[str] = set()
    for piece in in_pieces(keys):
        known.update(db.session.scalars(select(StoredBankRow.key).where(StoredBankRow.key.in_(piece))))
    return known


_COLUMNS = (
    Invoice.id, Invoice.number, Invoice.kid, Invoice.currency, Invoice.left, Invoice.written_off,
    (Invoice.payable > 0) & (Invoice.payable <= Invoice.credited),
)  # fmt: skip


def _documents(kids: Sequence[str], payers: Mapping[int, str]) -> tuple[list[OpenDocument], dict[str, int]]:
    """Invoices that a KID names, held still until the unit of work ends, and all that are open; ids by number."""
    documents: dict[int, OpenDocument] = {}
    ids: dict[str, int] = {}
    invoices = select(*_COLUMNS).where(Invoice.kind == DocumentKind.INVOICE).order_by(Invoice.id)
    named = [
        invoices.where(Invoice.kid.in_(piece)).with_for_update(key_share=True)
        for piece in in_pieces(sorted(set(kids)))
    ]  # fmt: skip
    for query in (*named, invoices.where(IS_OPEN)):
        for invoice_id, number, kid, currency, left, written_off, is_credited in run(query):
            if invoice_id in documents:
                continue  # it is open and named
            documents[invoice_id] = OpenDocument(
                str(number), kid, payers.get(invoice_id, ""), currency, max(left, 0), is_credited, written_off
            )
            ids[str(number)] = invoice_id
    return list(documents.values()), ids


def _standing(rows: Sequence[BankRow]) -> list[Matched]:
    """Payments taken before that rows of the file may take back: of the same sum, and not taken back already."""
    amounts = sorted({row.amount for row in rows if row.reversal})
    stored: list[StoredBankRow] = []
    for piece in in_pieces(amounts):
        query = select(StoredBankRow).where(
            StoredBankRow.amount.in_(piece),
            StoredBankRow.reversal.is_(False),
            StoredBankRow.state != RowState.TAKEN_BACK,
        )
        stored += db.session.scalars(query)
    shares = {
        row_id: on for piece in in_pieces([row.id for row in stored]) for row_id, on in shares_of(piece).items()
    }  # fmt: skip
    numbers = _numbers({invoice_id for on in shares.values() for invoice_id in on})
    return [_as_matched(row, shares.get(row.id, {}), numbers) for row in sorted(stored, key=lambda row: row.id)]


def _numbers(invoice_ids: set[int]) -> dict[int, str]:
    return {
        invoice_id: str(number)
        for piece in in_pieces(sorted(invoice_ids))
        for invoice_id, number in run(select(Invoice.id, Invoice.number).where(Invoice.id.in_(piece)))
    }


def _as_matched(row: StoredBankRow, shares: Mapping[int, int], numbers: Mapping[int, str]) -> Matched:
    """A stored row as matching sees it; on several invoices by hand it is on none that can be told."""
    bank_row = BankRow(
        row.key, row.number, row.bank_reference, row.booked_on, row.value_on, row.amount, row.currency, row.reversal,
        row.kid, tuple(row.refs), (), row.text, row.debtor, row.debtor_account, "",
    )  # fmt: skip
    number = next((numbers[invoice_id] for invoice_id in shares), "") if len(shares) == 1 else ""
    return Matched(bank_row, row.outcome, number, row.applied, row.over)


def _fates(matched: Sequence[Matched], ids: Mapping[str, int]) -> dict[str, _Fate]:
    """What each row does, by its key, in the order of the file; what takes back is the other turned round."""
    fates: dict[str, _Fate] = {}
    before = _stored_fates([row_match.undoes for row_match in matched if row_match.undoes])
    for row_match in matched:
        state = _STATES.get(row_match.outcome, RowState.WAITING)
        if row_match.undoes in fates:
            fates[row_match.undoes] = undone = replace(fates[row_match.undoes], state=RowState.TAKEN_BACK)
        elif row_match.undoes:
            undone = before[row_match.undoes]
        else:
            on = {ids[row_match.number]: row_match.applied} if row_match.applied else {}
            fates[row_match.row.key] = _Fate(state, row_match.applied, row_match.over, on)
            continue
        back = {invoice_id: -amount for invoice_id, amount in undone.shares.items()}
        fates[row_match.row.key] = _Fate(state, -undone.applied, -undone.over, back)
    return fates


def _stored_fates(keys: Sequence[str]) -> dict[str, _Fate]:
    fates: dict[str, _Fate] = {}
    for piece in in_pieces(keys):
        rows = db.session.scalars(select(StoredBankRow).where(StoredBankRow.key.in_(piece))).all()
        shares = shares_of([row.id for row in rows])
        fates |= {row.key: _Fate(row.state, row.applied, row.over, shares.get(row.id, {})) for row in rows}
    return fates


def _keep(
    file: BankFile,
    taken: TakenFile,
    matched: Sequence[Matched],
    fates: Mapping[str, _Fate],
    invoice_ids: Mapping[str, int],
    actor: str,
    now: datetime,
) -> int:
    """Write what is new, and move what invoices have been paid."""
    values = {
        "message_id": file.message_id, "account": file.account, "created_at": file.created_at, "taken_at": now,
        "size": taken.size, "had": taken.had, "left_out": taken.left_out,
    }  # fmt: skip
    file_id = int(db.session.execute(insert(StoredBankFile).values(values).returning(StoredBankFile.id)).scalar_one())
    run(insert(StoredBankRow), [_values(file_id, row_match, fates[row_match.row.key]) for row_match in matched])
    plan_anew()
    undone = [row_match.undoes for row_match in matched if row_match.undoes]
    ids = _ids([*fates, *undone])
    shares = [
        {"row_id": ids[key], "invoice_id": invoice_id, "amount": amount, "by_hand": False}
        for key, fate in fates.items()
        for invoice_id, amount in fate.shares.items()
    ]
    if shares:
        run(insert(BankShare), shares)
    _pay_late(matched, fates, ids, invoice_ids)
    for row_match in matched:
        if row_match.undoes:
            mark_taken_back(ids[row_match.row.key], ids[row_match.undoes])
            take_back_late(ids[row_match.row.key], ids[row_match.undoes])
    moved: Counter[tuple[int, date]] = Counter()  # what came and went back on one day is nothing
    for row_match in matched:
        for invoice_id, amount in fates[row_match.row.key].shares.items():
            moved[invoice_id, row_match.row.booked_on] += amount
    move_paid([ComesOn(invoice_id, by, on) for (invoice_id, on), by in moved.items()], actor, now)
    return file_id


def _pay_late(
    matched: Sequence[Matched], fates: Mapping[str, _Fate], ids: Mapping[str, int], invoice_ids: Mapping[str, int]
) -> None:
    """What was too much and was not taken back in the same file pays fees and interest first."""
    pay_late(
        [
            TooMuch(ids[row_match.row.key], invoice_ids[row_match.number], row_match.over)
            for row_match in matched
            if row_match.outcome is RowOutcome.TOO_MUCH and fates[row_match.row.key].state is RowState.MATCHED
        ]
    )


def _ids(keys: Sequence[str]) -> dict[str, int]:
    query = select(StoredBankRow.key, StoredBankRow.id)
    return {key: row_id for piece in in_pieces(keys) for key, row_id in run(query.where(StoredBankRow.key.in_(piece)))}


def _values(file_id: int, row_match: Matched, fate: _Fate) -> dict[str, Any]:
    row = row_match.row
    return {
        "key": row.key, "file_id": file_id, "number": row.number, "bank_reference": row.bank_reference,
        "booked_on": row.booked_on, "value_on": row.value_on, "amount": row.amount, "currency": row.currency,
        "reversal": row.reversal, "kid": row.kid, "refs": list(row.references), "text": row.text, "debtor": row.debtor,
        "debtor_account": row.debtor_account, "outcome": row_match.outcome, "state": fate.state,
        "applied": fate.applied, "over": fate.over, "may_undo": list(row_match.may_undo), "reason": "",
        "proposals": [[candidate.number, candidate.reason.value] for candidate in row_match.candidates],
    }  # fmt: skip


def _counted(taken: TakenFile, matched: Sequence[Matched], fates: Mapping[str, _Fate], currency: str) -> TakenFile:
    applied = over = waiting = rows_waiting = others = 0
    for row_match in matched:
        row, fate = row_match.row, fates[row_match.row.key]
        if fate.state is RowState.OTHER_CURRENCY or row.currency != currency:
            others += 1
            continue
        applied, over = applied + fate.applied, over + fate.over
        waiting += (-row.amount if row.reversal else row.amount) - fate.applied - fate.over
        rows_waiting += fate.state is RowState.WAITING
    return replace(
        taken, applied=applied, over=over, waiting=waiting, rows_waiting=rows_waiting, others=others
    )  # fmt: skip
