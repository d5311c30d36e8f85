"""Made-up people and bookings for the preview of letters: built here, written nowhere."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from booking.agreements import terms
from booking.agreements.models import SchoolKind
from booking.agreements.payers import SchoolFacts
from booking.agreements.prices import Because, Due
from booking.agreements.terms import TermsToday
from booking.annual_passes.issue import OrderedPass
from booking.annual_passes.models import PassBegins, PassFor
from booking.annual_passes.own import PassFacts
from booking.annual_passes.standing import days_of
from booking.bookings.details import Contact
from booking.bookings.models import Sold, State, WaitingState
from booking.bookings.queries import BookedLine, BookingFacts
from booking.capacity.models import Channel
from booking.capacity.timetable import at
from booking.centre.facts import CentreFacts
from booking.courses.models import ParticipantTold, Paying
from booking.courses.read import EnrolmentFacts, PersonFacts, PlaceFacts
from booking.gift_cards.sending import CardToSend
from booking.gift_cards.tell import BEFORE, EndingCard
from booking.kernel import clock
from booking.kernel.database import Texts
from booking.kernel.money import Money
from booking.mail.letters.sent_invoices import InvoiceTold
from booking.outreach.read import Away
from booking.outreach.rules import OfferedOutreach
from booking.planner.plans import Part, PartKind, Plan, Timetable
from booking.planner.wish import Group
from booking.programmes.offered import SessionFree
from booking.releases.models import ReleaseWay, Stage, WishState
from booking.releases.openings import ReleaseFacts
from booking.visit_waiting.waiting_queries import WaitingPlace
from booking.visits.models import Approval
from booking.visits.read import DuePaid, VisitFacts
from booking.waiting.waiting import WaitingFacts
from booking.wishes.wish_facts import WishFacts
from booking.withdrawals.models import WithdrawalProduct
from booking.withdrawals.period import pay_back_by
from booking.withdrawals.queries import WithdrawalFacts
from booking.withdrawals.right import last_day_of

NAME, EMAIL, PHONE = "Kari Nordmann", "kari@example.org", "+4700000000"
COLLEAGUE = "Ola Nordmann"
REFERENCE, SECRET = "EXAMPLE", "example"
AHEAD = timedelta(days=14)

ENTRY: Texts = {"nb": "Inngang", "nn": "Inngang", "en": "Entry", "lv": "Ieeja"}
ADULT: Texts = {"nb": "Voksen", "nn": "Vaksen", "en": "Adult", "lv": "Pieaugušais"}
PUPIL: Texts = {"nb": "Elev", "nn": "Elev", "en": "Pupil", "lv": "Skolēns"}
PROGRAMME: Texts = {
    "nb": "Kraft og bevegelse", "nn": "Kraft og rørsle", "en": "Force and motion", "lv": "Spēks un kustība",
}  # fmt: skip
SHEET: Texts = {"nb": "Oppgaveark", "nn": "Oppgåveark", "en": "Worksheet", "lv": "Darba lapa"}
COURSE: Texts = {
    "nb": "Kurs for lærere", "nn": "Kurs for lærarar", "en": "Course for teachers", "lv": "Kursi skolotājiem",
}  # fmt: skip
SCHOOL = {"nb": "Eksempel skole", "nn": "Eksempel skule", "en": "Example School", "lv": "Parauga skola"}
CLASS = {"nb": "6A", "nn": "6A", "en": "6A", "lv": "6.a"}
STREET = {"nb": "Eksempelveien 1", "nn": "Eksempelvegen 1", "en": "1 Example Street", "lv": "Parauga iela 1"}
REASON = {
    "nb": "Alle pedagogene er opptatt den dagen.",
    "nn": "Alle formidlarane er opptekne den dagen.",
    "en": "All our educators are taken that day.",
    "lv": "Tajā dienā visi mūsu pedagogi ir aizņemti.",
}


def the_day(centre: CentreFacts, hour: int = 10, minute: int = 0) -> datetime:
    """A time on the weekday that all examples are about."""
    day = centre.local(clock.now() + AHEAD).date()
    while day.weekday() > 4:
        day += timedelta(days=1)
    return at(day, time(hour, minute), centre.zone)


def booking(centre: CentreFacts, lang: str, what: Texts = ENTRY, channel: Channel = Channel.PUBLIC) -> BookingFacts:
    """Two adults on a day to come, or as many pupils as make a class."""
    is_school, starts_at = channel is Channel.SCHOOL, the_day(centre)
    quantity, price = (24, 8_000) if is_school else (2, 17_000)
    line = BookedLine(
        slot_id=1, activity_id=1, ticket_type_id=1, starts_at=starts_at, ends_at=starts_at + timedelta(hours=2),
        activity_title=what, ticket_title=PUPIL if is_school else ADULT, proof={}, quantity=quantity, admits=1,
        unit_price=price, vat_rate=0 if is_school else 1200, activity_slug=REFERENCE,
    )  # fmt: skip
    return BookingFacts(
        id=0, reference=REFERENCE, secret=SECRET, code=REFERENCE, state=State.CONFIRMED, channel=channel,
        changes_id=None, lang=lang, currency=centre.currency, total=line.total, late_total=0, kept_by_rule=0,
        held_back=0, by_gift_card=0, by_pass=0, discount=0, people=quantity, sells=Sold.PLACES, starts_at=starts_at,
        last_at=None, version=1,
        created_at=clock.now(), held_until=starts_at - timedelta(days=2),
        renewals=0, confirmed_at=clock.now(), cancelled_at=None, name=NAME,
        email=EMAIL, phone=PHONE, needs="", asked_at=None, lines=(line,),
    )  # fmt: skip


def school(lang: str) -> SchoolFacts:
    """A school that there is not."""
    return SchoolFacts(None, SCHOOL.get(lang, SCHOOL["en"]), "", "", SchoolKind.SCHOOL, "", known=True)


def timetable(centre: CentreFacts, lang: str) -> Timetable:
    """A class with a programme, lunch and the exhibition."""
    begins, ends, eaten, leaves = (the_day(centre, *wall_time) for wall_time in ((10, 0), (11, 0), (11, 30), (12, 30)))
    parts = (
        Part(PartKind.PROGRAMME, (1,), begins, ends, 1),
        Part(PartKind.LUNCH, (2,), ends, eaten),
        Part(PartKind.EXHIBITION, (3,), eaten, leaves),
    )
    return Timetable(Group(CLASS.get(lang, CLASS["en"]), 24, 3, 6), parts, 0)


def visit(centre: CentreFacts, lang: str) -> VisitFacts:
    """A class for half a day."""
    due = Due(None, CLASS["en"], Money(24 * 8_000, centre.currency), Because.REST, pupils=24)
    return VisitFacts(
        id=0, booking_id=0, school=school(lang), mobile=PHONE, on_the_day=NAME, order_number="", invoice_reference="",
        code="", arrives_at=the_day(centre), leaves_at=the_day(centre, 12, 30), year=6, approval=Approval.NOT_NEEDED,
        reason=REASON.get(lang, REASON["en"]), fee=0, timetables=(timetable(centre, lang),), titles={1: PROGRAMME},
        dues=(DuePaid(due, ""),),
    )  # fmt: skip


def standing(centre: CentreFacts, price: int) -> TermsToday:
    """Two weeks before the visit."""
    day = the_day(centre).date()
    return terms.standing(terms.USUAL, Money(price, centre.currency), day, day - timedelta(days=21), ())


def away(centre: CentreFacts, lang: str) -> Away:
    """An hour at a school."""
    begins = the_day(centre)
    return Away(
        visit_id=0, booking_id=0, activity_id=1, slot_id=1, title=PROGRAMME, address=STREET.get(lang, STREET["en"]),
        room="", municipality="", travel_minutes=30, starts_at=begins, ends_at=begins + timedelta(hours=1),
        leaves_at=begins - timedelta(hours=1), back_at=begins + timedelta(hours=2), school=school(lang).name, name=NAME,
        on_the_day=NAME, mobile=PHONE, people=27, state=State.CONFIRMED, reference=REFERENCE,
    )  # fmt: skip


def offered() -> OfferedOutreach:
    """The programme of that hour."""
    return OfferedOutreach(
        activity_id=1, slug="example", title=PROGRAMME, summary={}, minutes=60, capacity=30, grade_from=1, grade_to=10,
        price=0, vat_rate=0, most_a_day=1, weekdays=31, from_time=time(8), until_time=time(14), setup_minutes=30,
        notice_days=7, instant=True, needs={}, before={},
    )  # fmt: skip


def enrolment(lang: str) -> EnrolmentFacts:
    """Two colleagues on a course."""
    people = tuple(
        PersonFacts(0, name, f"{name.split()[0].lower()}@example.org", "", None, None) for name in (NAME, COLLEAGUE)
    )
    return EnrolmentFacts(Paying.INVOICE, school(lang).name, "", "", "", 0, people)


def course_place(centre: CentreFacts, lang: str) -> PlaceFacts:
    """One participant's place."""
    return PlaceFacts(
        id=0, booking_id=0, name=COLLEAGUE, email="ola@example.org",
        code=REFERENCE, told=ParticipantTold.PLACE, lang=lang,
        reference=REFERENCE, version=1, ticket_code=REFERENCE, activity_id=1, title=COURSE, minutes=180,
        starts_at=the_day(centre), ends_at=the_day(centre, 13),
    )  # fmt: skip


