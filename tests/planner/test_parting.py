"""A group that is too large is parted into as few as can be, none larger than it may be, nobody lost."""

from __future__ import annotations

from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from booking.planner.parting import parted
from booking.planner.wish import Group, VisitWish
from booking.web.teacher.planning.parts import offered_parts
from booking.web.teacher.wishes import GroupTyped, Typed, in_halves

SOME = st.integers(1, 200)


@given(pupils=SOME, adults=st.integers(0, 60), most=st.integers(1, 60))
def test_parts_are_as_few_and_as_equal_as_can_be_and_lose_nobody(pupils: int, adults: int, most: int) -> None:
    parts = parted(pupils, adults, most)
    if not parts:
        assert -(-(pupils + adults) // most) > pupils, "one pupil in each at the least"
        return
    assert (sum(part[0] for part in parts), sum(part[1] for part in parts)) == (pupils, adults)
    assert max(sum(part) for part in parts) <= most
    assert (len(parts) - 1) * most < pupils + adults
    for each in zip(*parts, strict=True):
        assert max(each) - min(each) <= 1


def test_a_class_of_56_becomes_two_of_28() -> None:
    assert parted(56, 4, 30) == ((28, 2), (28, 2))
    assert parted(39, 3, 30) == ((20, 1), (19, 2)), "where there is a pupil more, there is an adult less"


def typed(*classes: tuple[int, int]) -> Typed:
    rows = [GroupTyped(f"5{n}", "5", str(pupils), str(adults)) for n, (pupils, adults) in enumerate(classes)]
    return Typed(rows, "", "", "10:00", "13:00", [1], 0, lunch=False, move="")


def wish(*classes: tuple[int, int]) -> VisitWish:
    return VisitWish(tuple(Group(f"5{n}", *sizes, 5) for n, sizes in enumerate(classes)), (1,))


def test_a_class_of_one_pupil_and_many_adults_stays_as_it_is_and_hinders_no_other(app: Flask) -> None:
    alone = ((1, 35),)
    assert offered_parts(typed(*alone), wish(*alone), {1: 30}) == ()
    both = ((1, 35), (50, 2))
    stays, parts = offered_parts(typed(*both), wish(*both), {1: 30})
    assert (stays.sizes, parts.sizes, parts.first) == (["1"], ["25", "25"], 1)
    assert in_halves(typed(*both), wish(*both).groups[0]) is None, "it has no two"
