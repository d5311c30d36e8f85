"""Which document each row of a bank's file pays. Pure.

Only a KID that is exactly a document's matches by itself. All else is a candidate, which a person chooses or does not.
Sums are in minor units.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from booking.bookings.search_words import split
from booking.invoicing.bank.rows import BankRow

MOST_CANDIDATES = 5
ALIKE = 60  # percent of two names that must be the same to be a candidate by name
_SHORTEST_NUMBER = 4  # below, a number in somebody's words may be anything
_COMMON = 50  # a word that more payers have says nothing by itself


@dataclass(frozen=True, slots=True)
class OpenDocument:
    """An invoice as the bank's rows are held against it: what is still open, maybe nought.

    `credited`: the whole of it has been credited, so that money on it belongs to nobody's receivable. What was
    `written_off` besides is not asked for, and paid all the same when more comes than is open.
    """

    number: str
    kid: str
    payer: str
    currency: str
    open: int
    credited: bool = False
    written_off: int = 0


class RowOutcome(StrEnum):
    """What a row does."""

    PAID = "paid"  # all that was open
    PART = "part"
    TOO_MUCH = "too_much"  # more than was open, which may have been nothing
    CREDITED = "credited"  # on a document that has been credited whole
    UNKNOWN_KID = "unknown_kid"
    SEVERAL = "several"  # several references, and no telling how much for each
    NO_KID = "no_kid"
    OTHER_CURRENCY = "other_currency"
    TAKEN_BACK = "taken_back"  # undoes an earlier row
    TAKEN_BACK_UNKNOWN = "taken_back_unknown"  # it is not clear which
    KNOWN = "known"  # taken before


class CandidateReason(StrEnum):
    """Why a document may be the one, the best first."""

    REFERENCE = "reference"
    KID_IN_WORDS = "kid_in_words"
    NUMBER_IN_WORDS = "number_in_words"
    AMOUNT_AND_NAME = "amount_and_name"
    AMOUNT = "amount"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document that a row may be for."""

    number: str
    reason: CandidateReason


@dataclass(frozen=True, slots=True)
class Matched:
    """A row and what it does to which document.

    `applied` is what it pays of the document's open sum and `over` what is left of it for nothing; together they are
    the row's amount on a match, both nought without one, below nought where a payment is taken back. `undoes` is the
    key of the row taken back, `may_undo` keys of those that it could be.
    """

    row: BankRow
    outcome: RowOutcome
    number: str = ""
    applied: int = 0
    over: int = 0
    candidates: tuple[Candidate, ...] = ()
    undoes: str = ""
    may_undo: tuple[str, ...] = ()


def match(
    rows: Sequence[BankRow], documents: Sequence[OpenDocument], currency: str, earlier: Sequence[Matched] = ()
) -> list[Matched]:
    """What each row does, in the order of the rows: one after the other they use up what is open.

    `currency` is the account's. `earlier` are rows taken before, as they were matched then, in that order: those that
    the file may have again or take back. `documents` are as they stand after these, and those paid already are among
    them where a KID may name them. Candidates are sought last, among what the whole file leaves open.
    """
    ledger = _Ledger(documents, currency, earlier)
    matched = [ledger.take(row) for row in rows]
    search: _CandidateSearch | None = None
    for place, row_match in enumerate(matched):
        if row_match.outcome in (RowOutcome.NO_KID, RowOutcome.UNKNOWN_KID, RowOutcome.SEVERAL):
            search = search or _CandidateSearch(ledger.left())
            matched[place] = Matched(row_match.row, row_match.outcome, candidates=search.candidates(row_match.row))
    return matched


class _Ledger:
    """What is open on each document while rows come in."""

    def __init__(self, documents: Sequence[OpenDocument], currency: str, earlier: Sequence[Matched]) -> None:
        self._documents = documents
        self._currency = currency
        self._by_kid: dict[str, list[OpenDocument]] = defaultdict(list)
        for document in documents:
            if document.kid:
                self._by_kid[document.kid].append(document)
        self._open = {document.number: document.open for document in documents}
        self._standing = _Standing()
        self._known = {before.row.key for before in earlier}
        for before in earlier:
            self._standing.see(before)

    def take(self, row: BankRow) -> Matched:
        """What this row does, after those before it."""
        if row.key in self._known:
            return Matched(row, RowOutcome.KNOWN)
        self._known.add(row.key)
        matched = self._taken_back(row) if row.reversal else self._paid(row)
        self._standing.see(matched)
        if matched.number in self._open:
            self._open[matched.number] -= matched.applied
        return matched

    def left(self) -> list[OpenDocument]:
        """Documents with what is open now, where anything is."""
        return [
            OpenDocument(document.number, document.kid, document.payer, document.currency, self._open[document.number])
            for document in self._documents
            if self._open[document.number] > 0 and not document.credited and document.currency == self._currency
        ]

    def _paid(self, row: BankRow) -> Matched:
        documents = self._by_kid.get(row.kid, [])
        if row.currency != self._currency or any(document.currency != row.currency for document in documents):
            return Matched(row, RowOutcome.OTHER_CURRENCY)
        if not row.kid:
            return Matched(row, RowOutcome.SEVERAL if row.references else RowOutcome.NO_KID)
        if len(documents) != 1:
            return Matched(row, RowOutcome.UNKNOWN_KID)
        (document,) = documents
        if document.credited:
            return Matched(row, RowOutcome.CREDITED, document.number, 0, row.amount)
        # Below nought once something of what was written off is paid.
        left = self._open[document.number]
        applied = min(row.amount, max(left + document.written_off, 0))
        if row.amount < left:
            outcome = RowOutcome.PART
        else:
            outcome = RowOutcome.PAID if row.amount == applied else RowOutcome.TOO_MUCH
        return Matched(row, outcome, document.number, applied, row.amount - applied)

    def _taken_back(self, row: BankRow) -> Matched:
        """Exactly an earlier payment with the same KID and sum, the last of them; else a person must say."""
        before = self._standing.last(row)
        if before is None:
            return Matched(row, RowOutcome.TAKEN_BACK_UNKNOWN, may_undo=self._standing.may_be(row))
        return Matched(row, RowOutcome.TAKEN_BACK, before.number, -before.applied, -before.over, undoes=before.row.key)


