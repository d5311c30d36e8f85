"""What closures do with bookings while all the rest goes on: closed, answered for in every way, opened again."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from booking.bookings import queries
from booking.centre.facts import CentreFacts
from booking.closures import answer, close, letters, refund_unanswered
from booking.closures.close import ClosureRequest
from booking.closures.models import ClosedReason
from booking.closures.reopen import reopen
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from tests.properties.money_moves import allowed, bought

WAYS = ("moved", "all back", "all back", "part back")


class ClosingMoves(RuleBasedStateMachine):
    """A storm, a power cut, and who is hit by it."""

    slots: list[int]
    show: int
    day: datetime
    centre: CentreFacts

    def __init__(self) -> None:
        super().__init__()
        self.closures: list[int] = []

    @rule(which=st.integers(0, 5))
    def the_house_closes(self, which: int) -> None:
        """One entry time, the show, or all that goes on that day."""
        slot_id = [*self.slots, self.show, None, self.show][which]
        wish = ClosureRequest(self.day, self.day + timedelta(hours=6), ClosedReason.WEATHER, slot_id=slot_id)
        with allowed(), unit_of_work():
            self.closures.append(close.close_down(wish, now=clock.now(), account_id=None, actor="account:1"))

    @precondition(lambda self: self.closures)
    @rule(last=st.booleans())
    def it_opens_again(self, last: bool) -> None:
        """A closure was a mistake, or is over sooner."""
        with allowed(), unit_of_work():
            reopen(self.closures[-1 if last else 0], now=clock.now(), actor="account:1")

    @rule(booking=bought, way=st.sampled_from(WAYS), actor=st.sampled_from(["buyer", "account:1"]))
    def who_is_hit_chooses(self, booking: int, way: str, actor: str) -> None:
        """Another time, the money, or the money for what is closed alone."""
        db.session.rollback()
        facts, hit = queries.by_id(booking), answer.closed_for(booking)
        if facts is None or hit is None:
            return
        choices = answer.choices(facts, hit.slot_ids, self.centre, clock.now()) if way == "moved" else []
        with allowed(), unit_of_work():
            if choices:
                answer.move(facts, choices[0], now=clock.now(), actor=actor)
            elif way == "part back" and answer.can_stand_alone(facts, hit.slot_ids):
                answer.part_back(facts, hit.slot_ids, centre=self.centre, now=clock.now(), actor=actor)
            elif way != "moved":
                answer.all_back(facts, centre=self.centre, now=clock.now(), actor=actor)

    @precondition(lambda self: self.closures)
    @rule()
    def all_who_did_not_choose_get_their_money(self) -> None:
        """Staff answer for those who never did."""
        with allowed(), unit_of_work():
            refund_unanswered.begin(self.closures[-1], None, "account:1")

    def look_after_closures(self) -> None:
        """What the worker does each minute about who was paying meanwhile."""
        letters.catch_up(clock.now())
