"""Nobody is kept longer than promised: a long past of every state, made by the functions that people's clicks call.

Everything that people type carries a mark. Ninety-five days after the last visit no column of any table holds it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Enum, String, Text, cast, func, or_, select, update

from booking import forgetting, tables, upkeep
from booking.bookings import change as booking_change
from booking.bookings import waiting
from booking.bookings.basket import Pick
from booking.bookings.details import Contact, Details, ask_for_newsletter
from booking.bookings.forgetting import BASKETS_KEPT, CONTACT_KEPT, UNANSWERED_KEPT
from booking.bookings.hold import drop, expire_pending
from booking.bookings.models import Booking, State, Waiting
from booking.capacity.models import Channel, Slot
from booking.centre.facts import the_centre
from booking.check import breaches
from booking.closures import answer
from booking.courses.enrol import Person
from booking.courses.models import Paying
from booking.courses.people import of_booking, rename
from booking.door import walk_in
from booking.door.undo import undo
from booking.kernel import clock
from booking.kernel.codes import new_secret
from booking.kernel.database import Json, Model, db, unit_of_work
from booking.kernel.forgetting import Clear, Forgetting, Remove, Rows
from booking.outbox import long_work
from booking.outbox.models import Promise, PromiseState
from booking.outbox.promises import promise
from booking.outreach.book import book as book_outreach
from booking.outreach.models import OutreachVisit
from booking.payments import demo, pay
from booking.payments.demo import Play
from booking.payments.forgetting import of_baskets
from booking.payments.fulfil import fulfil
from booking.payments.give_back import give_back
from booking.payments.models import Payment, PaymentState
from booking.payments.providers import tills
from booking.reports import exports
from booking.reports.bookings import Wanted as WantedBookings
from booking.reports.health import last_check, last_purge
from booking.reports.sources import bookings_filters
from booking.schools import change, feedback, read, wishes
from booking.schools import waiting as school_waiting
from booking.schools.book import book_visit
from booking.schools.feedback import Opinion
from booking.schools.forgetting import is_request
from booking.schools.models import Programme, SchoolKind
from booking.schools.payers import SchoolFacts
from booking.schools.release_models import Way
from booking.staff.models import Role
from booking.staff.sessions import add_account
from booking.worker import Worker, run_once
from tests.builders import a_centre, a_confirmed_booking, a_hold, a_slot, a_ticket_type, an_activity, tomorrow
from tests.closures.closing import closed, facts_of, offers, write
from tests.courses.away import a_road
from tests.courses.away import an_order as order_away
from tests.courses.enrolled import a_course, an_enrolment
from tests.door.doors import let_in
from tests.payments.buying import payment_of, ref_of
from tests.schools.releasing import a_release_day
from tests.schools.visits import a_plan, an_order
from tests.support.forgetting import forget

MARK, DIGITS = "Zyxwv", "99887766"
MAIL = "zyxwv@example.org"
WHO = Contact(f"{MARK} Nordmann", MAIL, f"+47{DIGITS}", f"{MARK}: wheelchair")
BY_HAND = SchoolFacts(None, f"{MARK} skole", "", "Bergen", SchoolKind.SCHOOL, "", known=False)


def left(*allowed: str) -> list[str]:
    """Where the marks still stand: columns of every table, and letters kept as files."""
    db.session.rollback()
    found = []
    for table in Model.metadata.sorted_tables:
        for column in texts_of(table.name):
            said = func.lower(cast(table.c[column], Text))
            marked = or_(said.contains(MARK.lower()), said.contains(DIGITS))
            if db.session.scalar(select(func.count()).select_from(table).where(marked)):
                found.append(f"{table.name}.{column}")
    found += [str(file) for file in Path(tills.settings.instance_dir).rglob("*.eml")]
    return sorted(set(found) - set(allowed))


def texts_of(table: str) -> list[str]:
    """The columns of a table that can hold what somebody typed."""
    columns = Model.metadata.tables[table].columns
    return [
        one.name for one in columns if isinstance(one.type, String | Text | Json) and not isinstance(one.type, Enum)
    ]


def tickets(app: Flask) -> datetime:
    """Bookings of every state, with payments of every state; waiting, closed, let in, sold in the till."""
    a_centre()
    entry = an_activity(capacity=60)
    slot, adult = a_slot(entry, 60), a_ticket_type(entry)
    other, free = a_slot(entry, 60, tomorrow(days=4)), a_ticket_type(entry, 0, "Free")
    a_slot(entry, 60, tomorrow(12, days=4))
    a_hold(slot, adult)  # never filled in

    begun = [a_hold(slot, adult).booking_id for _ in range(6)]
    for booking_id in begun:
        pay.begin(booking_id, Details(WHO, "nb", ["shows"]))
    _abandoned, declined, slow, bought, disputed, cancelled = begun
    play(declined, Play.DECLINE)
    be_paid_too_late(entry, adult)
    play(slow, Play.LATER)  # its money takes some minutes
    for booking_id in (bought, disputed, cancelled):
        play(booking_id, Play.PAY)
        fulfil(payment_of(booking_id).id)
    with unit_of_work():
        db.session.execute(update(Payment).where(Payment.booking_id == disputed).values(disputed_at=clock.now()))
        give_back(bought, 100, f"{MARK} was ill", new_secret(), "account:1")
        booking_change.cancel(cancelled, centre=the_centre(), now=clock.now())
    with unit_of_work():  # dearer: a change that waits for money which never comes
        dearer = [Pick(slot, adult, 5)]
        booking_change.change(bought, dearer, centre=the_centre(), now=clock.now())

    confirmed = a_confirmed_booking(slot, free, name=WHO.name, email=MAIL)
    mark = new_secret()
    let_in(confirmed.booking_id, {(slot, free): 1}, mark=mark, reason=f"{MARK} came early")
    with unit_of_work():
        undo(mark, f"{MARK} was another", None, clock.now())
    sold = a_hold(slot, adult, channel=Channel.DESK)
    with unit_of_work():
        ada = add_account("ada@example.org", "Ada", Role.ADMIN, clock.now())
        walk_in.sold_in_till(sold.booking_id, "T-1", replace(WHO, email="", needs=""), ada, clock.now())

    wait_in_line(entry, free)
    be_closed(other, free)
    with unit_of_work():
        ask_for_newsletter(MAIL, ["shows"], "nb", clock.now())
        promise("mail.find", "find:1", {"email": MAIL, "lang": "nb"})
        promise("mail.my_visits", "my:1", {"email": MAIL, "lang": "nb"})
        db.session.execute(update(Slot).where(Slot.id == slot).values(note=f"{MARK} leads"))
        about = {"lang": "nb", "format": "csv", "filters": filters_of(MARK)}
        long_work.begin(f"{exports.KIND}bookings", about, None)
    run_once(app)
    for hours in (1, 30):  # baskets run out, offers run out, slow money comes
        with time_machine.travel(clock.now() + timedelta(hours=hours), tick=False):
            run_once(app)
    with unit_of_work():
        db.session.execute(
            update(Promise).where(Promise.kind == "mail.find").values(state=PromiseState.DEAD, last_error=f"550 {MAIL}")
        )
    return tomorrow(days=5)


def be_paid_too_late(entry: int, adult: int) -> None:
    """Money comes when the places are somebody else's, and goes back."""
    slot = a_slot(entry, 2, tomorrow(16))
    late = a_hold(slot, adult).booking_id
    pay.begin(late, Details(WHO, "nb"))
    play(late, Play.PAY)
    with unit_of_work():
        assert expire_pending(late, clock.now() + timedelta(hours=1))
    a_hold(slot, adult)
    assert fulfil(payment_of(late).id) is PaymentState.RETURNED


