"""The rooms of office, administrators and teachers over a long past: none reads a whole big table."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from booking.bookings.models import Booking
from booking.capacity import apply_patterns, undoing
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.payments.give_back import give_back
from booking.reports.all import REPORTS
from booking.staff.models import Role
from booking.staff.sessions import add_account, new_link
from tests.builders import admission_id
from tests.plans.conftest import Crowded
from tests.plans.courses import go_on_a_course
from tests.plans.heard import listening, refuse_whole_tables
from tests.plans.past import write_a_long_log
from tests.plans.releases import go_through_a_release_day
from tests.plans.teachers import go_a_teachers_way
from tests.plans.test_query_plans import ok, signed_in

FILTERS = (
    "",
    "?channel=public",
    "?state=cancelled&money=refunded",
    "?money=unpaid&state=all",
    "?activity={entry}",
    "?after={booking}",
    "?q=kari",
    "?q=kari%2017",
    "?q=Z0000017",
    "?q=kari0000017@example.org&from=&until=",
)


@pytest.fixture
def days(crowded: Crowded) -> str:
    """A few days in the middle of the past, as an address says them."""
    first = (crowded.crowd.begins + (crowded.crowd.ends - crowded.crowd.begins) / 2).date()
    return f"from={first}&until={first + timedelta(days=1)}"


def boss(crowded: Crowded, role: Role = Role.ADMIN) -> FlaskClient:
    client = crowded.app.test_client()
    with unit_of_work():
        secret = new_link(add_account(f"office-{role}@example.org", "Boss", role, clock.now()), clock.now())
    client.post(f"/staff/enter/{secret}")
    return client


def test_the_list_of_bookings_reads_no_whole_table(crowded: Crowded, days: str) -> None:
    client, entry, booking = boss(crowded), admission_id(), crowded.crowd.first_booking + 70
    with listening() as heard:
        for query in FILTERS:
            address = query.format(entry=entry, booking=booking)
            ok(client, f"/staff/bookings{address}")
            if "q=" not in query:
                ok(client, f"/staff/bookings{address}{'&' if address else '?'}{days}")
        assert client.post(f"/staff/bookings/export?{days}", data={"format": "csv"}).status_code in (200, 303)
    refuse_whole_tables(heard, is_asked_often=True)


def test_a_bookings_history_reads_no_whole_table(crowded: Crowded) -> None:
    client = boss(crowded)
    refunded = crowded.crowd.first_booking + 10
    paid = db.session.scalars(
        select(Booking.id).where(Booking.id >= crowded.crowd.first_booking + 20, Booking.state == "confirmed").limit(1)
    ).one()
    write_a_long_log()
    with listening() as heard:
        ok(client, f"/staff/bookings/{refunded}")
        ok(client, f"/staff/bookings/{paid}")
        with unit_of_work():
            give_back(paid, 1, "Prøve", "M" * 26, "command")
    refuse_whole_tables(heard)


@pytest.mark.parametrize("slug", REPORTS)
def test_a_report_of_few_days_reads_no_whole_table(crowded: Crowded, days: str, slug: str) -> None:
    client = boss(crowded)
    with listening() as heard:
        ok(client, f"/staff/reports/{slug}?{days}&against=before")
    refuse_whole_tables(heard, is_asked_often=True)


def test_mail_and_health_read_no_whole_table(crowded: Crowded) -> None:
    client = boss(crowded)
    with listening() as heard:
        for query in ("", "?state=done", "?state=dead", "?state=waiting", "?kind=mail.lost", "?reference=Z0000017"):
            ok(client, f"/staff/mails{query}")
        ok(client, "/staff/mails?below=5000&kind=mail.confirmation")
        ok(client, "/staff/health")
    refuse_whole_tables(heard, is_asked_often=True)


def test_the_administrators_rooms_read_no_whole_table(crowded: Crowded) -> None:
    client = signed_in(crowded)
    start = (clock.now() + timedelta(days=1)).date()
    week = f"start={start}&until={start + timedelta(days=6)}&change=y&remove=y"
    write_a_long_log()
    with listening() as heard, crowded.app.app_context():
        for page in (
            "settings",
            "set-up",
            "timetable",
            "timetable/several",
            "activities",
            "tickets",
            "import",
            "mail-texts",
        ):
            ok(client, f"/staff/{page}")
        for page in ("schools?q=sol&after=1", "schools/1", "agreements", "agreements/1", "programmes", "school-rules"):
            ok(client, f"/staff/{page}")
        ok(client, f"/staff/timetable/preview?{week}")
    refuse_whole_tables(heard)


def test_applying_and_taking_back_touch_only_their_own_slots(crowded: Crowded) -> None:
    start = (clock.now() + timedelta(days=200)).date()
    with listening() as heard, crowded.app.app_context():
        apply_patterns.apply(apply_patterns.ApplyRequest(start, start + timedelta(days=2)), 1, clock.now())
        undoing.undo(1, clock.now())
    refuse_whole_tables(heard)


def test_a_teachers_way_touches_only_its_own_rows(crowded: Crowded) -> None:
    with listening() as heard:
        go_a_teachers_way(crowded.app.test_client())
    refuse_whole_tables(heard, is_asked_often=True)


def test_courses_and_outreach_touch_only_their_own_rows(crowded: Crowded) -> None:
    client = boss(crowded)
    with listening() as heard:
        go_on_a_course(crowded.app.test_client(), client)
    refuse_whole_tables(heard, is_asked_often=True)


def test_a_release_day_touches_only_its_own_rows(crowded: Crowded) -> None:
    client = boss(crowded)
    with listening() as heard:
        go_through_a_release_day(crowded.app.test_client(), client)
    refuse_whole_tables(heard, is_asked_often=True)
