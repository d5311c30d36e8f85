"""Organisation numbers and references on invoices: what is right is put in form, what is wrong is refused with why."""

from __future__ import annotations

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.agreements.references import (
    LONGEST_PATTERN,
    OrgNumberWrong,
    PatternWrong,
    ReferenceMissing,
    ReferenceWrong,
    example_of,
    read_invoice_reference,
    read_org_number,
    read_pattern,
)

good_patterns = st.text(st.sampled_from("99aaxB-/1|"), min_size=1, max_size=LONGEST_PATTERN).filter(
    lambda pattern: all(pattern.split("|"))
)


@pytest.mark.parametrize(
    "typed", ["974760673", " 974 760 673 ", "974.760.673", "NO 974 760 673 MVA", "９７４７６０６７３"]
)
def test_an_organisation_number_is_read_however_it_is_written(typed: str) -> None:
    assert read_org_number(typed) == "974760673"


def test_a_latvian_number_has_eleven_digits() -> None:
    assert read_org_number("LV 9000 0068 977", "LV") == "90000068977"


@pytest.mark.parametrize("typed", ["323456-78901", "LV 33345678901", "39999999999"])
def test_a_latvian_who_trades_in_their_own_name_is_known_by_a_personal_code_without_a_check_digit(typed: str) -> None:
    assert read_org_number(typed, "LV") == "".join(filter(str.isdigit, typed))
    with pytest.raises(OrgNumberWrong):
        read_org_number("31345678901", "LV")  # no such code: of the old ones this would be born on the 31st of the 34th


@pytest.mark.parametrize(
    ("typed", "misprint"),
    [("974760674", True), ("97476067", False), ("97476o673", False), ("", False), ("９７４７６０６７４", True)],
)
def test_a_wrong_number_is_refused_and_told_apart_from_a_misprint(typed: str, misprint: bool) -> None:
    with pytest.raises(OrgNumberWrong) as refused:
        read_org_number(typed)
    assert (refused.value.misprint, refused.value.digits, refused.value.typed) == (misprint, 9, typed)


def test_numbers_of_other_countries_are_not_checked() -> None:
    assert read_org_number("se 556 ", "SE") == "SE556"


@given(st.text(max_size=30))
def test_whatever_is_typed_is_a_number_or_refused(typed: str) -> None:
    try:
        number = read_org_number(typed)
    except OrgNumberWrong:
        return
    assert len(number) == 9 and number.isascii() and number.isdigit()


@pytest.mark.parametrize(
    ("pattern", "typed", "kept"),
    [
        ("99999", "12345", "12345"),
        ("99999", " 12 345 ", "12345"),
        ("aaa-99", "abc-12", "abc-12"),
        ("xxx-xx", "a1c-1b", "a1c-1b"),
        ("B999999", "b123456", "B123456"),
        ("99999|B999999", "B123456", "B123456"),
        ("99999 | B999999", "12345", "12345"),
        (r"\9\a99", "9a12", "9a12"),
        ("99 99", "12  34", "12 34"),
        ("", "  what we like ", "what we like"),
        ("", "", ""),
    ],
)
def test_a_reference_of_the_right_form_is_kept_as_the_payer_wants_it(pattern: str, typed: str, kept: str) -> None:
    assert read_invoice_reference(typed, pattern) == kept


@pytest.mark.parametrize(
    ("pattern", "typed"),
    [
        ("99999", "1234"),
        ("99999", "123456"),
        ("99999", "1234a"),
        ("aaa-99", "ab1-12"),
        ("B999999", "C123456"),
        ("99", "٣٤"),
    ],
)
def test_a_reference_of_another_form_is_refused_with_an_example(pattern: str, typed: str) -> None:
    with pytest.raises(ReferenceWrong) as refused:
        read_invoice_reference(typed, pattern)
    assert refused.value.typed == typed
    assert read_invoice_reference(refused.value.example, pattern) == refused.value.example


def test_a_missing_reference_is_asked_for() -> None:
    with pytest.raises(ReferenceMissing) as refused:
        read_invoice_reference("  ", "aaa-99")
    assert refused.value.example == "abc-12"


def test_without_a_pattern_a_reference_is_still_no_letter() -> None:
    with pytest.raises(ReferenceWrong):
        read_invoice_reference("x" * 61, "")


@pytest.mark.parametrize(
    ("pattern", "position"), [("99b99", 2), ("99|", 3), ("|99", 3), ("", 0), ("99\\", 3), ("9\n9", 1), ("9" * 61, 60)]
)
def test_a_pattern_that_cannot_be_read_is_refused_when_it_is_stored(pattern: str, position: int) -> None:
    with pytest.raises(PatternWrong) as refused:
        read_pattern(pattern)
    assert refused.value.position == position


@given(good_patterns)
def test_the_example_of_a_pattern_fits_it(pattern: str) -> None:
    assert read_invoice_reference(example_of(pattern), pattern) == example_of(pattern)


@given(good_patterns, st.text(max_size=100))
def test_what_is_accepted_is_accepted_again(pattern: str, typed: str) -> None:
    try:
        kept = read_invoice_reference(typed, pattern)
    except (ReferenceWrong, ReferenceMissing):
        return
    assert read_invoice_reference(kept, pattern) == kept


def test_no_pattern_takes_long_however_spiteful() -> None:
    begun = perf_counter()
    with pytest.raises(ReferenceWrong):
        read_invoice_reference("a" * 100_000 + "!", "|".join(["x"] * 30))
    assert perf_counter() - begun < 1
