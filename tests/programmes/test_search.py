"""Programmes are found by what teachers look for, and an empty answer says what to loosen. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from booking.catalogue.models import Kind
from booking.programmes.offered import OfferedProgramme
from booking.programmes.search import Duration, Filters, OfferKind, Other, find, find_others, loosen, sort_of

SEA = OfferedProgramme(
    1, "havet", Kind.PROGRAMME, {"nb": "Havets hemmeligheter", "lv": "Jūras noslēpumi"}, {"nb": "Dyr i sjøen"}, 90, 30,
    8, 10, ["science"], {"nb": "Undersøke livet i fjorden", "lv": "Izpētīt enerģiju"}, {}, {}, "", True, False,
)  # fmt: skip
CODE = replace(
    SEA, activity_id=2, title={"en": "Coding with light"}, summary={}, aims={"en": "Control light by code"},
    minutes=60, grade_from=6, grade_to=8, subjects=["coding", "maths"], language="en",
)  # fmt: skip
WONDER = replace(
    CODE, activity_id=3, title={"nb": "Undringsstund"}, aims={}, minutes=45, grade_from=0, grade_to=0, language="nb"
)
ALL = [SEA, CODE, WONDER]


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        (Filters(), [1, 2, 3]),
        (Filters(words="SJØ fjord"), [1]),
        (Filters(words="sjo"), [1]),
        (Filters(words="energija"), []),
        (Filters(words="energiju juras"), [1]),
        (Filters(words="hemmelig code"), []),
        (Filters(words="  "), [1, 2, 3]),
        (Filters(words="melighet"), [1]),
        (Filters(words="eng"), []),
        (Filters(grade=8), [1, 2]),
        (Filters(grade=0), [3]),
        (Filters(subject="maths"), [2, 3]),
        (Filters(sort=OfferKind.KINDERGARTEN), [3]),
        (Filters(sort=OfferKind.COURSE), []),
        (Filters(language="en"), [1, 2]),
        (Filters(duration=Duration.SHORT), [2, 3]),
        (Filters(duration=Duration.LONG), []),
        (Filters(first=date(2027, 3, 1)), [2]),
    ],
)
def test_a_filter_lets_through_what_fits(filters: Filters, ids: list[int]) -> None:
    assert [programme.activity_id for programme in find(ALL, filters, free={2})] == ids


def test_an_empty_answer_says_what_to_loosen_the_most_first() -> None:
    filters = Filters(words="light", grade=8, subject="science", last=date(2027, 3, 1))
    assert loosen(ALL, filters, free={1, 2}) == [("words", 1), ("subject", 1)]
    assert loosen(ALL, replace(filters, subject="coding"), free={1}) == [("date", 1)]
    assert loosen(ALL, replace(filters, words="xyzzy", subject="coding"), free={1}) == []


def test_courses_and_outreach_are_sorts_of_their_own() -> None:
    assert [sort_of(programme) for programme in ALL] == [OfferKind.PUPILS, OfferKind.PUPILS, OfferKind.KINDERGARTEN]
    assert sort_of(replace(SEA, kind=Kind.COURSE)) is OfferKind.COURSE


DOME = Other(7, OfferKind.OUTREACH, 60, ({"nb": "Stjernerom i sjøen"},), (3, 8))
TEACH = Other(8, OfferKind.COURSE, 180, ({"en": "Coding for teachers"}, {"en": "Light"}))


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        (Filters(), {7, 8}),
        (Filters(words="sjo"), {7}),
        (Filters(words="light coding"), {8}),
        (Filters(grade=8), {7}),
        (Filters(grade=0), set()),
        (Filters(subject="coding"), set()),
        (Filters(sort=OfferKind.OUTREACH), {7}),
        (Filters(sort=OfferKind.COURSE), {8}),
        (Filters(sort=OfferKind.PUPILS), set()),
        (Filters(language="en"), {7, 8}),
        (Filters(duration=Duration.LONG), {8}),
        (Filters(first=date(2027, 3, 1)), {8}),
    ],
)
def test_courses_and_outreach_follow_the_filters(filters: Filters, ids: set[int]) -> None:
    assert find_others([DOME, TEACH], filters, free={8}) == ids


def test_what_to_loosen_counts_them_too() -> None:
    filters = Filters(words="light", subject="science")
    assert loosen(ALL, filters, set(), [DOME, TEACH]) == [("subject", 2), ("words", 1)]