def play(booking_id: int, what: Play) -> None:
    """At the demo till."""
    ref = ref_of(payment_of(booking_id))
    with unit_of_work():
        demo.play(ref, what, clock.now())


def filters_of(typed: str) -> dict[str, object]:
    """What staff searched a list of bookings for."""
    return dict(bookings_filters(WantedBookings(words=typed)))


def wait_in_line(entry: int, free: int) -> None:
    """Four in line for a time of two places: one takes the offer, one refuses it, one lets it run out, one leaves."""
    full = a_slot(entry, 2, tomorrow(14))
    taken_by = a_confirmed_booking(full, free, name=WHO.name, email=MAIL)
    secrets = []
    for _ in range(4):
        with unit_of_work():
            secrets.append(waiting.wait([full], [(free, 2)], WHO, centre=the_centre(), lang="nb", now=clock.now()))
    with unit_of_work():
        waiting.leave(secrets[3])
    for ends in (True, False):
        with unit_of_work():
            booking_change.cancel(taken_by.booking_id, centre=the_centre(), now=clock.now())
        offered = an_offer()
        if ends:
            pay.begin(offered, Details(WHO, "nb"))
            db.session.rollback()
            taken_by = replace(taken_by, booking_id=offered)
    with unit_of_work():
        drop(offered, clock.now())
    an_offer()


