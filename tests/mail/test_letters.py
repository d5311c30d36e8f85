"""Every kind of letter in every language, as it reaches a real mail server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html import unescape

import pytest
from flask import Flask
from icalendar import Calendar
from markupsafe import escape
from sqlalchemy import select, update

from booking.bookings.basket import Pick
from booking.bookings.change import cancel, change
from booking.bookings.details import Contact
from booking.bookings.models import Booking
from booking.capacity.models import Slot
from booking.centre.facts import the_centre
from booking.centre.wording import Wording
from booking.closures.close import ClosureRequest, close_down
from booking.closures.models import ClosedReason
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.mail.letters.reminders import promise_reminders
from booking.newsletter import subscribers
from booking.outbox.models import Promise, PromiseState
from booking.outbox.promises import promise
from booking.running.worker import run_once
from booking.waiting.waiting import offer, wait
from tests.builders import a_confirmed_booking, a_sale, a_slot, a_ticket_type, an_activity, tomorrow
from tests.conftest import empty_database
from tests.mail.post_office import PostOffice, Received

LANGUAGES = ("nb", "nn", "en", "lv")
# Nynorsk reads its neighbour's.
DARK = {"nb": "Mørkt & <kaldt>", "en": "Dark & <cold>", "lv": "Tumšs & <auksts>"}
KINDS = {
    "confirmation", "change", "cancellation", "payment_failed", "lost", "reminder", "newsletter", "find", "waiting",
    "offer", "closure", "closure_over",
}  # fmt: skip
WITH_TICKETS = ("confirmation", "change", "reminder")
HOSTILE = 'Åse "Q" <b>Ødegård</b>\r\nBcc: thief@example.com \u202eעברית 🎟'


def number_of(letter: EmailMessage) -> str:
    """Of the promise that a letter keeps."""
    number = re.fullmatch(r"<outbox-([0-9]+)\.[0-9a-f]+@example\.org>", str(letter["Message-ID"]))
    assert number
    return number[1]


class Post:
    """The letters of one language: by kind, as sent and as read."""

    def __init__(self, lang: str, received: list[Received]) -> None:
        self.lang = lang
        kinds = {str(number): kind for number, kind in db.session.execute(select(Promise.id, Promise.kind))}
        self.sent = {kinds[number_of(mail.letter)].removeprefix("mail."): mail for mail in received}

    def letter(self, kind: str) -> EmailMessage:
        """The letter of a kind."""
        return self.sent[kind].letter

    def html(self, kind: str) -> str:
        """Its HTML part."""
        return _body(self.letter(kind), "html")

    def text(self, kind: str) -> str:
        """Its text part."""
        return _body(self.letter(kind), "plain")

    def attached(self, kind: str) -> dict[str, bytes]:
        """Its attachments by media type."""
        parts = {}
        for part in self.letter(kind).iter_attachments():
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            parts[part.get_content_type()] = content
        return parts


def _body(letter: EmailMessage, kind: str) -> str:
    body = letter.get_body((kind,))
    assert body is not None
    content: str = body.get_content()
    return content


@pytest.fixture(scope="module", params=LANGUAGES)
def post(request: pytest.FixtureRequest, made_mail_app: Flask, post_office: PostOffice) -> Iterator[Post]:
    """All kinds, made through the verbs, sent by the worker."""
    post_office.reset()
    with made_mail_app.app_context():
        empty_database()
        _make_everything_happen(request.param)
        run_once(made_mail_app)
        yield Post(request.param, list(post_office.received))
        db.session.remove()


def _make_everything_happen(lang: str) -> None:
    now, centre = clock.now(), a_sale(find_us={"en": "By the sea"})[0]
    entry = an_activity(title="Ild & <is>")
    adult, slot, later = a_ticket_type(entry), a_slot(entry), a_slot(entry, starts_at=tomorrow(14))
    soon = a_slot(entry, starts_at=now + timedelta(hours=20))

    def booked(slot_id: int) -> int:
        held = a_confirmed_booking(slot_id, adult, 2, name=HOSTILE[:60].replace("\r\n", " "))
        with unit_of_work():
            db.session.execute(
                update(Booking).where(Booking.id == held.booking_id).values(lang=lang, name=HOSTILE[:110])
            )
        return held.booking_id

    booked(slot)
    changed, cancelled, reminded = booked(slot), booked(slot), booked(soon)
    shut, narrow = a_slot(entry, starts_at=tomorrow(16)), a_slot(entry, 1, tomorrow(15))
    booked(shut)
    with unit_of_work():
        # One letter of each kind is enough; the first booking keeps its confirmation.
        promises = select(Promise.id).where(Promise.kind == "mail.confirmation").order_by(Promise.id).offset(1)
        for promise_id in db.session.scalars(promises):
            db.session.delete(db.session.get_one(Promise, promise_id))
        bought_long_ago = {"confirmed_at": now - timedelta(days=5)}
        db.session.execute(update(Booking).where(Booking.id == reminded).values(**bought_long_ago))
    with unit_of_work():
        change(changed, [Pick(later, adult, 2)], centre=centre, now=now)
        cancel(cancelled, centre=centre, now=now)
        promise_reminders(now)
        promise("mail.payment_failed", "payment_failed:1", {"booking_id": changed})
        promise("mail.lost", "lost:1", {"booking_id": changed})
        promise("mail.closure_over", "closure_over:1", {"booking_id": changed, "closure_id": 1})
        wish = ClosureRequest(tomorrow(16), tomorrow(17), ClosedReason.POWER, DARK, slot_id=shut)
        close_down(wish, now=now, account_id=None, actor="account:1")
        promise("mail.find", "find:1", {"email": "kari@example.org", "lang": lang})
        subscribers.ask("kari@example.org", ["shows"], lang, now)
        contact = Contact(HOSTILE[:110], "kari@example.org")
        wait([narrow], [(adult, 2)], contact, centre=centre, lang=lang, now=now)
    with unit_of_work():
        waiting_id = db.session.scalars(select(Promise.about).where(Promise.kind == "mail.waiting")).one()["waiting_id"]
        db.session.execute(update(Slot).where(Slot.id == narrow).values(capacity=10))
        assert offer(waiting_id, narrow, centre=the_centre(), now=now)


def test_each_kind_arrives_once(post: Post) -> None:
    assert set(post.sent) == KINDS


def test_each_promise_is_settled(post: Post) -> None:
    assert set(db.session.scalars(select(Promise.state))) == {PromiseState.DONE}


def test_each_letter_has_one_recipient(post: Post) -> None:
    assert {mail.recipients for mail in post.sent.values()} == {("kari@example.org",)}


def test_no_name_becomes_a_header(post: Post) -> None:
    headers = {name for kind in KINDS for name in post.letter(kind).keys()}  # noqa: SIM118  (a letter is no dict)
    assert headers == {
        "Subject", "From", "To", "Date", "Message-ID", "Reply-To", "MIME-Version", "Content-Type",
        "Auto-Submitted", "X-Auto-Response-Suppress",
    }  # fmt: skip


def test_no_letter_is_answered_by_a_machine(post: Post) -> None:
    for kind in KINDS:
        assert post.letter(kind)["Auto-Submitted"] == "auto-generated"  # RFC 3834, section 5
        assert post.letter(kind)["X-Auto-Response-Suppress"] == "All"


def test_every_part_of_a_letter_is_what_its_head_says(post: Post) -> None:
    for kind, sent in post.sent.items():
        letter = message_from_bytes(sent.raw, policy=default)
        assert letter.defects == []
        assert max(len(line) for line in sent.raw.split(b"\r\n")) <= 998  # RFC 5322, section 2.1.1
        for part in letter.walk():
            assert part.defects == [], (kind, part.get_content_type())
            main, content_type = part.get_content_maintype(), part["Content-Type"]
            if content_type.content_type == "multipart/related":
                first = next(iter(part.iter_parts()))
                assert content_type.params["type"] == first.get_content_type()  # RFC 2387, section 3.1
            if main == "multipart":
                continue
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes) and content
            if main == "text":
                assert content_type.params["charset"].lower() == "utf-8", (kind, str(content_type))
                content.decode("utf-8")
            if content_type.content_type == "text/calendar":
                calendar = Calendar.from_ical(content)
                assert content_type.params["method"] == str(calendar["METHOD"])  # RFC 6047, section 2.4
                assert part.get_filename("").endswith(".ics")
            if content_type.content_type == "application/pdf":
                assert content.startswith(b"%PDF-")


def test_each_letter_says_the_same_as_html_and_as_text(post: Post) -> None:
    """The subject is a heading where there are headings; whoever reads text has it above the letter already."""
    for kind in KINDS:
        subject = str(post.letter(kind)["Subject"])
        html, text = unescape(post.html(kind)), post.text(kind)
        assert subject and f"<h1>{subject}</h1>" in html
        assert text.split("\n", 1)[0] != subject
        led_to = {address for address in re.findall(r'href="([^"]+)"', html) if address.startswith("http")}
        assert led_to == set(re.findall(r"https?://\S+", text)), kind


def test_answers_go_to_the_centre(post: Post) -> None:
    assert {str(post.letter(kind)["Reply-To"]) for kind in KINDS} == {"post@example.org"}


def test_letters_come_from_the_centre(post: Post) -> None:
    assert {str(post.letter(kind)["From"]) for kind in KINDS} == {"Prøvesenteret <billett@example.org>"}


def test_each_letter_is_in_the_language_of_its_reader(post: Post) -> None:
    assert {kind: f'<html lang="{post.lang}">' in post.html(kind) for kind in KINDS} == dict.fromkeys(KINDS, True)


def test_links_lead_to_pages_in_that_language(post: Post) -> None:
    for kind in KINDS:
        assert f"http://localhost/{post.lang}/" in post.text(kind)
        assert f'href="http://localhost/{post.lang}/' in post.html(kind)


def test_times_are_written_as_the_language_writes_them(post: Post) -> None:
    write = Wording.of(post.lang, the_centre())
    assert write.moment(tomorrow()) in post.text("confirmation")
    assert write.moment(tomorrow(14)) in post.text("change")


def test_a_name_with_markup_stays_a_name(post: Post) -> None:
    assert "<b>Ødegård</b>" in post.text("confirmation")
    assert "<b>Ødegård</b>" not in post.html("confirmation")
    assert "&lt;b&gt;Ødegård&lt;/b&gt;" in post.html("confirmation")


def test_a_title_with_markup_stays_a_title(post: Post) -> None:
    assert "Ild & <is>" in post.text("confirmation")
    assert "Ild &amp; &lt;is&gt;" in post.html("confirmation")


def test_a_letter_about_a_closing_says_why_and_where_to_choose(post: Post) -> None:
    reason = {"nn": DARK["nb"]}.get(post.lang) or DARK[post.lang]
    others = set(DARK.values()) - {reason}
    assert reason in post.text("closure") and not any(other in post.text("closure") for other in others)
    assert str(escape(reason)) in post.html("closure")
    assert "/closed" in post.text("closure")
    assert Wording.of(post.lang, the_centre()).moment(tomorrow(16)) in post.text("closure")


def test_no_letter_loads_or_runs_anything(post: Post) -> None:
    for kind in KINDS:
        for word in ("<script", "<link", "url(", "onclick", "@import"):
            assert word not in post.html(kind)
        assert set(re.findall(r'src="([^"]*)"', post.html(kind))) <= {"cid:picture.jpg"}


def test_letters_with_tickets_bring_them_as_pdf_and_calendar(post: Post) -> None:
    for kind in WITH_TICKETS:
        attached = post.attached(kind)
        assert set(attached) == {"application/pdf", "text/calendar"}
        assert attached["application/pdf"].startswith(b"%PDF-1.")
        assert Calendar.from_ical(attached["text/calendar"])["METHOD"] == "PUBLISH"


def test_a_cancellation_takes_the_appointment_out_of_the_calendar(post: Post) -> None:
    attached = post.attached("cancellation")
    assert set(attached) == {"text/calendar"}
    calendar = Calendar.from_ical(attached["text/calendar"])
    assert (calendar["METHOD"], {event["STATUS"] for event in calendar.walk("VEVENT")}) == ("CANCEL", {"CANCELLED"})


def test_the_other_letters_bring_nothing(post: Post) -> None:
    others = KINDS - {*WITH_TICKETS, "cancellation"}
    assert {kind: len(post.attached(kind)) for kind in others} == dict.fromkeys(others, 0)


def test_lines_end_as_smtp_wants_and_none_is_too_long(post: Post) -> None:
    for mail in post.sent.values():
        lines = mail.raw.split(b"\r\n")
        assert not any(b"\n" in line or b"\r" in line for line in lines)
        assert max(len(line) for line in lines) <= 998
