"""Names in the order of the reader's language."""

from __future__ import annotations

import random

import pytest

from booking.kernel.collation import in_order


def shuffled(names: list[str]) -> list[str]:
    """The same names in another order, always the same one."""
    return random.Random(5).sample(names, len(names))


@pytest.mark.parametrize("lang", ["nb", "nn"])
def test_norwegian_ends_with_its_own_three_letters(lang: str) -> None:
    right = ["Anne", "Bergen", "Çelik", "Zoe", "Ægir", "Ärlig", "Östby", "Øygarden", "Ålesund", "Aasen", "Åsgard"]
    assert in_order(shuffled(right), lang) == right


def test_latvian_has_its_letters_behind_the_ones_they_come_from_and_y_beside_i() -> None:
    right = [
        "Aivars", "Andris", "Ādams", "Cēsis", "Čaks", "Dace", "Eva", "Ēriks", "Gatis", "Ģirts", "Yana", "Ieva",
        "Izolde", "Īrisa", "Kārlis", "Ķekava", "Laura", "Ļaudona", "Nora", "Ņikita", "Sandra", "Šarlote", "Uldis",
        "Ūdris", "Zane", "Žanis",
    ]  # fmt: skip
    assert in_order(shuffled(right), "lv") == right


def test_english_takes_letters_for_what_they_look_like() -> None:
    right = ["Aegir", "Ærlig", "Ålesund", "Bergen", "Čaks", "Łódź", "Øygarden", "Straße", "Zane", "Žanis"]
    assert in_order(shuffled(right), "en") == right


@pytest.mark.parametrize("lang", ["nb", "nn", "en", "lv"])
def test_digits_come_first_other_scripts_last_and_a_short_name_before_its_longer_one(lang: str) -> None:
    right = ["7A", "8B", "Li", "Li Berg", "Liberg", "Ωmega", "Жанна"]
    assert in_order(shuffled(right), lang) == right


def test_a_name_in_two_pieces_of_unicode_stands_where_it_does_in_one() -> None:
    assert in_order(["A\u030alesund", "\u00d8ygarden", "Bergen"], "nb") == ["Bergen", "\u00d8ygarden", "A\u030alesund"]


def test_equal_letters_are_told_apart_by_marks_and_capitals() -> None:
    assert in_order(["Ola", "ola", "Olá"], "nb") == ["ola", "Ola", "Olá"]


def test_things_are_sorted_by_what_they_are_called() -> None:
    assert in_order([("Å", 1), ("Æ", 2)], "nb", lambda pair: pair[0]) == [("Æ", 2), ("Å", 1)]