def an_offer() -> int:
    """The next in line gets one; its booking."""
    ((waiting_id, slot_id),) = waiting.next_offers(clock.now())
    with unit_of_work():
        assert waiting.offer(waiting_id, slot_id, centre=the_centre(), now=clock.now())
    db.session.rollback()
    return db.session.scalars(select(Waiting.booking_id).where(Waiting.id == waiting_id)).one() or 0


def be_closed(slot: int, free: int) -> None:
    """A closure with letters: one wants the money, one another time, one never answers."""
    hit = [a_confirmed_booking(slot, free, name=WHO.name, email=MAIL).booking_id for _ in range(3)]
    closure = closed(slot)
    write(closure)
    with unit_of_work():
        answer.all_back(facts_of(hit[0]), centre=the_centre(), now=clock.now())
    times = offers(hit[1])
    with unit_of_work():
        answer.move(facts_of(hit[1]), times[0], now=clock.now())


def schools(app: Flask) -> datetime:
    """A drawing, a visit of a school written by hand, one that staff decline, places in line, words afterwards."""
    day = a_release_day(Way.DRAWING, sessions=2)
    for number in range(2):
        wish = replace(
            day.order(day.slots[0], number), contact=WHO, order_number=MARK, on_the_day=MARK, invoice_reference=MARK
        )
        with unit_of_work():
            wishes.prepare(replace(wish, mobile=f"+47{DIGITS}"), day.facts, day.facts.opens_at - timedelta(hours=1))
    run_once(app)
    centre = day.centre
    plan = a_plan(centre, f"{MARK}A", pupils=10, programmes_wanted=1)
    order = an_order(centre, plan, MAIL, mobile=f"+47{DIGITS}", on_the_day=MARK, order_number=MARK)
    with unit_of_work():
        booked = book_visit(replace(order, contact=WHO, school=BY_HAND), centre=centre.facts, now=clock.now())
        db.session.get_one(Programme, centre.body).instant = False
    asked = replace(order, contact=WHO, school=replace(BY_HAND, name=f"{MARK} barnehage"))
    asked = replace(asked, plan=a_plan(centre, f"{MARK}B", pupils=10))
    with unit_of_work():
        declined = book_visit(asked, centre=centre.facts, now=clock.now())
    with unit_of_work():
        change.decline(declined.booking_id, f"{MARK}, no", centre=centre.facts, now=clock.now(), actor="account:1")
        waiting_for = db.session.scalars(select(Slot.id).where(Slot.activity_id == centre.bridges)).first()
        assert waiting_for is not None
    with unit_of_work():
        school_waiting.wait(waiting_for, 20, MAIL, "nb", clock.now())
        about = {"email": MAIL, "lang": "nb", "wishes": f"group={MARK}"}
        promise("mail.visit_copy", "visit_copy:1", about)
    db.session.rollback()
    visit = read.of_booking(booked.booking_id, "NOK")
    assert visit is not None
    said = {centre.bridges: Opinion(5, f"{MARK} was good"), centre.body: Opinion(5, f"{MARK} was good")}
    with unit_of_work():
        feedback.answer(visit, centre.on, said, centre.on + timedelta(days=1), clock.now())
    run_once(app)
    return datetime.combine(centre.on, datetime.min.time(), UTC)


def courses(app: Flask) -> datetime:
    """One enrolment by invoice, one by card that nobody pays, one given up; and a class that we go to."""
    slot = a_course()
    payer = {"employer": f"{MARK} AS", "order_number": MARK, "invoice_reference": MARK}
    names = (f"{MARK} Nordmann", f"{MARK} Hansen")
    kept = an_enrolment(slot, *names, pays=Paying.INVOICE, **payer)
    an_enrolment(slot, *names, pays=Paying.CARD, **payer)
    with unit_of_work():
        db.session.execute(update(Booking).values(name=WHO.name, email=MAIL, phone=WHO.phone, needs=WHO.needs))
        (first, _) = of_booking(kept.booking_id)
        rename(kept.booking_id, {first.id: Person(f"{MARK} Olsen", MAIL)}, centre=the_centre(), now=clock.now())
    run_once(app)
    with time_machine.travel(clock.now() + timedelta(hours=2), tick=False):
        run_once(app)
    return tomorrow(days=40)


def outreach(app: Flask) -> datetime:
    """A class written by hand that has us come."""
    road = a_road()
    order = order_away(road)
    order = replace(order, contact=WHO, school=BY_HAND, address=f"{MARK}vegen 1", mobile=f"+47{DIGITS}")
    with unit_of_work():
        book_outreach(order, centre=the_centre(), now=clock.now())
        db.session.execute(update(OutreachVisit).values(room=f"Room of {MARK}"))
    run_once(app)
    return road.at_ten