def waiting(centre: CentreFacts, lang: str) -> WaitingFacts:
    """Four people who wait for one of two times."""
    times = (the_day(centre), the_day(centre, 12))
    return WaitingFacts(0, SECRET, WaitingState.WAITING, lang, NAME, EMAIL, 4, times)


def line_place(centre: CentreFacts, lang: str) -> WaitingPlace:
    """A class that waits for one session."""
    begins = the_day(centre)
    return WaitingPlace(
        id=0, secret=SECRET, state=WaitingState.WAITING, lang=lang, email=EMAIL, people=27, activity_id=1,
        title=PROGRAMME, slug="example", slot_id=1, weekdays=127, from_at=begins, until_at=begins + timedelta(hours=1),
        created_at=clock.now(), held=None, held_for=None, held_until=None,
    )  # fmt: skip


def wish(centre: CentreFacts, lang: str) -> WishFacts:
    """A wish for one class, which came too late for it to be met."""
    plan = Plan(
        the_day(centre).date(), the_day(centre), the_day(centre, 12, 30), (timetable(centre, lang),), (), is_best=True
    )
    return WishFacts(
        id=0, release_id=0, secret=SECRET, reference=REFERENCE, lang=lang, school=school(lang),
        contact=Contact(NAME, EMAIL, PHONE), on_the_day=NAME, code="", order_number="", invoice_reference="",
        plans=(plan,), version=1, state=WishState.FULL, came_lately=False, turn=12, option=None, booking_secret="",
        titles={1: PROGRAMME},
    )  # fmt: skip