class _Standing:
    """Payments that have come in and were not taken back."""

    def __init__(self) -> None:
        self._by_kid: dict[tuple[str, str, int], dict[str, Matched]] = defaultdict(dict)
        self._by_sum: dict[tuple[str, int], dict[str, None]] = defaultdict(dict)

    def see(self, matched: Matched) -> None:
        """One more row, in the order in which they came."""
        row = matched.row
        same_sum = self._by_sum[row.currency, row.amount]
        same_kid = self._by_kid[row.kid, row.currency, row.amount]
        if not row.reversal:
            same_sum[row.key] = None
            same_kid[row.key] = matched
        else:
            same_sum.pop(matched.undoes, None)
            same_kid.pop(matched.undoes, None)

    def last(self, row: BankRow) -> Matched | None:
        """The last payment with this very KID and sum."""
        same = self._by_kid[row.kid, row.currency, row.amount] if row.kid else {}
        return next(reversed(same.values()), None)

    def may_be(self, row: BankRow) -> tuple[str, ...]:
        """Keys of payments of the same sum, the last first."""
        return tuple(islice(reversed(self._by_sum.get((row.currency, row.amount), {})), MOST_CANDIDATES))


class _CandidateSearch:
    """Finds the documents that a row without a match may be for, among those still open."""

    def __init__(self, documents: Sequence[OpenDocument]) -> None:
        self._by_kid: dict[str, list[str]] = defaultdict(list)
        self._by_number: dict[str, list[str]] = defaultdict(list)
        self._by_amount: dict[int, list[str]] = defaultdict(list)
        self._by_payer: dict[str, list[str]] = defaultdict(list)
        self._by_both: dict[tuple[int, str], list[str]] = defaultdict(list)
        for document in documents:
            self._by_kid[document.kid].append(document.number)
            if len(document.number) >= _SHORTEST_NUMBER:
                self._by_number[document.number.casefold()].append(document.number)
            self._by_amount[document.open].append(document.number)
            self._by_payer[document.payer].append(document.number)
            self._by_both[document.open, document.payer].append(document.number)
        self._names = _Names(self._by_payer)

    def candidates(self, row: BankRow) -> tuple[Candidate, ...]:
        """The likeliest first, each document once, for the best reason."""
        reasons: dict[str, CandidateReason] = {}
        for reason, number in self._all(row):
            reasons.setdefault(number, reason)
            if len(reasons) == MOST_CANDIDATES:
                break
        return tuple(Candidate(number, reason) for number, reason in reasons.items())

    def _all(self, row: BankRow) -> Iterator[tuple[CandidateReason, str]]:
        for reference in row.references:
            yield from ((CandidateReason.REFERENCE, number) for number in self._by_kid.get(reference, []))
        for hint in row.hints:
            yield from ((CandidateReason.KID_IN_WORDS, number) for number in self._by_kid.get(hint, []))
        for word in re.findall(r"\w+", row.text.casefold()):
            yield from ((CandidateReason.NUMBER_IN_WORDS, number) for number in self._by_number.get(word, []))
        alike = self._names.alike(row.debtor)
        for payer in alike:
            for number in self._by_both.get((row.amount, payer), []):
                yield CandidateReason.AMOUNT_AND_NAME, number
        yield from ((CandidateReason.AMOUNT, number) for number in self._by_amount.get(row.amount, []))
        for payer in alike:
            yield from ((CandidateReason.NAME, number) for number in self._by_payer[payer])


class _Names:
    """Payers whose names are like one that the bank writes: a rare word in common counts more than "kommune"."""

    def __init__(self, payers: Iterable[str]) -> None:
        self._words = {payer: frozenset(split(payer)) for payer in payers}
        self._payers: dict[str, list[str]] = defaultdict(list)
        self._namesakes: dict[frozenset[str], list[str]] = defaultdict(list)
        for payer, words in self._words.items():
            self._namesakes[words].append(payer)
            for word in words:
                self._payers[word].append(payer)
        self._weights = {payer: self._weight(words) for payer, words in self._words.items()}
        self._sought: dict[str, list[str]] = {}

    def alike(self, name: str) -> list[str]:
        """Payers of such a name, the likest first."""
        if name not in self._sought:
            self._sought[name] = self._search(frozenset(split(name)))
        return self._sought[name]

    def _search(self, words: frozenset[str]) -> list[str]:
        near = set(self._namesakes.get(words, ())) if words else set()
        for word in words:
            payers = self._payers.get(word, ())
            near.update(payers if len(payers) <= _COMMON else ())
        weight = self._weight(words)
        percents = {
            payer: 200 * self._weight(words & self._words[payer]) // (weight + self._weights[payer]) for payer in near
        }
        alike = [payer for payer in near if percents[payer] >= ALIKE]
        return sorted(alike, key=lambda payer: (-percents[payer], payer))

    def _weight(self, words: frozenset[str]) -> int:
        """Each word by how few payers have it; one that nobody has as much as one that one has."""
        return sum(1000 // len(self._payers.get(word, (word,))) or 1 for word in words)
