"""Only an exact KID pays a document by itself; whatever else comes in waits for somebody to say what it is for."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booking.invoicing.bank.file import read_bank_file
from booking.invoicing.bank.match import Candidate, CandidateReason, Matched, OpenDocument, RowOutcome, match
from booking.invoicing.bank.rows import BankRow
from booking.invoicing.kid import kid_of
from tests.invoicing.bank.files import DAY, OSLO, OURS, Paid, WrittenSlip, a_file


def a_row(key: str, amount: int, kid: str = "", **changes: object) -> BankRow:
    """Money that came in from Storby."""
    row = BankRow(
        key, 1, key, DAY, DAY, amount, "NOK", False, kid, (kid,) if kid else (), (), "", "STORBY KOMMUNE", "", OURS
    )
    return replace(row, **changes)  # type: ignore[arg-type]


def a_document(number: int = 10001, open: int = 100, payer: str = "Storby kommune", **changes: object) -> OpenDocument:
    """An invoice of which so much is open."""
    return replace(OpenDocument(str(number), kid_of(7, number), payer, "NOK", open), **changes)  # type: ignore[arg-type]


KID, OTHER_KID = kid_of(7, 10001), kid_of(7, 10002)
NOBODY = "Ingen Kjent"


def matches(*rows: BankRow, on: list[OpenDocument], earlier: list[Matched] | None = None) -> list[Matched]:
    """In Norwegian kroner."""
    return match(rows, on, "NOK", earlier or [])


def told(matched: list[Matched]) -> list[tuple[RowOutcome, str, int, int]]:
    """What each does."""
    return [(result.outcome, result.number, result.applied, result.over) for result in matched]


@pytest.mark.parametrize(
    ("amount", "outcome", "applied", "over"),
    [(100, RowOutcome.PAID, 100, 0), (60, RowOutcome.PART, 60, 0), (130, RowOutcome.TOO_MUCH, 100, 30)],
)
def test_an_exact_kid_pays_its_document(amount: int, outcome: RowOutcome, applied: int, over: int) -> None:
    matched = matches(a_row("a", amount, KID), on=[a_document(), a_document(10002)])
    assert told(matched) == [(outcome, "10001", applied, over)]
    assert matched[0].candidates == ()


def test_several_payments_in_one_file_use_up_what_is_open_one_after_the_other() -> None:
    rows = [a_row("a", 60, KID), a_row("b", 10, OTHER_KID), a_row("c", 40, KID), a_row("d", 5, KID)]
    assert told(matches(*rows, on=[a_document(), a_document(10002)])) == [
        (RowOutcome.PART, "10001", 60, 0),
        (RowOutcome.PART, "10002", 10, 0),
        (RowOutcome.PAID, "10001", 40, 0),
        (RowOutcome.TOO_MUCH, "10001", 0, 5),
    ]


def test_money_on_a_document_paid_before_is_too_much() -> None:
    assert told(matches(a_row("a", 100, KID), on=[a_document(open=0)])) == [(RowOutcome.TOO_MUCH, "10001", 0, 100)]


def test_money_on_a_credited_document_belongs_to_no_claim() -> None:
    matched = matches(a_row("a", 100, KID), on=[a_document(open=0, credited=True)])
    assert told(matched) == [(RowOutcome.CREDITED, "10001", 0, 100)]


def test_a_kid_that_is_nobodys_matches_nothing_and_says_who_it_may_be() -> None:
    (matched,) = matches(a_row("a", 100, OTHER_KID), on=[a_document()])
    assert told([matched]) == [(RowOutcome.UNKNOWN_KID, "", 0, 0)]
    assert matched.candidates == (Candidate("10001", CandidateReason.AMOUNT_AND_NAME),)


@pytest.mark.parametrize("kid", [KID[1:], "0" + KID, KID + " ", KID.lstrip("0")])
def test_a_kid_that_is_nearly_one_matches_nothing(kid: str) -> None:
    assert matches(a_row("a", 100, kid), on=[a_document()])[0].outcome is RowOutcome.UNKNOWN_KID


def test_a_reference_of_two_documents_matches_neither() -> None:
    on = [a_document(), a_document(10002, kid=KID)]
    (matched,) = matches(a_row("a", 100, KID), on=on)
    assert matched.outcome is RowOutcome.UNKNOWN_KID
    assert {(candidate.number, candidate.reason) for candidate in matched.candidates} == {
        ("10001", CandidateReason.REFERENCE), ("10002", CandidateReason.REFERENCE),
    }  # fmt: skip


def test_a_payment_without_kid_never_pays_a_document_without_one() -> None:
    (matched,) = matches(a_row("a", 100), on=[a_document(kid="")])
    assert (matched.outcome, matched.applied) == (RowOutcome.NO_KID, 0)


def test_several_references_match_none_by_themselves() -> None:
    (matched,) = matches(
        a_row("a", 100, references=(KID, OTHER_KID), debtor=NOBODY), on=[a_document(), a_document(10002)]
    )
    assert told([matched]) == [(RowOutcome.SEVERAL, "", 0, 0)]
    assert [candidate.reason for candidate in matched.candidates] == [CandidateReason.REFERENCE] * 2


@pytest.mark.parametrize("on", [a_document(), a_document(currency="EUR")])
def test_money_in_another_currency_is_never_matched(on: OpenDocument) -> None:
    (matched,) = matches(a_row("a", 100, KID, currency="EUR"), on=[on])
    assert (matched.outcome, matched.number, matched.candidates) == (RowOutcome.OTHER_CURRENCY, "", ())


def test_a_document_in_another_currency_is_never_matched() -> None:
    on = [a_document(currency="EUR")]
    assert matches(a_row("a", 100, KID), on=on)[0].outcome is RowOutcome.OTHER_CURRENCY
    assert matches(a_row("a", 100), on=on)[0].candidates == ()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"hints": (KID,), "debtor": NOBODY}, CandidateReason.KID_IN_WORDS),
        ({"text": "Faktura 10001", "debtor": NOBODY}, CandidateReason.NUMBER_IN_WORDS),
        ({"amount": 100}, CandidateReason.AMOUNT_AND_NAME),
        ({"amount": 100, "debtor": NOBODY}, CandidateReason.AMOUNT),
        ({}, CandidateReason.NAME),
    ],
)
def test_without_a_kid_documents_are_proposed_and_none_is_taken(
    changes: dict[str, object], reason: CandidateReason
) -> None:
    on = [a_document(), a_document(10002, 999, "Fjellvik skole")]
    (matched,) = matches(replace(a_row("a", 7), **changes), on=on)  # type: ignore[arg-type]
    assert told([matched]) == [(RowOutcome.NO_KID, "", 0, 0)]
    assert matched.candidates == (Candidate("10001", reason),)


def test_the_likeliest_comes_first_and_each_document_once() -> None:
    on = [
        a_document(10001, 100, "Annenby kommune"),
        a_document(10002, 999),
        a_document(10003, 100),
        a_document(10004, 50, "Annenby kommune"),
    ]
    (matched,) = matches(a_row("a", 100, text="til 10004"), on=on)
    assert [candidate.number for candidate in matched.candidates] == ["10004", "10003", "10001", "10002"]


def test_there_are_never_more_than_a_person_can_look_at() -> None:
    (matched,) = matches(a_row("a", 100), on=[a_document(10001 + n) for n in range(50)])
    assert [candidate.number for candidate in matched.candidates] == ["10001", "10002", "10003", "10004", "10005"]


@pytest.mark.parametrize(
    ("debtor", "is_alike"),
    [
        ("STORBY KOMMUNE", True),
        ("Storby kommune, regnskapsavdelingen", True),
        ("KOMMUNE STORBY", True),
        ("Annenby kommune", False),
        ("Kommune", False),
        ("", False),
    ],
)
def test_a_name_is_known_by_what_is_its_own(debtor: str, is_alike: bool) -> None:
    towns = [a_document(10002 + n, 999, f"{town} kommune") for n, town in enumerate(("Tredjeby", "Fjerdeby", "Åsby"))]
    (matched,) = matches(a_row("a", 7, debtor=debtor), on=[a_document(), *towns])
    assert (matched.candidates == (Candidate("10001", CandidateReason.NAME),)) is is_alike


def test_letters_that_banks_lose_make_no_other_name() -> None:
    on = [a_document(payer="Ås kommune"), a_document(10002, 999, "Os kommune")]
    assert matches(a_row("a", 7, debtor="AAS KOMMUNE"), on=on)[0].candidates[0].number == "10001"


def test_a_name_of_common_words_is_still_found_when_it_is_the_same() -> None:
    first, last = ("Anna", "Berit", "Kari", "Liv", "Mona", "Nina", "Tone", "Unni"), ("Berg", "Dahl", "Hagen", "Lie")
    names = [f"{given} Moen {family}" for given in first for family in last]
    on = [a_document(10001 + n, 999, name) for n, name in enumerate(names * 3)]
    (matched,) = matches(a_row("a", 7, debtor="LIE, KARI MOEN"), on=on)
    assert {on[int(candidate.number) - 10001].payer for candidate in matched.candidates[:3]} == {"Kari Moen Lie"}


def test_what_the_file_itself_pays_is_no_candidate_any_more() -> None:
    (first, _paid) = matches(a_row("a", 100), a_row("b", 100, KID), on=[a_document()])
    assert first.candidates == ()


def test_what_is_left_of_a_part_is_what_a_candidate_is_known_by() -> None:
    (matched, _part) = matches(a_row("a", 40, debtor=NOBODY), a_row("b", 60, KID), on=[a_document()])
    assert matched.candidates == (Candidate("10001", CandidateReason.AMOUNT),)


def test_credited_documents_are_no_candidates() -> None:
    assert matches(a_row("a", 100), on=[a_document(credited=True)])[0].candidates == ()


@pytest.mark.parametrize("amount", [60, 100, 150])
def test_money_taken_back_opens_the_document_as_it_was(amount: int) -> None:
    rows = [a_row("a", amount, KID), a_row("b", amount, KID, reversal=True), a_row("c", 100, KID)]
    first, back, again = matches(*rows, on=[a_document()])
    assert (back.outcome, back.number, back.undoes) == (RowOutcome.TAKEN_BACK, "10001", "a")
    assert (back.applied, back.over) == (-first.applied, -first.over)
    assert told([again]) == [(RowOutcome.PAID, "10001", 100, 0)]


def test_money_of_an_earlier_file_is_taken_back_too() -> None:
    earlier = matches(a_row("a", 100, KID), on=[a_document()])
    matched = matches(
        a_row("b", 100, KID, reversal=True), a_row("c", 100, KID), on=[a_document(open=0)], earlier=earlier
    )
    assert told(matched) == [(RowOutcome.TAKEN_BACK, "10001", -100, 0), (RowOutcome.PAID, "10001", 100, 0)]


def test_the_last_of_two_like_payments_is_taken_back_first_and_none_twice() -> None:
    rows = [a_row("a", 100, KID), a_row("b", 100, KID), *(a_row(key, 100, KID, reversal=True) for key in "cde")]
    matched = matches(*rows, on=[a_document()])
    assert told(matched)[2:] == [
        (RowOutcome.TAKEN_BACK, "10001", 0, -100),
        (RowOutcome.TAKEN_BACK, "10001", -100, 0),
        (RowOutcome.TAKEN_BACK_UNKNOWN, "", 0, 0),
    ]
    assert [result.undoes for result in matched[2:]] == ["b", "a", ""]


def test_what_was_taken_back_in_an_earlier_file_is_not_taken_back_again() -> None:
    earlier = matches(a_row("a", 100, KID), a_row("b", 100, KID, reversal=True), on=[a_document()])
    (matched,) = matches(a_row("c", 100, KID, reversal=True), on=[a_document()], earlier=earlier)
    assert (matched.outcome, matched.may_undo) == (RowOutcome.TAKEN_BACK_UNKNOWN, ())


@pytest.mark.parametrize("back", [a_row("z", 100, reversal=True), a_row("z", 100, OTHER_KID, reversal=True)])
def test_money_taken_back_without_that_kid_says_which_payments_it_may_be(back: BankRow) -> None:
    rows = [a_row("a", 100, KID), a_row("b", 99, KID), a_row("c", 100), back]
    matched = matches(*rows, on=[a_document()])[-1]
    assert told([matched]) == [(RowOutcome.TAKEN_BACK_UNKNOWN, "", 0, 0)]
    assert matched.may_undo == ("c", "a")


def test_a_row_that_the_bank_sends_again_changes_nothing() -> None:
    earlier = matches(a_row("a", 60, KID), on=[a_document()])
    rows = [a_row("a", 60, KID), a_row("b", 40, KID), a_row("b", 40, KID)]
    assert told(matches(*rows, on=[a_document(open=40)], earlier=earlier)) == [
        (RowOutcome.KNOWN, "", 0, 0),
        (RowOutcome.PAID, "10001", 40, 0),
        (RowOutcome.KNOWN, "", 0, 0),
    ]


def test_a_whole_file_taken_in_twice_is_taken_in_once() -> None:
    slips = (WrittenSlip(KID, "60.00"), WrittenSlip(OTHER_KID, "40.00"))
    content = a_file(Paid("100.00", slips=slips), Paid("40.00", KID), Paid("1.00")).content
    on = [a_document(open=10_000), a_document(10002, 4000)]
    first = match(read_bank_file(content, OURS, OSLO).rows, on, "NOK")
    assert told(first) == [
        (RowOutcome.PART, "10001", 6000, 0),
        (RowOutcome.PAID, "10002", 4000, 0),
        (RowOutcome.PAID, "10001", 4000, 0),
        (RowOutcome.NO_KID, "", 0, 0),
    ]
    paid = [a_document(open=0), a_document(10002, 0)]
    again = match(read_bank_file(content, OURS, OSLO).rows, paid, "NOK", first)
    assert {result.outcome for result in again} == {RowOutcome.KNOWN}


NUMBERS = st.integers(10001, 10004)
ROWS = st.lists(st.tuples(st.integers(1, 120), st.none() | NUMBERS, st.booleans()), max_size=25)


@given(ROWS, st.dictionaries(NUMBERS, st.integers(0, 150)), st.integers(0, 25))
@settings(deadline=None)
def test_no_money_is_lost_or_made_and_two_files_come_to_what_one_does(
    written: list[tuple[int, int | None, bool]], opens: dict[int, int], cut: int
) -> None:
    rows = [
        a_row(str(n), amount, kid_of(7, number) if number else "", reversal=back)
        for n, (amount, number, back) in enumerate(written)
    ]
    on = [a_document(number, open) for number, open in opens.items()]
    whole = matches(*rows, on=on)
    paid: Counter[str] = Counter()
    for matched in whole:
        paid[matched.number] += matched.applied
        assert matched.applied + matched.over in (0, matched.row.amount * (-1 if matched.row.reversal else 1))
        assert not matched.applied or matched.row.kid == kid_of(7, int(matched.number))
    assert all(0 <= paid[document.number] <= document.open for document in on)
    first = matches(*rows[:cut], on=on)
    for matched in first:
        on = [
            replace(document, open=document.open - matched.applied * (document.number == matched.number))
            for document in on
        ]
    assert told(first + matches(*rows[cut:], on=on, earlier=first)) == told(whole)