def release(centre: CentreFacts) -> ReleaseFacts:
    """A release day to come."""
    opens_at = the_day(centre, 8)
    return ReleaseFacts(
        id=0, stage=Stage.PUBLISHED, way=ReleaseWay.FIRST_COME, from_at=opens_at, to_at=opens_at + timedelta(days=90),
        prepare_from=clock.now(), opens_at=opens_at, until=None, kept_percent=0, most_per_school=None,
        lately_since=clock.now(), places=100, open_places=100, lately_taken=0, answered=0, seed="", published_at=None,
        drawn_at=None, work_id=None,
    )  # fmt: skip


def free_session(centre: CentreFacts) -> SessionFree:
    """What is still free for that wish."""
    begins = the_day(centre, 12)
    return SessionFree(2, 1, begins, begins + timedelta(hours=1), 30, 30)


def invoice(centre: CentreFacts, lang: str) -> InvoiceTold:
    """An invoice to the school that comes."""
    due = the_day(centre).date() + timedelta(days=30)
    payer = SCHOOL.get(lang, SCHOOL["en"])
    return InvoiceTold("10001", payer, 297_000, centre.currency, due, "12345", "", True)


PASS = {"en": "Annual pass", "nb": "Årskort", "nn": "Årskort", "lv": "Gada karte"}
GIFT_CODE = "0123456789ABCDEF"


def gift_card(centre: CentreFacts, lang: str) -> CardToSend:
    """A card of somebody to somebody."""
    ends = centre.local(clock.now()).date() + timedelta(days=1095)
    amount = 50_000 if centre.currency == "NOK" else 5_000
    return CardToSend(0, GIFT_CODE, amount, amount, centre.currency, ends, COLLEAGUE, EMAIL, NAME, "", lang)


def ending_card(centre: CentreFacts, lang: str) -> EndingCard:
    """The same card, a month before its last day."""
    card = gift_card(centre, lang)
    ends = centre.local(clock.now()).date() + BEFORE
    return EndingCard(0, GIFT_CODE[-4:], card.balance, card.currency, ends, card.recipient, card.recipient_email, lang)


def withdrawal(centre: CentreFacts, lang: str) -> WithdrawalFacts:
    """Half of such a card is given back."""
    now, card = clock.now(), gift_card(centre, lang)
    today, half = centre.local(now).date(), card.amount // 2
    return WithdrawalFacts(
        0, WithdrawalProduct.GIFT_CARD, now, last_day_of(today, centre), pay_back_by(today), NAME, EMAIL, lang,
        card.amount, half, card.amount - half, 0,
    )  # fmt: skip


def annual_pass(centre: CentreFacts, lang: str) -> PassFacts:
    """A pass of somebody, from today on."""
    price = 60_000 if centre.currency == "NOK" else 6_000
    days = days_of(PassBegins.PURCHASE, 12, centre.local(clock.now()).date())
    order = OrderedPass(
        {lang: PASS.get(lang, PASS["en"])}, PassFor.PERSON, price, 0, 0, 12, PassBegins.PURCHASE, (NAME,), 0, 15, 3, 0,
        14, "", "", "", None, lang,
    )  # fmt: skip
    return PassFacts(0, 0, GIFT_CODE, GIFT_CODE, days, None, 1, 0, None, None, False, 1, order)
