"""Who comes together: companions, one more child, two shows at one time, children by themselves."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import update

from booking.bookings.basket import Pick
from booking.bookings.change import Changed, change
from booking.bookings.confirm import confirm
from booking.bookings.details import Contact
from booking.bookings.hold import Hold, hold
from booking.bookings.refusals import ChildrenAlone, CompanionAlone, NeedsCompany, TwoAtOnce
from booking.capacity.availability import slots_by_id
from booking.capacity.models import Channel
from booking.catalogue.models import TicketType
from booking.centre.facts import the_centre
from booking.centre.models import Centre, Strictness
from booking.kernel.database import db, unit_of_work
from booking.waiting.waiting import wait
from tests.builders import a_sale, a_slot, a_ticket_type, an_activity, tomorrow
from tests.web.browsing import Visitor, words


def keep(now: datetime, *picks: Pick, knows: tuple[str, ...] | None = None, channel: Channel = Channel.PUBLIC) -> None:
    with unit_of_work():
        hold(picks, centre=the_centre(), now=now, lang="nb", knows=knows, channel=channel)


def entry_of(slot: int, now: datetime) -> int:
    return slots_by_id([slot], Channel.PUBLIC, now)[0].activity_id


def test_a_companion_needs_somebody_who_pays(app: Flask, now: datetime) -> None:
    _, slot, adult = a_sale(capacity=100)
    entry = entry_of(slot, now)
    companion = a_ticket_type(entry, 0, "Ledsager", accompanies=True)
    toddler = a_ticket_type(entry, 0, "0-2", brings_adult=False)
    family = a_ticket_type(entry, 60000, "Familie", places=4)
    keep(now, Pick(slot, companion, 1), Pick(slot, adult, 1))
    keep(now, Pick(slot, companion, 4), Pick(slot, family, 1))
    for picks in (
        [Pick(slot, companion, 1), Pick(slot, toddler, 1)],
        [Pick(slot, companion, 2), Pick(slot, adult, 1), Pick(slot, toddler, 3)],
        [Pick(slot, companion, 1)],
    ):
        with pytest.raises(CompanionAlone):
            keep(now, *picks)


def test_one_more_child_needs_the_family_it_belongs_to(app: Flask, now: datetime) -> None:
    _, slot, adult = a_sale(capacity=100)
    entry = entry_of(slot, now)
    family = a_ticket_type(entry, 60000, "Familie", places=4)
    child = a_ticket_type(entry, 10000, "Ett barn til", brings_adult=False, goes_with_id=family)
    keep(now, Pick(slot, family, 1), Pick(slot, child, 2))
    with pytest.raises(NeedsCompany) as refused:
        keep(now, Pick(slot, adult, 2), Pick(slot, child, 1))
    assert refused.value.title["nb"] == "Familie"


def shows(**rules: object) -> tuple[Pick, Pick, Pick, Pick]:
    """Entry for four, and each a show for four: at eleven, a quarter past, and at noon."""
    _, slot, adult = a_sale(capacity=100, **rules)  # type: ignore[arg-type]
    picks = [Pick(slot, adult, 4)]
    for title, begins in (("Ild", tomorrow(11)), ("Lyd", tomorrow(11, 15)), ("Luft", tomorrow(12))):
        activity = an_activity(title=title, needs_admission=True)
        seat = a_ticket_type(activity, 5000, "Plass")
        picks.append(Pick(a_slot(activity, 50, begins), seat, 4))
    entry, at_eleven, a_quarter_past, at_noon = picks
    return entry, at_eleven, a_quarter_past, at_noon


def test_two_shows_at_one_time_are_asked_about_once(app: Flask, now: datetime) -> None:
    entry, first, second, later = shows()
    keep(now, entry, first, later, knows=())
    with pytest.raises(TwoAtOnce) as refused:
        keep(now, entry, first, second, knows=())
    assert (refused.value.title["nb"], refused.value.other_title["nb"], refused.value.warning) == ("Ild", "Lyd", True)
    keep(now, entry, first, second, knows=("TwoAtOnce",))


def test_a_family_that_parts_sits_in_both(app: Flask, now: datetime) -> None:
    entry, first, second, _ = shows()
    halves = [Pick(pick.slot_id, pick.ticket_type_id, 2) for pick in (first, second)]
    keep(now, entry, *halves, knows=())


def test_a_centre_may_refuse_two_shows_at_one_time(app: Flask, now: datetime) -> None:
    entry, first, second, _ = shows(two_at_once=Strictness.REFUSE)
    for knows in ((), ("TwoAtOnce",), None):
        with pytest.raises(TwoAtOnce) as refused:
            keep(now, entry, first, second, knows=knows)
        assert not refused.value.warning


def test_the_desk_knows_better(app: Flask, now: datetime) -> None:
    entry, first, second, _ = shows(two_at_once=Strictness.REFUSE)
    keep(now, entry, first, second, channel=Channel.DESK)


def test_children_by_themselves_are_asked_about_and_may_come(app: Flask, now: datetime) -> None:
    _, slot, adult = a_sale(capacity=100)
    child = a_ticket_type(entry_of(slot, now), 10000, "Barn", brings_adult=False, advises_adult=True)
    with pytest.raises(ChildrenAlone):
        keep(now, Pick(slot, child, 2), knows=())
    keep(now, Pick(slot, child, 2), knows=("ChildrenAlone",))
    keep(now, Pick(slot, child, 2), Pick(slot, adult, 1), knows=())


def test_the_page_asks_and_the_second_press_goes_on(app: Flask, now: datetime) -> None:
    _, slot, _adult = a_sale(capacity=100)
    child = a_ticket_type(entry_of(slot, now), 10000, "Barn", brings_adult=False, advises_adult=True)
    visitor = Visitor(app.test_client())
    answer = visitor.hold(slot, child, 2)
    assert answer.status_code == 422
    assert "Ingen voksen er med barna" in words(answer)
    page = answer.get_data(as_text=True)
    assert 'name="knows" value="ChildrenAlone"' in page
    fields: dict[str, int | list[str]] = {"party": 2, "slot": slot, f"q-{slot}-{child}": 2}
    fields["knows"] = ["ChildrenAlone", "Nonsense"]
    assert visitor.post("/nb/tickets", fields).status_code == 303


def bought(now: datetime, *picks: Pick, channel: Channel = Channel.PUBLIC) -> Hold:
    """A booking of these."""
    with unit_of_work():
        held = hold(picks, centre=the_centre(), now=now, lang="nb", channel=channel)
    with unit_of_work():
        confirm(held.booking_id, now)
    return held


def changed(
    held: Hold, now: datetime, *picks: Pick, knows: tuple[str, ...] = (), actor: str = "buyer"
) -> Changed | Hold:
    with unit_of_work():
        return change(held.booking_id, picks, centre=the_centre(), now=now, actor=actor, knows=knows)


@pytest.mark.parametrize("actor", ["buyer", "account:1"])
def test_a_change_obeys_the_same_rules_as_what_is_bought(app: Flask, now: datetime, actor: str) -> None:
    entry, first, second, _ = shows(two_at_once=Strictness.REFUSE)
    activity = entry_of(entry.slot_id, now)
    family = a_ticket_type(activity, 60000, "Familie", places=4)
    child = a_ticket_type(activity, 10000, "Ett barn til", brings_adult=False, goes_with_id=family)
    companion = a_ticket_type(activity, 0, "Ledsager", accompanies=True)
    toddler = a_ticket_type(activity, 0, "0-2", brings_adult=False)
    alone = a_ticket_type(activity, 10000, "Barn", brings_adult=False, advises_adult=True)
    slot, family_ticket = entry.slot_id, Pick(entry.slot_id, family, 1)
    held = bought(now, family_ticket, Pick(slot, child, 1), Pick(slot, companion, 1))
    with pytest.raises(NeedsCompany):
        changed(held, now, Pick(slot, entry.ticket_type_id, 4), Pick(slot, child, 1), actor=actor)
    with pytest.raises(CompanionAlone):
        changed(held, now, Pick(slot, toddler, 3), Pick(slot, companion, 1), actor=actor)
    with pytest.raises(TwoAtOnce):
        changed(held, now, family_ticket, first, second, actor=actor, knows=("TwoAtOnce",))
    with pytest.raises(ChildrenAlone):
        changed(held, now, Pick(slot, alone, 2), actor=actor)
    assert changed(held, now, Pick(slot, alone, 2), actor=actor, knows=("ChildrenAlone",))


def test_what_was_so_when_it_was_bought_is_not_asked_about_again(app: Flask, now: datetime) -> None:
    entry, first, second, later = shows()
    held = bought(now, entry, first, second)
    with unit_of_work():
        db.session.execute(update(Centre).values(two_at_once=Strictness.REFUSE))
    three = [Pick(pick.slot_id, pick.ticket_type_id, 3) for pick in (first, second)]
    assert isinstance(changed(held, now, entry, *three), Changed)
    with pytest.raises(TwoAtOnce):
        changed(held, now, entry, first, second)
    assert isinstance(changed(held, now, entry, *three, later), Hold)


def test_a_companion_left_alone_by_a_rule_set_since_may_move_but_not_bring_another(app: Flask, now: datetime) -> None:
    _, slot, _adult = a_sale(capacity=100)
    activity = entry_of(slot, now)
    friend, toddler = a_ticket_type(activity, 0, "Venn"), a_ticket_type(activity, 0, "0-2", brings_adult=False)
    held = bought(now, Pick(slot, friend, 1), Pick(slot, toddler, 3))
    with unit_of_work():
        db.session.execute(update(TicketType).where(TicketType.id == friend).values(accompanies=True))
    other = a_slot(activity, 100, tomorrow(13))
    changed(held, now, Pick(other, friend, 1), Pick(other, toddler, 3))
    with pytest.raises(CompanionAlone):
        changed(held, now, Pick(other, friend, 2), Pick(other, toddler, 3))


def test_what_the_desk_sold_the_desk_judges_but_not_its_buyer(app: Flask, now: datetime) -> None:
    entry, first, second, _ = shows(two_at_once=Strictness.REFUSE)
    held = bought(now, entry, channel=Channel.DESK)
    with pytest.raises(TwoAtOnce):
        changed(held, now, entry, first, second)
    assert isinstance(changed(held, now, entry, first, second, actor="account:1"), Hold)


def test_nobody_stands_in_line_for_what_they_could_not_buy(app: Flask, now: datetime) -> None:
    _, slot, adult = a_sale(capacity=2)
    bought(now, Pick(slot, adult, 2))
    family = a_ticket_type(entry_of(slot, now), 60000, "Familie", places=4)
    child = a_ticket_type(entry_of(slot, now), 10000, "Ett barn til", brings_adult=False, goes_with_id=family)
    who = Contact("Kari", "kari@example.org")
    with pytest.raises(NeedsCompany), unit_of_work():
        wait([slot], [(adult, 1), (child, 1)], who, centre=the_centre(), lang="nb", now=now)
