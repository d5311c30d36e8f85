"""Whatever buyers, banks, staff and the worker do, in whatever order: the invariants of the design hold.

`EXAMPLES=2000 pytest tests/properties` looks further, along ways it has not gone before.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import time_machine
from flask import Flask
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, MultipleResults, invariant, multiple, precondition, rule
from sqlalchemy import select, update

from booking.bookings import queries
from booking.bookings.basket import Pick
from booking.bookings.change import cancel, change
from booking.bookings.details import Contact, set_details
from booking.bookings.hold import Hold, drop, expire_run_out, hold, renew
from booking.bookings.models import Booking, State, Ticket
from booking.capacity.availability import slots_by_id
from booking.capacity.models import Channel, Slot, SlotStatus
from booking.catalogue.models import Kind
from booking.centre.facts import CentreFacts
from booking.door import admit
from booking.door.models import CheckIn
from booking.door.rules import ENTRANCE, OVERRULABLE
from booking.door.undo import undo
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.kernel.refusals import Refusal
from booking.payments import pay
from booking.payments.demo import Play, play
from booking.payments.fulfil import fulfil
from booking.payments.models import DemoSession, Payment
from booking.payments.providers import tills
from booking.payments.sweep import sweep
from booking.waiting import waiting
from tests.builders import a_centre, a_slot, a_space, a_stretch, a_ticket_type, an_activity
from tests.conftest import empty_database
from tests.door.doors import how
from tests.properties.class_moves import ClassMoves
from tests.properties.closing_moves import ClosingMoves
from tests.properties.money_moves import MoneyMoves, allowed, bought
from tests.properties.night_moves import NightMoves
from tests.properties.walked import walk
from tests.properties.world import Cashier, MoodyTill, unrest

BEGIN = datetime(2027, 3, 1, 8, tzinfo=UTC)
DAY = BEGIN.replace(hour=10) + timedelta(days=2)
# What a rule adds to its bundle: a booking, several, or none.
Target = int | MultipleResults[int]

party = st.fixed_dictionaries(
    {
        "slot": st.integers(0, 2),
        "adults": st.sampled_from([1, 1, 2, 3, 0]),
        "families": st.sampled_from([0, 0, 0, 1]),
        "members": st.sampled_from([0, 0, 1, 2]),
        "show": st.sampled_from([0, 0, 0, 1, 2]),
    }
)
bookings: Bundle[int] = Bundle("bookings")


class AnyOrder(ClassMoves, NightMoves, ClosingMoves, MoneyMoves):
    """One small house that several buyers want more of than there is."""

    bookings = bookings
    bought = bought
    day = DAY
    app: Flask

    def __init__(self) -> None:
        self.journey = time_machine.travel(BEGIN, tick=False)
        self.clock = self.journey.start()
        super().__init__()
        empty_database()
        self.centre = self.a_house()
        self.till = MoodyTill("http://localhost")
        tills.use(self.till)
        self.cashier = Cashier(self.app)
        self.waiting = 0

    def a_house(self) -> CentreFacts:
        """Three entry times that share the house, and a show."""
        centre = a_centre(late_refund_percent=50, change_until_hours=2, refund_until_hours=24)
        house = a_space(capacity=12, is_house=True)
        release = DAY - timedelta(hours=30)
        kept = {"kept": 3, "release_at": release}
        halves = [a_stretch(house, DAY + timedelta(minutes=30 * n), 12, **kept) for n in range(4)]
        entry = an_activity()
        self.slots = [
            a_slot(entry, 7, DAY + timedelta(minutes=30 * n), draws_on=halves[n : n + 2], **more)
            for n, more in enumerate(({}, {}, {"kept": 2, "release_at": release}))
        ]
        self.adult = a_ticket_type(entry, 20000)
        self.family = a_ticket_type(entry, 55000, "Familie", places=4)
        self.member = a_ticket_type(entry, 0, "Medlem")
        show = an_activity(Kind.SHOW, title="Show", needs_admission=True)
        self.show = a_slot(show, 4, DAY + timedelta(hours=1, minutes=15))
        self.seat = a_ticket_type(show, 6000, "Plass")
        self.halves = halves
        self.schools_may_come()
        return centre

    def teardown(self) -> None:
        """Let everything come to rest, look once more, go home."""
        try:
            self.come_to_rest()
        finally:
            self.journey.stop()
            db.session.remove()

    def picks(self, wish: dict[str, int]) -> list[Pick]:
        """A party as ids and quantities."""
        slot = self.slots[wish["slot"]]
        return [
            Pick(slot, self.adult, wish["adults"]),
            Pick(slot, self.family, wish["families"]),
            Pick(slot, self.member, wish["members"]),
            Pick(self.show, self.seat, wish["show"]),
        ]

    @rule(
        target=bookings, wish=party, channel=st.sampled_from([*Channel, Channel.PUBLIC]), holder=st.sampled_from("ab")
    )
    def hold(self, wish: dict[str, int], channel: Channel, holder: str) -> Target:
        """Somebody puts tickets in a basket."""
        with allowed(), unit_of_work():
            held = hold(
                self.picks(wish), centre=self.centre, now=clock.now(), lang="nb", channel=channel, holder=holder
            )
            return held.booking_id
        return multiple()

    @rule(booking=bookings, wish=party)
    def choose_again(self, booking: int, wish: dict[str, int]) -> None:
        """Somebody changes the basket."""
        secret = db.session.get_one(Booking, booking).secret
        with allowed(), unit_of_work():
            hold(self.picks(wish), centre=self.centre, now=clock.now(), lang="nb", basket_secret=secret)

    @rule(booking=bookings)
    def more_time(self, booking: int) -> None:
        """Somebody asks for more time."""
        with allowed(), unit_of_work():
            renew(booking, self.centre, clock.now())

    @rule(booking=bookings)
    def give_up(self, booking: int) -> None:
        """Somebody empties the basket."""
        with unit_of_work():
            drop(booking, clock.now())

    @rule(booking=bookings)
    def go_to_the_till(self, booking: int) -> None:
        """Somebody says who they are and goes on to pay."""
        with allowed():
            with suppress(Refusal), unit_of_work():
                set_details(booking, Contact("Kari", "kari@example.org"), "nb", clock.now())
            pay.begin(booking)

    @rule(booking=bookings, what=st.sampled_from([Play.PAY, *Play]))
    def act_at_the_till(self, booking: int, what: Play) -> None:
        """Somebody acts at any page of the till that they have ever been sent to."""
        refs = db.session.scalars(
            select(Payment.provider_ref).where(Payment.booking_id == booking, Payment.provider_ref.is_not(None))
        ).all()
        with unit_of_work():
            for ref in refs:
                play(ref or "", what, clock.now())

    @rule(target=bought, booking=bookings)
    def pay_at_once(self, booking: int) -> Target:
        """The usual way, in one go; for a change that costs more as for a first booking."""
        self.go_to_the_till(booking)
        self.act_at_the_till(booking, Play.PAY)
        self.hear_from_the_till(booking)
        facts = queries.by_id(booking)
        return booking if facts and facts.state is State.CONFIRMED and facts.changes_id is None else multiple()

    @rule(target=bought, wish=party)
    def buy(self, wish: dict[str, int]) -> Target:
        """From the date to the ticket without a stop."""
        with allowed():
            with unit_of_work():
                held = hold(self.picks(wish), centre=self.centre, now=clock.now(), lang="nb")
            return self.pay_at_once(held.booking_id)
        return multiple()

    @rule(booking=bookings)
    def hear_from_the_till(self, booking: int) -> None:
        """The till tells of everything it knows of a booking, old and new: return page and webhooks alike."""
        payments = db.session.scalars(select(Payment.id).where(Payment.booking_id == booking)).all()
        for payment in payments:
            with allowed():
                fulfil(payment)

    @rule(booking=bookings)
    def back_from_the_till(self, booking: int) -> None:
        """Somebody would rather change the basket than pay."""
        with allowed():
            pay.withdraw(booking)

    @rule(target=bookings, booking=bought, wish=party, actor=st.sampled_from(["buyer", "buyer", "account:1"]))
    def change(self, booking: int, wish: dict[str, int], actor: str) -> Target:
        """Another time, more or fewer."""
        with allowed(), unit_of_work():
            done = change(booking, self.picks(wish), centre=self.centre, now=clock.now(), actor=actor)
            if isinstance(done, Hold):
                return done.booking_id
            assert done.refund == done.sent.online + done.sent.in_till
        return multiple()

    @rule(target=bookings, booking=bought, pays=st.sampled_from([True, True, False]))
    def one_more_comes(self, booking: int, pays: bool) -> Target:
        """One adult more than there are, paid at once or not."""
        facts = queries.by_id(booking)
        picks = [Pick(line.slot_id, line.ticket_type_id, line.quantity) for line in facts.lines] if facts else []
        with allowed():
            with unit_of_work():
                more = [*picks, Pick(picks[0].slot_id, self.adult, 1)]
                done = change(booking, more, centre=self.centre, now=clock.now())
            assert isinstance(done, Hold)
            if pays:
                self.pay_at_once(done.booking_id)
            return done.booking_id
        return multiple()

    @rule(booking=bought)
    def one_stays_at_home(self, booking: int) -> None:
        """One ticket less."""
        facts = queries.by_id(booking)
        first, *others = facts.lines if facts else ()
        picks = [Pick(line.slot_id, line.ticket_type_id, line.quantity) for line in others]
        picks.append(Pick(first.slot_id, first.ticket_type_id, first.quantity - 1))
        with allowed(), unit_of_work():
            change(booking, picks, centre=self.centre, now=clock.now())

    @rule(booking=bought, whole=st.booleans())
    def cancel(self, booking: int, whole: bool) -> None:
        """Cancelled, by rule or in full."""
        with allowed(), unit_of_work():
            done = cancel(booking, centre=self.centre, now=clock.now(), whole_refund=whole)
            assert done.refund == done.sent.online + done.sent.in_till

    @rule(booking=bought, single=st.booleans(), reason=st.sampled_from(["", "", "Feil dag"]))
    def come_in(self, booking: int, single: bool, reason: str) -> None:
        """Somebody shows the party's code or a ticket; staff may have a reason to let them in anyway."""
        codes = db.session.scalars(select(Ticket.code).where(Ticket.booking_id == booking)).all()
        code = codes[0] if single and codes else db.session.get_one(Booking, booking).code
        with allowed(), unit_of_work():
            answer = admit.scan(code, ENTRANCE, how(reason=reason), self.centre)
            if answer.verdict in OVERRULABLE and reason:
                first = answer.tickets[0]
                heads = {(first.slot_id, first.ticket_type_id): 1}
                admit.admit(booking, heads, how(reason=reason), self.centre)

    @rule(booking=bookings, people=st.integers(1, 3))
    def come_in_without_the_network(self, booking: int, people: int) -> None:
        """A device on its own let somebody in, whatever the booking is by now, and tells of it twice."""
        code, about = db.session.get_one(Booking, booking).code, how(reason="offline")
        for _ in range(2):
            with unit_of_work():
                admit.admit_later(code, people, about)

    @rule(booking=bought)
    def were_not_let_in(self, booking: int) -> None:
        """Staff undo what they did last for a party."""
        marks = db.session.scalars(select(CheckIn.mark).where(CheckIn.booking_id == booking)).all()
        with unit_of_work():
            undo(marks[-1] if marks else "", "Feil familie", None, clock.now())

    @precondition(lambda self: self.waiting < 3)
    @rule(wish=party)
    def wait(self, wish: dict[str, int]) -> None:
        """A party that found nothing puts itself in the list for all times."""
        with allowed(), unit_of_work():
            people = [(self.adult, wish["adults"]), (self.member, wish["members"])]
            contact = Contact("Ola", f"ola{self.waiting}@example.org")
            free = slots_by_id(self.slots, Channel.PUBLIC, clock.now())
            full = [slot.slot_id for slot in free if slot.free < wish["adults"] + wish["members"]]
            waiting.wait(full, people, contact, centre=self.centre, lang="nb", now=clock.now())
            self.waiting += 1

    @precondition(lambda self: self.waiting > 0)
    @rule(target=bookings)
    def offer(self) -> Target:
        """The worker offers what has become free."""
        before = set(db.session.scalars(select(Booking.id)))
        waiting.offer_places(self.centre, clock.now())
        return multiple(*db.session.scalars(select(Booking.id).where(Booking.id.not_in(before))))

    @rule(which=st.integers(0, 7), status=st.sampled_from([SlotStatus.OPEN, SlotStatus.OPEN, SlotStatus.CLOSED]))
    def staff_open_or_close(self, which: int, status: SlotStatus) -> None:
        """Staff close something, or open it again."""
        slot = [*self.slots, self.show, *self.halves][which]
        with unit_of_work():
            standing = update(Slot).where(Slot.id == slot, Slot.status != SlotStatus.CANCELLED)
            db.session.execute(standing.values(status=status))

    @rule(minutes=st.sampled_from([1, 1, 3, 16, 16, 33, 40, 180, 60 * 26]))
    def time_passes(self, minutes: int) -> None:
        """Time passes."""
        self.clock.shift(timedelta(minutes=minutes))
        self.nights_pass()

    @rule(line=st.sampled_from(["good", "good", "dead", "half dead"]))
    def the_line_changes(self, line: str) -> None:
        """The line to the payment provider breaks or mends."""
        self.till.line = line

    @rule()
    def the_worker_looks(self) -> None:
        """Everything that the worker does by itself, once."""
        now = clock.now()
        with unit_of_work():
            expire_run_out(now)
        sweep(now)
        self.look_after_closures()
        self.look_after_classes()
        self.cashier.work()

    @invariant()
    def what_can_be_paid_keeps_its_places(self) -> None:
        """As long as a page of the till can still be paid, its booking waits for the money."""
        now = clock.now()
        payable = db.session.execute(
            select(Payment.id, Booking.id, Booking.state)
            .join(Payment, Payment.booking_id == Booking.id)
            .join(DemoSession, DemoSession.ref == Payment.provider_ref)
            .where(DemoSession.outcome.in_(("open", "declined")), DemoSession.expires_at > now)
        ).all()
        assert [row for row in payable if row.state is not State.PENDING] == []

    def come_to_rest(self) -> None:
        """The line is mended, everything runs out, the worker does its rounds."""
        self.till.line = "good"
        for charge in self.till.disputed - self.till.lost:
            self.dispute(charge, "won")
        for _ in range(4):
            self.clock.shift(timedelta(days=1))
            self.nights_pass()
            self.staff_look_at_refunds()
            self.the_worker_looks()
            self.nothing_is_breached()
        for words, query in unrest():
            assert db.session.execute(query).all() == [], words
        for paid, refunded in db.session.execute(select(Payment.charge_ref, Payment.refunded)).all():
            assert paid is None or paid in self.till.lost or self.till.refunded(paid) == refunded
        self.years_pass()
        self.nothing_is_breached()


def test_whatever_happens_in_whatever_order_nothing_is_sold_twice_and_no_money_is_lost(tilled: Flask) -> None:
    class Here(AnyOrder):
        app = tilled

    walk(Here, 16)