# What stays, and why: a school or an employer that owes is accounting, and words about a visit stay for two years.
STAYS: dict[Callable[[Flask], datetime], tuple[str, ...]] = {
    tickets: (),
    schools: ("feedback.said", "school.name", "school.search"),
    courses: ("enrolment.employer",),
    outreach: ("school.name", "school.search"),
}


@pytest.mark.parametrize("past", STAYS, ids=lambda past: past.__name__)
def test_95_days_after_the_last_visit_nobody_is_kept(app: Flask, past: Callable[[Flask], datetime]) -> None:
    last = past(app)
    assert left()  # or it would prove nothing
    with time_machine.travel(last + timedelta(days=95), tick=False):
        upkeep.keep_house(clock.now())
        assert left(*STAYS[past]) == []
        purge = last_purge(tills.settings.instance_dir)
        assert purge is not None and purge.failed == {}
        assert breaches() == []
    with time_machine.travel(last + timedelta(days=7 * 366), tick=False):
        upkeep.keep_house(clock.now())
        assert left() == []


def test_what_others_stand_on_is_emptied_and_kept_the_rest_goes(app: Flask) -> None:
    """An abandoned payment and an offer that nobody took: their baskets once stopped all forgetting for ever."""
    last = tickets(app)
    begun = set(db.session.scalars(select(Payment.booking_id)))
    with time_machine.travel(last + timedelta(days=95), tick=False):
        upkeep.keep_house(clock.now())
    db.session.rollback()
    assert begun <= set(db.session.scalars(select(Booking.id)))
    assert set(db.session.scalars(select(Payment.state))) >= {
        PaymentState.EXPIRED, PaymentState.PAID, PaymentState.RETURNED,
    }  # fmt: skip
    never = select(Booking.id).where(Booking.confirmed_at.is_(None), Booking.id.not_in(begun))
    assert db.session.scalars(never).all() == []


def test_a_basket_with_contact_is_forgotten_after_a_week(app: Flask) -> None:
    a_centre()
    entry = an_activity(capacity=60)
    held = a_hold(a_slot(entry, 60, tomorrow(days=200)), a_ticket_type(entry))
    pay.begin(held.booking_id, Details(WHO, "nb"))
    for days, there in ((1, True), (6, True), (9, False)):
        with time_machine.travel(clock.now() + timedelta(days=days), tick=False):
            run_once(app)
            assert bool([one for one in left() if one.startswith("booking")]) is there, days


def test_money_that_may_still_come_keeps_whose_it_is(app: Flask) -> None:
    a_centre()
    entry = an_activity(capacity=60)
    held = a_hold(a_slot(entry, 60, tomorrow(days=200)), a_ticket_type(entry))
    pay.begin(held.booking_id, Details(WHO, "nb"))
    with unit_of_work():
        db.session.execute(update(Booking).values(state=State.EXPIRED, held_until=None))
        db.session.execute(update(Payment).values(state=PaymentState.PROCESSING))
    forget(of_baskets(is_request), clock.now() + timedelta(days=20))
    assert "booking.email" in left()


