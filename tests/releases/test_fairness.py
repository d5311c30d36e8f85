"""Release day: the drawing is fair, gives the same each time, and anybody can check it."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.capacity.places import Want
from booking.releases.fairness import (
    Fairness,
    Fate,
    KeptForOthers,
    Prepared,
    ShareUsed,
    check_first_come,
    drawn_order,
    first_come_order,
    lot,
    published,
    sealed,
    share_out,
)

OPENS = datetime(2027, 6, 1, 7, 0, tzinfo=UTC)
SEED = "Lotto 22 May 2027: 3 7 11 19 23 30 34"


def a_wish(name: str, *slots: int, school: int | None = None, lately: bool = False, minutes: int = -5) -> Prepared:
    """One class of 28 that wants the first free of some sessions; prepared some minutes after opening (or before)."""
    options = tuple((Want(slot, 28),) for slot in slots or (1,))
    number = sum(name.encode()) if school is None else school
    return Prepared(name, number, OPENS + timedelta(minutes=minutes), options, lately)


def sessions(*slots: int) -> dict[int, int]:
    """Sessions with room for one class."""
    return dict.fromkeys(slots, 30)


def test_a_teacher_can_work_out_a_lot_by_hand() -> None:
    assert lot("1234", "W7K2") == hashlib.sha256(b"1234 W7K2").hexdigest()
    assert sealed("1234") == hashlib.sha256(b"1234").hexdigest()


def test_the_same_seed_draws_the_same_and_another_seed_another_order() -> None:
    wishes = [a_wish(f"w{number}") for number in range(20)]
    assert drawn_order(wishes, SEED) == drawn_order(reversed(wishes), SEED)
    assert drawn_order(wishes, SEED) != drawn_order(wishes, "another")


def test_when_a_wish_was_prepared_makes_no_difference_to_its_lot() -> None:
    wishes = [a_wish(f"w{number}") for number in range(20)]
    later = [replace(wish, prepared_at=OPENS - timedelta(days=number)) for number, wish in enumerate(wishes)]
    assert [wish.wish_id for wish in drawn_order(wishes, SEED)] == [wish.wish_id for wish in drawn_order(later, SEED)]


def test_every_wish_is_first_about_as_often() -> None:
    wishes = [a_wish(f"w{number}") for number in range(5)]
    first = Counter(drawn_order(wishes, str(seed))[0].wish_id for seed in range(2_000))
    # 400 each; the standard deviation is 18, so that 100 away would be one in tens of millions.
    assert all(300 < first[wish.wish_id] < 500 for wish in wishes)


def test_who_was_there_before_it_opened_came_as_it_opened() -> None:
    early = [a_wish("a", minutes=-60), a_wish("b", minutes=-1), a_wish("c", minutes=0)]
    late = [a_wish("d", minutes=2), a_wish("e", minutes=1)]
    order = first_come_order([*late, *early], OPENS, SEED)
    assert order == [*drawn_order(early, SEED), late[1], late[0]]


def test_the_first_free_option_is_granted() -> None:
    outcomes = share_out([a_wish("a", 1, 2), a_wish("b", 1, 2), a_wish("c", 1, 2)], sessions(1, 2))
    assert [(outcome.turn, outcome.fate, outcome.option) for outcome in outcomes] == [
        (1, Fate.GRANTED, 0),
        (2, Fate.GRANTED, 1),
        (3, Fate.FULL, None),
    ]
    assert outcomes[1].wants == (Want(2, 28),)
    assert outcomes[2].wants == ()


def test_an_option_is_had_whole_or_not_at_all() -> None:
    both = replace(a_wish("a"), options=((Want(1, 28), Want(2, 28)),))
    (outcome,) = share_out([both], {1: 30, 2: 27})
    assert outcome.fate is Fate.FULL
    twice = replace(a_wish("a"), options=((Want(1, 28), Want(1, 28)),))
    assert share_out([twice], {1: 55})[0].fate is Fate.FULL


def test_a_session_that_is_not_released_is_not_given() -> None:
    assert share_out([a_wish("a", 9)], sessions(1))[0].fate is Fate.FULL


def test_a_school_has_no_more_than_its_share() -> None:
    queue = [a_wish(name, 1, 2, 3, school=7) for name in "abc"]
    fates = [outcome.fate for outcome in share_out(queue, sessions(1, 2, 3), Fairness(most_per_school=2))]
    assert fates == [Fate.GRANTED, Fate.GRANTED, Fate.SHARE_USED]


def test_a_share_is_kept_for_schools_that_have_not_come_lately() -> None:
    queue = [a_wish("a", 1, 2, lately=True), a_wish("b", 1, 2, lately=True), a_wish("c", 1, 2)]
    outcomes = share_out(queue, sessions(1, 2), Fairness(kept_percent=50))
    assert [outcome.fate for outcome in outcomes] == [Fate.GRANTED, Fate.FULL, Fate.GRANTED]


def test_what_is_kept_and_not_wanted_goes_to_the_others() -> None:
    queue = [a_wish("a", 1, 2, lately=True), a_wish("b", 1, 2, lately=True)]
    outcomes = share_out(queue, sessions(1, 2), Fairness(kept_percent=50))
    assert [outcome.fate for outcome in outcomes] == [Fate.GRANTED, Fate.GRANTED]


def test_a_plan_too_large_for_what_is_open_does_not_stand_in_the_way_of_a_smaller_one() -> None:
    wish = Prepared("a", 1, OPENS, ((Want(1, 26),), (Want(2, 20),)), came_lately=True)
    (outcome,) = share_out([wish], sessions(1, 2), Fairness(kept_percent=63))  # of 60 places 22 are open to all
    assert (outcome.fate, outcome.option) == (Fate.GRANTED, 1)
    alone = replace(wish, options=wish.options[:1])
    others = [a_wish("b", 1), alone]
    assert [
        outcome.fate for outcome in share_out([alone, a_wish("b", 1)], sessions(1, 2), Fairness(kept_percent=63))
    ] == [
        Fate.FULL,
        Fate.GRANTED,
    ]
    assert [outcome.fate for outcome in share_out(others, sessions(1, 2), Fairness(kept_percent=63))] == [
        Fate.GRANTED,
        Fate.FULL,
    ]


def test_who_comes_by_themselves_meet_the_same_rule_until_it_is_over() -> None:
    fairness = Fairness(kept_percent=50, most_per_school=2, until=OPENS + timedelta(days=7))
    check_first_come(OPENS, fairness, had=1, wanted=28, places=60, had_by_lately=0)
    check_first_come(OPENS, fairness, had=1, wanted=28, places=60, had_by_lately=None)
    with pytest.raises(ShareUsed) as used:
        check_first_come(OPENS, fairness, had=2, wanted=28, places=60, had_by_lately=None)
    assert (used.value.most, used.value.until) == (2, fairness.until)
    with pytest.raises(KeptForOthers) as kept:
        check_first_come(OPENS, fairness, had=1, wanted=28, places=60, had_by_lately=3)
    assert kept.value.until == fairness.until
    check_first_come(OPENS + timedelta(days=7), fairness, had=9, wanted=28, places=60, had_by_lately=60)


def test_the_list_that_is_put_up_names_no_school() -> None:
    wish = a_wish("w1", school=974_760)
    (line,) = published(share_out([wish], sessions(1)), SEED)
    assert line == f"1 {lot(SEED, 'w1')} w1 granted"


wishes = st.lists(
    st.builds(
        Prepared,
        st.text("abcdefgh", min_size=1, max_size=3),
        st.integers(1, 4),
        st.integers(-60, 60).map(lambda minutes: OPENS + timedelta(minutes=minutes)),
        st.lists(
            st.lists(st.builds(Want, st.integers(1, 4), st.integers(1, 30)), min_size=1, max_size=2).map(tuple),
            min_size=1,
            max_size=3,
        ).map(tuple),
        st.booleans(),
    ),
    max_size=12,
    unique_by=lambda wish: wish.wish_id,
)
free_places = st.dictionaries(st.integers(1, 4), st.integers(0, 60))
rules = st.builds(Fairness, st.integers(0, 100), st.one_of(st.none(), st.integers(1, 2)))


@given(wishes, st.text(max_size=5))
def test_the_order_of_the_rest_does_not_depend_on_who_else_is_in_it(queue: list[Prepared], seed: str) -> None:
    order = drawn_order(queue, seed)
    assert drawn_order(queue[1:], seed) == [wish for wish in order if wish not in queue[:1]]


@given(wishes, free_places, rules)
def test_no_place_is_given_twice_and_no_school_has_more_than_its_share(
    queue: list[Prepared], places: dict[int, int], fairness: Fairness
) -> None:
    outcomes = share_out(queue, places, fairness)
    assert [outcome.wish for outcome in outcomes] == queue
    given_out: Counter[int] = Counter()
    for outcome in outcomes:
        for want in outcome.wants:
            given_out[want.slot_id] += want.places
    assert all(given_out[slot] <= places.get(slot, 0) for slot in given_out)
    had = Counter(outcome.wish.school_id for outcome in outcomes if outcome.fate is Fate.GRANTED)
    assert all(count <= (fairness.most_per_school or count) for count in had.values())


@given(wishes, free_places, rules)
def test_nobody_goes_home_while_what_they_wished_is_free(
    queue: list[Prepared], places: dict[int, int], fairness: Fairness
) -> None:
    outcomes = share_out(queue, places, fairness)
    free = Counter(places)
    for outcome in outcomes:
        for want in outcome.wants:
            free[want.slot_id] -= want.places
    for outcome in outcomes:
        if outcome.fate is Fate.FULL:
            for option in outcome.wish.options:
                needed: Counter[int] = Counter()
                for want in option:
                    needed[want.slot_id] += want.places
                assert any(free[slot] < people for slot, people in needed.items())


@given(wishes, free_places, st.integers(0, 100))
def test_schools_that_have_not_come_lately_never_lose_by_a_larger_share(
    queue: list[Prepared], places: dict[int, int], percent: int
) -> None:
    """With all kept for them they get what they would get if nobody else had wished anything."""
    rare = [wish for wish in queue if not wish.came_lately]
    alone = {outcome.wish.wish_id: outcome.option for outcome in share_out(rare, places)}
    kept = share_out(queue, places, Fairness(kept_percent=100))
    assert {outcome.wish.wish_id: outcome.option for outcome in kept if not outcome.wish.came_lately} == alone
