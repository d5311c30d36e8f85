"""Release day against a real house: nothing before it opens, then each place once, in order and by the rule."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from booking.bookings.models import Booking, State
from booking.capacity.models import Slot
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.outbox.models import Promise
from booking.releases import edits
from booking.releases.fairness import KeptForOthers, Prepared, ShareUsed, drawn_order, lot, share_out
from booking.releases.models import Release, ReleaseWay, ReleaseWish, WishState
from booking.releases.openings import NotYetReleased, OthersFirst
from booking.releases.refusals import NotDraft
from booking.running.check import breaches
from booking.running.worker import Worker
from booking.visit_waiting import waiting
from booking.visits import change, forgetting
from booking.visits.book import book_visit
from booking.visits.models import Visit
from booking.wishes import answering, wish_facts, wishes
from booking.wishes.refusals import CannotPrepare, NotThisRelease, SameWish, TooEarly, WishGone
from tests.support.forgetting import forget
from tests.visits.booked import a_visit, taken_of
from tests.wishes.releasing import DAY, HOUR, ReleaseDay, a_release_day, given


def book(day: ReleaseDay, slot: int, school: int = 0, name: str = "6A", **more: int) -> int:
    order = day.order(slot, school, name, **more)
    with unit_of_work():
        return book_visit(order, centre=day.centre.facts, now=clock.now()).booking_id


def answer_all(day: ReleaseDay) -> None:
    while answering.answer_next(day.release_id, day.centre.facts, clock.now()):
        pass


def draw(day: ReleaseDay) -> None:
    with unit_of_work():
        answering.begin_drawing(day.release_id, clock.now(), None)
    answer_all(day)


def test_before_it_opens_nobody_books_moves_or_waits_but_what_one_has_stays_ones_own(app: Flask) -> None:
    day = a_release_day(opens_in=DAY)
    order, now = day.order(day.slots[0]), clock.now()
    with pytest.raises(NotYetReleased), unit_of_work():
        book_visit(order, centre=day.centre.facts, now=now)
    with pytest.raises(NotYetReleased), unit_of_work():
        waiting.wait(day.slots[0], 26, "kari@example.org", "en", day.centre.facts, now)
    with unit_of_work():
        db.session.execute(update(Release).values(stage="draft"))
    mine, other = a_visit(day.centre, "7A").booking_id, day.plan(day.slots[2], "7A")
    with unit_of_work():
        db.session.execute(update(Release).values(stage="published"))
    with unit_of_work():
        change.change_numbers(mine, {0: (20, 2)}, centre=day.centre.facts, now=now)
    with pytest.raises(NotYetReleased), unit_of_work():
        change.move_visit(mine, other, centre=day.centre.facts, now=now)
    assert breaches() == []


def test_who_waits_for_any_day_is_offered_nothing_that_is_not_released_yet(app: Flask) -> None:
    day = a_release_day(opens_in=DAY)
    centre, now = day.centre.facts, clock.now()
    on = centre.local(db.session.get_one(Slot, day.slots[0]).starts_at).date()
    with unit_of_work():
        waiting.wait_for_days(
            day.centre.bridges, waiting.Days(waiting.ANY_DAY, on, on), 26, "kari@example.org", "en", centre, now
        )
    assert waiting.offer_next(centre, now) == 0
    assert waiting.offer_next(centre, now + 2 * DAY) == 1


def test_a_wish_is_sent_with_one_press_never_too_early_and_only_once(app: Flask) -> None:
    day = a_release_day()
    secret, opens_at = day.wish(*day.slots[:2]), day.facts.opens_at
    with pytest.raises(TooEarly):
        day.send(secret, opens_at - timedelta(milliseconds=1))
    assert day.states() == [WishState.PREPARED]
    day.send(secret, opens_at)
    day.send(secret)
    place = wish_facts.standing(secret)
    assert place == wish_facts.PlaceInLine(WishState.SENT, 1, 0)


def test_first_come_is_answered_in_order_each_with_the_first_that_is_free(app: Flask) -> None:
    day = a_release_day(sessions=3)
    first, second, third = day.slots
    secrets = [day.wish(first, second, school=0), day.wish(first, second, school=1), day.wish(first, second, school=2)]
    late = day.wish(third, school=3)
    for secret in [*secrets, late]:
        day.send(secret)
    with pytest.raises(OthersFirst):
        book(day, third, school=4)
    answer_all(day)
    assert given([*secrets, late]) == [
        (WishState.GRANTED, 0),
        (WishState.GRANTED, 1),
        (WishState.FULL, None),
        (WishState.GRANTED, 0),
    ]
    assert taken_of(day.centre.bridges)[:3] == [26, 26, 26]
    letters = sorted(
        db.session.scalars(select(Promise.kind).where(Promise.kind.in_(("mail.confirmation", "mail.wish_answer"))))
    )
    assert letters == ["mail.confirmation"] * 3 + ["mail.wish_answer"]
    assert breaches() == []


def test_who_comes_without_a_wish_while_others_wait_stands_behind_them(app: Flask) -> None:
    day = a_release_day(sessions=1)
    first = day.wish(day.slots[0], school=0)
    day.send(first)
    order, facts = day.order(day.slots[0], school=1), day.facts
    with unit_of_work():
        second = wishes.prepare_and_send(order, facts, clock.now())
    answer_all(day)
    assert given([first, second]) == [(WishState.GRANTED, 0), (WishState.FULL, None)]


def test_one_school_has_no_more_than_its_share_until_the_rule_ends_and_what_it_cancels_counts_no_more(
    app: Flask,
) -> None:
    day = a_release_day(most_per_school=1, until=clock.now() + DAY)
    mine = book(day, day.slots[0], school=0)
    with pytest.raises(ShareUsed):
        book(day, day.slots[1], school=0, name="6B")
    with unit_of_work():
        change.change_numbers(mine, {0: (20, 2)}, centre=day.centre.facts, now=clock.now())
    with unit_of_work():
        change.cancel_visit(mine, centre=day.centre.facts, now=clock.now())
    book(day, day.slots[1], school=0, name="6B")
    with unit_of_work():
        db.session.execute(update(Release).values(until=clock.now() - timedelta(seconds=1)))
    book(day, day.slots[2], school=0, name="6C")
    assert breaches() == []


def test_a_share_is_kept_for_schools_that_have_not_come_lately(app: Flask) -> None:
    day = a_release_day(kept_percent=60, until=clock.now() + DAY)  # of 90 places 36 are open to all
    came(day, 0)
    book(day, day.slots[0], school=0)
    with pytest.raises(KeptForOthers):
        book(day, day.slots[1], school=0, name="6B")
    assert day.facts.lately_taken == 26
    book(day, day.slots[1], school=1)
    assert day.facts.lately_taken == 26


def test_a_visit_that_ended_otherwise_counts_no_longer(app: Flask) -> None:
    day = a_release_day(most_per_school=1)
    mine = book(day, day.slots[0])
    with unit_of_work():
        db.session.execute(update(Booking).where(Booking.id == mine).values(state=State.CANCELLED))
    answering.give_back_of_ended(clock.now())
    book(day, day.slots[1], name="6B")


def came(day: ReleaseDay, school: int) -> None:
    """Let that school have been here a month ago, for another programme."""
    other = db.session.scalars(select(Slot.id).where(Slot.activity_id == day.centre.body).order_by(Slot.id)).all()
    order = day.order(other[len(day.came)], school, "past")
    day.came.append(school)
    with unit_of_work():
        booked = book_visit(order, centre=day.centre.facts, now=clock.now())
        then = clock.now() - 30 * DAY
        visit = db.session.scalars(select(Visit).where(Visit.booking_id == booked.booking_id)).one()
        visit.arrives_at, visit.leaves_at = then, then + HOUR


@pytest.mark.parametrize("seed", range(4))
def test_a_drawing_gives_what_it_gives_on_paper_also_when_it_is_killed_between_and_in_steps(
    app: Flask, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    dice = random.Random(seed)
    day = a_release_day(ReleaseWay.DRAWING, sessions=6, kept_percent=30, most_per_school=2)
    for school in range(3):
        came(day, school)
    secrets = []
    for number in range(9):
        options = dice.sample(day.slots, dice.randint(1, 3))
        sizes = [dice.choice((12, 20, 26)) for _ in options]
        secrets.append(day.wish(*options, school=dice.randrange(6), name=f"6{number}", sizes=sizes))
    with unit_of_work():
        answering.begin_drawing(day.release_id, clock.now(), None)
    say = answering._say
    for _ in range(9):
        with monkeypatch.context() as killed:
            killed.setattr(answering, "_say", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
            with pytest.raises(KeyboardInterrupt):
                answering.answer_next(day.release_id, day.centre.facts, clock.now())
        assert answering._say is say
        answering.answer_next(day.release_id, day.centre.facts, clock.now())
    answer_all(day)
    assert given(secrets) == on_paper(day, secrets)
    assert len(db.session.scalars(select(Booking).where(Booking.group_name.like("%6%"))).all()) == sum(
        state is WishState.GRANTED for state, _ in given(secrets)
    )
    assert breaches() == []


def test_a_drawing_passes_over_a_plan_that_is_kept_and_grants_the_smaller_one_as_on_paper(app: Flask) -> None:
    day = a_release_day(ReleaseWay.DRAWING, kept_percent=75)  # of 90 places 22 are open to all
    came(day, 0)
    secrets = [day.wish(*day.slots[:2], school=0, sizes=(26, 20))]
    draw(day)
    assert given(secrets) == on_paper(day, secrets) == [(WishState.GRANTED, 1)]


def on_paper(day: ReleaseDay, secrets: list[str]) -> list[tuple[WishState, int | None]]:
    """What `share_out` makes of the same wishes."""
    facts = day.facts
    wishes = [wish for secret in secrets if (wish := wish_facts.by_secret(secret))]
    prepared = [
        Prepared(
            wish.reference,
            wish.school.id or 0,
            facts.opens_at,
            tuple(plan.wants for plan in wish.plans),
            wish.came_lately,
        )
        for wish in wishes
    ]
    outcomes = share_out(
        drawn_order(prepared, facts.seed), dict.fromkeys(day.slots, 30), facts.fairness, unshared=day.slots
    )
    by_wish = {outcome.wish.wish_id: (WishState(outcome.fate.value), outcome.option) for outcome in outcomes}
    assert [wish.turn for wish in wishes] == [
        next(outcome.turn for outcome in outcomes if outcome.wish.wish_id == wish.reference) for wish in wishes
    ]
    return [by_wish[wish.reference] for wish in wishes]


def test_the_worker_draws_at_the_set_time_and_then_everybody_may_book(app: Flask) -> None:
    day = a_release_day(ReleaseWay.DRAWING, sessions=2)
    secrets = [day.wish(day.slots[0], school=number) for number in range(3)]
    order = day.order(day.slots[1], school=4)
    with pytest.raises(NotYetReleased), unit_of_work():
        book_visit(order, centre=day.centre.facts, now=clock.now())
    with pytest.raises(WishGone):
        day.send(secrets[0])
    Worker(app).round()
    assert day.facts.drawn_at is not None
    assert sorted(state for state, _ in given(secrets)) == [WishState.FULL, WishState.FULL, WishState.GRANTED]
    first = min(secrets, key=lambda secret: lot(day.facts.seed, wish_facts.by_secret(secret).reference))  # type: ignore[union-attr]  # there
    assert given([first]) == [(WishState.GRANTED, 0)]
    book(day, day.slots[1], school=4)


def test_a_wish_that_nobody_thought_of_is_put_aside_and_the_line_goes_on(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = a_release_day()
    secrets = [day.wish(day.slots[0], school=0), day.wish(day.slots[1], school=1)]
    for secret in secrets:
        day.send(secret)
    with monkeypatch.context() as broken:
        broken.setattr(answering, "order_of", lambda *_: 1 / 0)
        assert answering.answer_next(day.release_id, day.centre.facts, clock.now())
    answer_all(day)
    assert given(secrets) == [(WishState.UNABLE, None), (WishState.GRANTED, 0)]


def test_a_plan_whose_session_was_taken_off_is_passed_over(app: Flask) -> None:
    day = a_release_day()
    secret = day.wish(*day.slots[:2])
    with unit_of_work():
        db.session.execute(update(Slot).where(Slot.id == day.slots[0]).values(status="cancelled"))
    day.send(secret)
    answer_all(day)
    assert given([secret]) == [(WishState.GRANTED, 1)]


def test_one_wish_for_each_class_changed_and_withdrawn_until_it_opens(app: Flask) -> None:
    day = a_release_day(opens_in=HOUR / 2)
    secret, now = day.wish(day.slots[0]), clock.now()
    with pytest.raises(SameWish):
        day.wish(day.slots[1])
    with unit_of_work():
        wishes.add_option(secret, day.plan(day.slots[1]), now)
    with unit_of_work():
        wishes.prefer_option(secret, 1, now)
    with pytest.raises(NotThisRelease), unit_of_work():
        wishes.add_option(secret, day.plan(day.slots[2], "6B"), now)
    wish = wish_facts.by_secret(secret)
    assert wish is not None
    assert [plan.wants[0].slot_id for plan in wish.plans] == [day.slots[1], day.slots[0]]
    assert len(db.session.scalars(select(Promise.id).where(Promise.kind == "mail.wish")).all()) == 3
    with pytest.raises(CannotPrepare), unit_of_work():
        wishes.remove_option(secret, 0, day.facts.opens_at)
    with unit_of_work():
        wishes.withdraw(secret, now)
    assert day.states() == []


def test_what_is_published_stands_and_what_is_withdrawn_is_open(app: Flask) -> None:
    day = a_release_day(opens_in=DAY)
    day.wish(day.slots[0])
    with pytest.raises(NotDraft), unit_of_work():
        edits.publish(day.release_id, clock.now(), "account:1")
    with unit_of_work():
        assert edits.withdraw(day.release_id, "account:1") == 1
    book(day, day.slots[0])


def test_who_wished_is_forgotten_a_month_after_the_opening(app: Flask) -> None:
    day = a_release_day()
    day.wish(day.slots[0])
    for days, gone in ((29, 0), (41, 1)):
        wishes_only = [entry for entry in forgetting.FORGETTINGS if entry.name == "wishes for a release day"]
        assert forget(wishes_only, clock.now() + days * DAY) == gone
    row = db.session.scalars(select(ReleaseWish)).one()
    assert (row.name, row.email, row.mobile, row.needs, row.options) == ("", "", "", "", [])