def test_one_kind_that_fails_stops_no_other_and_is_told(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    tickets(app)

    def fails(_before: datetime) -> list[int]:
        raise ValueError(f"{MARK} cannot be forgotten")

    ill = Forgetting("what cannot be forgotten", timedelta(0), fails, Remove(Booking.id))
    with time_machine.travel(clock.now() + timedelta(days=110), tick=False):
        with monkeypatch.context() as broken:
            broken.setattr(forgetting, "FORGETTINGS", (ill, *forgetting.FORGETTINGS))
            upkeep.keep_house(clock.now())
            while Worker(app).round():
                pass
        instance = tills.settings.instance_dir
        purge, checked = last_purge(instance), last_check(instance)
        assert purge is not None and purge.failed == {"what cannot be forgotten": "ValueError"}
        assert purge.good_at is not None and purge.good_at < clock.now() - timedelta(days=100)
        assert checked is not None  # the books are looked at all the same, and say it too
        assert checked.breaches == ["forgetting overdue, what cannot be forgotten: ValueError"]
        assert left() == []
        told = app.test_client().get("/healthz").json
        assert told is not None and told["last_good_purge"] == purge.good_at.isoformat(timespec="seconds")


def test_the_books_say_who_should_have_been_forgotten(app: Flask) -> None:
    a_centre()
    entry = an_activity(capacity=60)
    a_confirmed_booking(a_slot(entry), a_ticket_type(entry))
    with time_machine.travel(clock.now() + timedelta(days=95), tick=False):
        assert breaches() == []  # a night or two may be missed
    with time_machine.travel(clock.now() + timedelta(days=98), tick=False):
        assert breaches() == ["forgetting overdue, contact of a booking: 1"]


def removed() -> Iterator[tuple[Forgetting, Remove]]:
    """Those that take whole rows away."""
    for one in forgetting.FORGETTINGS:
        if isinstance(one.forget, Remove):
            yield one, one.forget


@pytest.mark.parametrize(("one", "remove"), list(removed()), ids=lambda one: getattr(one, "name", ""))
def test_no_row_goes_that_another_may_stand_on(app: Flask, one: Forgetting, remove: Remove) -> None:
    """By every foreign key of the schema: it cascades, is emptied, goes first, or is asked about."""
    assert isinstance(one.over, Rows)
    table = remove.key.class_.__table__
    first = {column.class_.__table__ for column in remove.first}
    asked = str(one.over.query(clock.now()))
    for other in Model.metadata.sorted_tables:
        for link in other.foreign_keys:
            if link.column.table is table and link.ondelete is None and other not in first:
                assert f"FROM {other.name} AS " in asked, f"{other.name}.{link.parent.name}"


# Columns of text that may stay for good. A new one belongs here, with a thought, or into a list of what is forgotten.
MAY_STAY = {
    # Staff, who are known to their employer.
    "account": "email name lang password_hash totp_secret",
    "passkey": "credential_id name",
    "recovery_code": "digest",
    "sign_in_count": "key",
    "staff_session": "digest public_id device",  # the latest of each account
    "heartbeat": "worker",
    # Facts by name; the words among them are hushed (booking/staff/forgetting.py).
    "audit_entry": "actor action subject before after",
    # The centre's own words and settings.
    "activity": "slug title summary",
    "centre": "name legal_name org_number country timezone currency languages address phone email website tagline"
    " find_us brand accent logo newsletter_topics",
    "closure": "words closed_days",
    "day_exception": "reason",
    "logo": "name kind",
    "mail_text": "letter lang subject opening closing",
    "outreach": "needs before",
    "pattern": "times",
    "programme": "subjects aims before after language",
    "release": "seed",
    "school_holiday": "name municipalities",
    "slot_before": "facts draws",
    "space": "slug name",
    "ticket_type": "slug title note proof",
    "travel": "key municipality",
    # Who has an agreement is a municipality; schools that the centre entered are no persons.
    "agreement": "payer org_number reference_pattern code secret municipality kinds",
    "school": "municipality",
    # Codes, keys and copies of titles: they open pages with nobody's name on them, or say what was bought.
    "allowance": "key holder",
    "booking": "reference secret code lang currency till_receipt",
    "certificate": "mark name_mark title",
    "check_in": "mark device",
    "claim": "shared",
    "demo_session": "ref idempotency_key currency description lang return_url back_url outcome",
    "line": "activity_title ticket_title",
    "long_work": "kind about said last_error",
    "outbox": "kind key about leased_by",
    "outreach_visit": "municipality",
    "payment": "provider currency idempotency_key provider_ref charge_ref url",
    "refund": "currency idempotency_key provider_ref",
    "release_share": "key",
    "release_take": "share_key",
    "release_wish": "groups_key secret reference lang",
    "ticket": "code",
    "visit": "code terms price",
    "visit_group": "claims",
}


def test_every_column_that_holds_text_is_forgotten_or_known_to_be_harmless() -> None:
    assert tables.__all__  # all of them are known
    emptied = {name for one in forgetting.FORGETTINGS if isinstance(one.forget, Clear) for name in one.forget.columns}
    gone = {"booking_word", "waiting", "subscriber", "visit_waiting", "sign_in_link", "provider_event"}
    texts = {f"{table}.{column}" for table in Model.metadata.tables for column in texts_of(table)}
    known = {f"{table}.{column}" for table, columns in MAY_STAY.items() for column in columns.split()}
    unknown = {one for one in texts - emptied - known if one.split(".")[0] not in gone}
    assert sorted(unknown) == []
    assert sorted(known - texts) == []
    assert sorted(known & emptied) == []


def test_operators_read_what_the_code_does() -> None:
    rows = re.findall(r"^\| (.+) \| (\d+) \|$", Path("docs/operations.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert [(name, int(days)) for name, days in rows] == [(one.name, one.kept.days) for one in forgetting.FORGETTINGS]


def test_visitors_read_what_the_code_does(app: Flask) -> None:
    a_centre()
    page = app.test_client().get("/en/privacy").get_data(as_text=True)
    for days in (CONTACT_KEPT, BASKETS_KEPT, UNANSWERED_KEPT):
        assert f" {days.days} days" in page
