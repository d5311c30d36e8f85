"""The demo centres: whole, true by every invariant, and loaded once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from booking.bookings import queries
from booking.bookings.change import cancel
from booking.bookings.models import Booking, State, Waiting, WaitingSlot
from booking.books.closing import close_month, disagreements
from booking.books.models import ClosedMonth
from booking.capacity.audit import counted_twice, wrong_counters
from booking.capacity.availability import slots_between
from booking.capacity.models import Channel, Slot
from booking.centre.facts import the_centre
from booking.closures.models import Closure
from booking.courses.models import Enrolment
from booking.demo.invoices import FILE_TO_TRY
from booking.demo.load import CENTRES, load_if_empty
from booking.demo.school.past_visits import school_months
from booking.invoicing.bank.file import read_bank_file
from booking.invoicing.document import DocumentKind
from booking.invoicing.issue import rules_of_invoices
from booking.invoicing.models import Invoice
from booking.invoicing.reminders.models import InvoiceReminder, ReminderState
from booking.invoicing.sending.models import InvoiceDelivery
from booking.invoicing.sending.states import DeliveryState
from booking.kernel import clock
from booking.kernel.database import Model, db, end_reading, unit_of_work
from booking.outbox.models import Promise
from booking.payments.providers import tills
from booking.reports.gift_cards.cards import CardState, newest
from booking.running.check import breaches
from booking.visits import read
from booking.visits.models import Visit
from tests.builders import admission_id
from tests.conftest import empty_database
from tests.demo.heads import by_stretch

# A Monday far from holidays, and the week in which most days are closed.
ORDINARY = datetime(2027, 2, 8, 8, 30, tzinfo=UTC)
CHRISTMAS = datetime(2026, 12, 23, 18, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Loaded:
    """A demo centre that was loaded at a moment."""

    name: str
    at: datetime


@pytest.fixture(
    scope="module",
    params=[("vilvite", ORDINARY), ("vizium", ORDINARY), ("vizium", CHRISTMAS)],
    ids=["vilvite", "vizium", "vizium at Christmas"],
)
def loaded(request: pytest.FixtureRequest, made_app: Flask) -> Iterator[Loaded]:
    """Each centre once; the tests of this module look at it and put nothing back."""
    name, at = request.param
    with made_app.app_context(), time_machine.travel(at, tick=False):
        empty_database()
        assert load_if_empty(name)
        yield Loaded(name, at)
        db.session.rollback()
        empty_database()


def known_since() -> datetime:
    """Who came before this is forgotten by now."""
    return clock.now() - timedelta(days=90)


def rows() -> dict[str, int]:
    """How many rows each table has."""
    db.session.rollback()
    tables = Model.metadata.sorted_tables
    return {table.name: db.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


def test_no_invariant_is_broken(loaded: Loaded) -> None:
    assert breaches() == []


def test_loading_again_changes_nothing(loaded: Loaded) -> None:
    before = rows()
    assert [load_if_empty(other) for other in CENTRES] == [False, False]
    assert rows() == before


def test_the_house_counts_each_head_once_by_the_half_hour(loaded: Loaded) -> None:
    counted = by_stretch()
    assert [(begins.isoformat(), taken, heads) for begins, taken, heads in counted if taken != heads] == []
    assert sum(heads for _begins, _taken, heads in counted) > (0 if loaded.at == CHRISTMAS else 1000)
    assert counted_twice() == []


def test_there_is_a_lively_fortnight(loaded: Loaded) -> None:
    confirmed = db.session.scalar(select(func.count()).where(Booking.state == State.CONFIRMED)) or 0
    cancelled = db.session.scalar(select(func.count()).where(Booking.state == State.CANCELLED)) or 0
    assert (confirmed > 40, cancelled > 0) == (True, True)


def test_every_booking_can_be_found_by_the_name_of_its_buyer(loaded: Loaded) -> None:
    nameless = select(func.count()).where(
        (Booking.search == "") | (Booking.email == ""), Booking.starts_at > known_since()
    )
    assert db.session.scalar(nameless) == 0


def test_what_is_said_of_a_cancelled_session_is_said_in_every_language_of_the_centre(loaded: Loaded) -> None:
    for words in db.session.scalars(select(Closure.words)):
        assert list(words) == the_centre().languages and all(words.values())
    assert db.session.scalar(select(func.count()).select_from(Closure))


def test_classes_are_booked_as_teachers_book_them(loaded: Loaded) -> None:
    facts = [
        (read.of_booking(booking_id, the_centre().currency), queries.by_id(booking_id))
        for booking_id in db.session.scalars(
            select(Visit.booking_id)
            .join(Booking, Booking.id == Visit.booking_id)
            .where(Booking.state == State.CONFIRMED)
        )
    ]
    assert len(facts) > 20
    for visit, booking in facts:
        assert visit is not None and booking is not None
        assert booking.people == sum(timetable.group.people for timetable in visit.timetables)
        assert all(timetable.parts and timetable.claims for timetable in visit.timetables)
        assert {line.quantity for line in booking.lines} == {1}  # one ticket for all pupils of a session
        assert visit.dues or not booking.total
    several = [visit for visit, _ in facts if visit is not None and len(visit.timetables) > 1]
    assert several
    assert any(visit.for_shows for visit, _ in facts if visit is not None)
    assert any(visit.invoice_reference for visit, _ in facts if visit is not None)
    assert any(visit.on_the_day for visit, _ in facts if visit is not None)
    schools = select(func.count()).where(Booking.channel == Channel.SCHOOL, Booking.group_name != "")
    enrolled = select(func.count()).select_from(Enrolment)
    visits = select(func.count()).select_from(Visit).join(Booking, Booking.id == Visit.booking_id)
    visits = visits.where(Booking.starts_at > known_since())
    counted = [db.session.scalar(query) or 0 for query in (schools, visits, enrolled)]
    assert counted[0] == counted[1] + counted[2]


def test_one_coming_saturday_is_sold_out_and_somebody_waits(loaded: Loaded) -> None:
    centre, now, entry = the_centre(), clock.now(), admission_id()
    assert entry is not None
    rows_of_day: dict[object, list[int]] = {}
    until = datetime.fromtimestamp(now.timestamp() + 8 * 86_400, UTC)
    for slot in slots_between(entry, now, until, Channel.PUBLIC, now):
        rows_of_day.setdefault(centre.local(slot.starts_at).date(), []).append(slot.free)
    sold_out = [day for day, free in rows_of_day.items() if not any(free)]
    for_entry = select(WaitingSlot.waiting_id).join(Slot).where(Slot.activity_id == admission_id())
    waiting = db.session.scalar(select(func.count()).where(Waiting.id.in_(for_entry)))
    # The Saturday after 23 December is the 26th: closed, so that nobody can come or wait.
    expected = (0, 0) if loaded.at == CHRISTMAS else (1, 1)
    assert (len(sold_out), waiting) == expected


def test_no_letter_of_the_past_is_waiting_to_be_sent(loaded: Loaded) -> None:
    """What the worker makes of what was paid and asked for is no letter."""
    letters = {"mail.waiting", "invoice.files", "invoice.send"}
    assert set(db.session.scalars(select(Promise.kind))) <= letters | {"receipt.earlier", "work"}


def test_one_gift_card_is_new_one_partly_used_one_over_and_one_waits_to_be_sent(loaded: Loaded) -> None:
    today = the_centre().local(clock.now()).date()
    stands = {(card.state(today), 0 < card.balance < card.amount) for card in newest()}
    lives = {(CardState.LIVES, False), (CardState.LIVES, True)}
    assert stands == lives | {(CardState.OVER, False), (CardState.WAITS, False), (CardState.WITHDRAWN, False)}


def test_the_slots_reach_far_ahead(loaded: Loaded) -> None:
    last = db.session.scalar(select(func.max(Slot.starts_at)))
    assert last is not None
    assert (last - loaded.at).days >= 115


def test_a_demo_booking_obeys_the_verbs(loaded: Loaded) -> None:
    coming = select(Booking.id).where(Booking.state == State.CONFIRMED, Booking.starts_at > clock.now())
    booking_id = db.session.scalars(coming.order_by(Booking.id).limit(1)).one()
    with unit_of_work():
        cancel(booking_id, centre=the_centre(), now=clock.now(), actor="demo")
    assert wrong_counters() == []


def test_a_file_of_the_bank_lies_ready_and_invoices_stand_in_every_state(loaded: Loaded) -> None:
    rules = rules_of_invoices()
    assert rules is not None
    content = (Path(tills.settings.instance_dir) / FILE_TO_TRY).read_bytes()
    file = read_bank_file(content, rules.account, the_centre().zone)
    kids = set(db.session.scalars(select(Invoice.kid)))
    assert [row.kid in kids for row in file.rows] == [True, True, True, True, False, False, False]
    assert {row.currency for row in file.rows} == {the_centre().currency, "SEK"}
    invoices = [row for row in db.session.scalars(select(Invoice)) if row.kind is DocumentKind.INVOICE]
    today = the_centre().local(clock.now()).date()
    open_ones = [row for row in invoices if row.left > 0]
    assert {bool(row.paid) for row in open_ones} == {True, False}
    assert {row.due_on < today for row in open_ones} >= {True}
    assert any(row.credited for row in invoices) and any(row.paid == row.payable for row in invoices)
    assert [row.left for row in invoices if row.written_off] == [0]
    assert len({row.issued_on for row in invoices}) >= 3
    assert max(len(row.document["settled"]["lines"]) for row in invoices) >= (20 if loaded.name == "vilvite" else 2)
    sent = select(InvoiceReminder.invoice_id, func.count()).where(InvoiceReminder.state == ReminderState.SENT)
    reminded = dict(iter(db.session.execute(sent.group_by(InvoiceReminder.invoice_id))))
    assert max(reminded.values()) == 2
    states = set(db.session.scalars(select(InvoiceDelivery.state)))
    assert states == {DeliveryState.SENT, DeliveryState.DELIVERED, DeliveryState.REFUSED}


def test_the_last_month_closes_to_nought_like_those_before_it(loaded: Loaded) -> None:
    centre, now = the_centre(), clock.now()
    months = school_months(centre.local(now).date(), CENTRES[loaded.name].schools.summer)
    closed = list(db.session.scalars(select(ClosedMonth.month).order_by(ClosedMonth.month)))
    assert closed[-1] == months[-2]
    end_reading()
    sums = close_month(months[-1], centre, now, "account:1")
    assert (sum(sums.by_role.values()), sums.debit > 0) == (0, True)
    ends = (months[-1] + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    assert disagreements(centre, now, months[-1], ends) == ([], [])
    assert breaches() == []
