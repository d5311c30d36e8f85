"""What was let go before its heads were counted stays let go, whatever is counted then."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from booking.agreements.heads import ClassHeads, HeadsRule
from booking.agreements.prices import Pays
from booking.invoicing.let_go import claim_after_all, lately_let_go, let_go
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.reckoning.queries import uncounted_visits
from booking.reckoning.reckon import reckonable, tell_count
from booking.records.models import AuditEntry
from booking.running.check import breaches
from booking.visits.change import change_numbers
from tests.invoicing.owed import afterwards
from tests.reckoning.counted import (
    PUPIL,
    a_counting_centre,
    by_hand,
    classes,
    count,
    decision,
    facts_of,
    owed,
    receivables,
    work,
)

ACTOR = "account:1"


def test_of_a_visit_that_is_let_go_whole_nothing_is_billed_when_the_count_comes(app: Flask) -> None:
    centre = a_counting_centre()
    booking_id = classes(centre)
    (receivable,) = receivables(centre)
    let_go(receivable.key, "Brannalarm", centre.facts, afterwards(), ACTOR)
    count(centre, booking_id, ClassHeads(30, 2), more=6)
    before = owed(booking_id)
    work()
    assert (receivables(centre), owed(booking_id), decision(centre, booking_id)) == ([], before, None)
    assert breaches() == []
    claim_after_all(receivable.key, afterwards(), ACTOR)
    work()
    assert len(receivables(centre)) == 1
    assert (owed(booking_id) > before, breaches()) == (True, [])


def test_of_two_payers_one_is_let_go_and_the_other_is_billed_by_the_count(app: Flask) -> None:
    centre = a_counting_centre(pays=Pays.SHARE, percent=60)
    booking_id = classes(centre)
    first, second = (receivable.key for receivable in receivables(centre))
    let_go(first, "Avtalt", centre.facts, afterwards(), ACTOR)
    (gone,) = lately_let_go()
    count(centre, booking_id, ClassHeads(30, 2), more=6)
    work()
    (billed,) = receivables(centre)
    (held,) = lately_let_go()
    assert (billed.key, held.key, held.amount > gone.amount) == (second, first, True)
    assert (billed.gross + held.amount, breaches()) == (owed(booking_id), [])
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "receivable.let_go_moved")).one()
    assert (entry.before, entry.after) == ({"amount": gone.amount}, {"amount": held.amount})


def test_what_a_person_decides_later_moves_what_was_let_go_and_nothing_is_claimed_of_it(app: Flask) -> None:
    centre = a_counting_centre()
    booking_id = classes(centre)
    (receivable,) = receivables(centre)
    let_go(receivable.key, "Avtalt", centre.facts, afterwards(), ACTOR)
    by_hand(centre, booking_id, ClassHeads(40, 3))
    (held,) = lately_let_go()
    assert (receivables(centre), held.amount, breaches()) == ([], owed(booking_id), [])
    by_hand(centre, booking_id, ClassHeads(0, 0))
    assert (receivables(centre), [row.amount for row in lately_let_go()], breaches()) == ([], [0], [])


def test_what_is_let_go_stays_so_when_nothing_was_owed_for_a_while(app: Flask) -> None:
    centre = a_counting_centre()
    booking_id = classes(centre)
    (receivable,) = receivables(centre)
    let_go(receivable.key, "Avtalt", centre.facts, afterwards(), ACTOR)
    by_hand(centre, booking_id, ClassHeads(0, 0))
    by_hand(centre, booking_id, ClassHeads(20, 2), reason="They came after all")
    assert (receivables(centre), [row.amount for row in lately_let_go()]) == ([], [20 * PUPIL])
    claim_after_all(receivable.key, afterwards(), ACTOR)
    (claimed,) = receivables(centre)
    assert (claimed.gross, breaches()) == (20 * PUPIL, [])


def test_what_is_let_go_follows_a_visit_whose_numbers_are_changed_and_that_nobody_counts(app: Flask) -> None:
    centre = a_counting_centre(HeadsRule.BOOKED)
    booking_id = classes(centre)
    (receivable,) = receivables(centre)
    let_go(receivable.key, "Avtalt", centre.facts, afterwards(), ACTOR)
    with unit_of_work():
        change_numbers(booking_id, {0: (26, 2)}, centre=centre.facts, now=clock.now(), actor=ACTOR)
    work()
    assert ([row.amount for row in lately_let_go()], owed(booking_id)) == ([26 * PUPIL], 26 * PUPIL)
    assert (receivables(centre), breaches()) == ([], [])


def test_the_desk_is_not_asked_how_many_came_of_what_is_let_go(app: Flask) -> None:
    centre = a_counting_centre()
    booking_id = classes(centre)
    over = facts_of(centre, booking_id).leaves_at
    assert [visit.booking_id for visit in uncounted_visits(over)] == [booking_id]
    (receivable,) = receivables(centre)
    let_go(receivable.key, "Avtalt", centre.facts, over, ACTOR)
    assert uncounted_visits(over) == []


def test_of_whom_nobody_came_by_what_was_told_is_billed_when_the_door_counts_them_after_all(app: Flask) -> None:
    centre = a_counting_centre()
    booking_id = classes(centre)
    version = reckonable(booking_id, centre.facts, afterwards()).version
    with unit_of_work():
        nobody = {0: ClassHeads(0, 0)}
        tell_count(booking_id, nobody, version, centre=centre.facts, now=afterwards(), actor=ACTOR)
    assert (owed(booking_id), receivables(centre)) == (0, [])
    count(centre, booking_id, ClassHeads(20, 2))
    work()
    assert (owed(booking_id), len(receivables(centre)), breaches()) == (20 * PUPIL, 1, [])
