"""Parts of sums are rounded half up, and nothing is lost between them."""

from __future__ import annotations

import pytest

from booking.kernel.money import part_of, spread, vat_in


@pytest.mark.parametrize(("gross", "rate", "vat"), [(21000, 1200, 2250), (99, 2500, 20), (97, 2500, 19), (5, 2500, 1)])
def test_vat_is_what_is_in_the_gross_rounded_half_up(gross: int, rate: int, vat: int) -> None:
    assert vat_in(gross, rate) == vat


def test_half_of_an_odd_sum_is_rounded_up() -> None:
    assert (part_of(101, 50), part_of(100, 50), part_of(17000, 80)) == (51, 50, 13600)


def test_what_is_left_over_by_rounding_goes_to_the_largest_remainders() -> None:
    assert spread(100, [1, 1, 1]) == [34, 33, 33]
    assert spread(10, [1, 2, 3]) == [2, 3, 5]
    assert spread(7, [0, 0]) == [0, 0]
