"""Payment references as the bank reads them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.invoicing.kid import LENGTH, check_digit, is_kid, is_rf, kid_of, payment_reference, rf_of

NUMBERS = st.integers(1, 9_999_999)


@given(NUMBERS, NUMBERS)
def test_every_kid_is_of_one_length_and_known_again(payer: int, document: int) -> None:
    kid = kid_of(payer, document)
    assert (len(kid), is_kid(kid)) == (LENGTH, True)


@given(NUMBERS, NUMBERS, st.integers(0, LENGTH - 1), st.integers(1, 9))
def test_one_digit_mistyped_is_no_kid(payer: int, document: int, place: int, by: int) -> None:
    kid = kid_of(payer, document)
    wrong = str((int(kid[place]) + by) % 10)
    assert not is_kid(kid[:place] + wrong + kid[place + 1 :])


def test_the_check_digit_is_the_one_that_banks_count() -> None:
    assert check_digit("123456") == "6"  # 1234566: the bank's own example
    assert check_digit("7992739871") == "3"  # Luhn's


@pytest.mark.parametrize("typed", ["", "12", "1" * 16, "０" * LENGTH, "12345678901234a", " 0000007001000 "])
def test_what_is_no_kid_is_said_to_be_none(typed: str) -> None:
    assert not is_kid(typed)


@pytest.mark.parametrize(("payer", "document"), [(0, 1), (1, 0), (10**7, 1), (1, 10**7), (-1, 5)])
def test_a_number_that_does_not_fit_is_never_cut(payer: int, document: int) -> None:
    with pytest.raises(ValueError, match="digits"):
        kid_of(payer, document)


@given(NUMBERS)
def test_outside_norway_a_document_is_paid_by_its_number_with_two_check_digits(document: int) -> None:
    reference = payment_reference("LV", 7, document)
    assert (reference, is_rf(reference), is_kid(reference)) == (rf_of(document), True, False)
    assert reference[4:] == str(document)
    assert payment_reference("NO", 7, document) == kid_of(7, document)


@given(NUMBERS, st.integers(2, 20), st.integers(1, 9))
def test_one_digit_mistyped_is_no_rf_reference(document: int, place: int, by: int) -> None:
    reference = rf_of(document)
    place = min(place, len(reference) - 1)
    wrong = str((int(reference[place]) + by) % 10)
    assert not is_rf(reference[:place] + wrong + reference[place + 1 :])


def test_the_check_digits_of_an_rf_reference_are_those_of_the_standard() -> None:
    assert is_rf("RF18539007547034")  # the example that banks print
    assert rf_of(539007547034) == "RF18539007547034"


@pytest.mark.parametrize("typed", ["", "RF", "rf2510001", "RF25 10001", "RF2610001", "RF２510001", "RF25", "10001"])
def test_what_is_no_rf_reference_is_said_to_be_none(typed: str) -> None:
    assert not is_rf(typed)


@pytest.mark.parametrize("document", [0, -1])
def test_no_document_has_no_rf_reference(document: int) -> None:
    with pytest.raises(ValueError, match="number"):
        rf_of(document)
