"""Codes: read however they are typed, and a slip of the pen is told from a guess."""

from __future__ import annotations

import pytest

from booking.gift_cards.codes import LENGTH, hash_of, in_groups, new_code, read_code
from booking.kernel.codes import ALPHABET


def test_a_code_is_read_as_it_is_printed_and_as_people_type_it() -> None:
    code = new_code()
    assert len(code) == LENGTH
    for typed in (code, in_groups(code), in_groups(code).lower(), f"  {' '.join(code)} ", code.replace("0", "o")):
        assert read_code(typed) == code
    assert read_code(code.replace("1", "I")) == read_code(code.replace("1", "l")) == code


def test_one_wrong_sign_and_two_that_changed_places_are_always_found_out() -> None:
    code = new_code()
    for place, sign in enumerate(code):
        for other in ALPHABET.replace(sign, ""):
            assert read_code(code[:place] + other + code[place + 1 :]) is None
        for later in range(place + 1, LENGTH):
            signs = list(code)
            signs[place], signs[later] = signs[later], sign
            assert "".join(signs) == code or read_code("".join(signs)) is None


@pytest.mark.parametrize("typed", ["", "7K2M", "x" * 5000, "7K2M-7K2M-7K2M-7K2U", "📦" * 16, "٣" * 16, "%00" * 6])
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert read_code(typed) is None


def test_what_is_kept_is_no_code() -> None:
    code = new_code()
    assert code not in hash_of(code)
    assert hash_of(code) != hash_of(new_code())
