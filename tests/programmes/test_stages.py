"""A long catalogue is folded by stages of the school, and no stage lacks what its classes may have. Pure."""

from __future__ import annotations

from dataclasses import replace

from booking.catalogue.models import Kind
from booking.programmes.offered import OfferedProgramme
from booking.programmes.stages import MOST_AT_ONCE, stages

_ANY = OfferedProgramme(
    1, "bruer", Kind.PROGRAMME, {"nb": "Bruer"}, {}, 90, 30, 5, 7, ["science"], {}, {}, {}, "", True, False
)


def offered(*grades: tuple[int, int]) -> list[OfferedProgramme]:
    return [
        replace(_ANY, activity_id=number, grade_from=first, grade_to=last)
        for number, (first, last) in enumerate(grades)
    ]


LONG = offered((0, 0), (1, 3), (3, 5), (5, 7), (6, 8), (8, 10), (9, 11), (11, 13))


def test_a_stage_has_every_programme_for_any_of_its_grades() -> None:
    made = stages(LONG, "NO")
    assert [(stage.grade_from, stage.grade_to) for stage in made] == [(0, 0), (1, 4), (5, 7), (8, 10), (11, 13)]
    for stage in made:
        mine = {each.activity_id for each in stage.programmes}
        assert mine == {
            each.activity_id
            for each in LONG
            if set(range(each.grade_from, each.grade_to + 1)) & set(range(stage.grade_from, stage.grade_to + 1))
        }


def test_what_an_earlier_stage_has_too_is_known_so_that_a_whole_list_says_it_once() -> None:
    first_time = [
        each.activity_id
        for stage in stages(LONG, "NO")
        for each in stage.programmes
        if each.activity_id not in stage.again
    ]
    assert first_time == [each.activity_id for each in LONG]


def test_a_short_list_and_one_for_a_single_stage_are_not_folded() -> None:
    assert stages(LONG[:MOST_AT_ONCE], "NO") == []
    assert stages(offered(*[(5, 7)] * 9), "NO") == []


def test_another_country_has_its_own_stages() -> None:
    assert [(stage.grade_from, stage.grade_to) for stage in stages(LONG, "LV")][1:3] == [(1, 3), (4, 6)]
