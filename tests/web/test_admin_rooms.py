"""The administrators' rooms: settings, lists, timetable, import; two who change the same are told."""

from __future__ import annotations

import html
import io
import re
from datetime import time, timedelta

import pytest
from flask import Flask
from openpyxl import Workbook
from sqlalchemy import func, select, update

from booking.bookings.models import Line
from booking.capacity.models import Pattern, Slot
from booking.catalogue.models import Activity, Kind, Price, TicketType
from booking.catalogue.queries import offers_of
from booking.centre.colours import contrast, stylesheet
from booking.centre.facts import the_centre
from booking.centre.models import DayException, OpeningHours, Space
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.outbox import long_work
from booking.records.models import AuditEntry
from booking.running.steps import STEPS
from booking.staff.models import Role
from tests.builders import (
    a_centre,
    a_confirmed_booking,
    a_sale,
    a_space,
    an_activity,
)
from tests.web.browsing import Visitor, typed, words
from tests.web.staffing import Colleague, a_colleague, hidden


@pytest.fixture
def boss(app: Flask) -> Colleague:
    """An administrator."""
    return a_colleague(app, Role.ADMIN, "boss@example.org")


def fresh() -> None:
    db.session.rollback()
    db.session.expire_all()


def work_on(number: int) -> None:
    """As the worker does."""
    fresh()
    long_work.go_on(number, STEPS)


def space_form(**more: str) -> dict[str, str]:
    return {"name-nb": "Laben", "capacity": "32", "sort": "1"} | more


def ticket_form(**more: str) -> dict[str, str]:
    return {"title-nb": "Voksen", "places": "1", "most": "20", "vat_rate": "12", "sort": "0", "active": "y"} | more


def test_before_there_is_a_centre_staff_make_it_and_visitors_are_told(boss: Colleague, visitor: Visitor) -> None:
    assert visitor.get("/").status_code == 503
    assert "not open yet" in words(visitor.get("/en/", Accept_Language="en"))
    assert boss.get("/staff/").location.endswith("/staff/settings")
    assert boss.get("/staff/timetable").status_code == 200
    page = boss.get("/staff/settings")
    form = {name: typed(page, name) for name in ("hold_minutes", "most_people", "few_left")}
    answer = boss.post("/staff/settings", **form, name="")
    assert answer.status_code == 422
    assert typed(answer, "hold_minutes") == "15"


def test_two_who_change_the_same_row_do_not_overwrite_each_other(app: Flask, boss: Colleague) -> None:
    a_centre()
    other = a_colleague(app, Role.ADMIN, "other@example.org")
    space = a_space(30)
    mine, theirs = (hidden(colleague.get(f"/staff/spaces/{space}"), "seen") for colleague in (boss, other))
    assert other.post(f"/staff/spaces/{space}", **space_form(capacity="40", seen=theirs)).status_code == 303
    answer = boss.post(f"/staff/spaces/{space}", **space_form(capacity="50", seen=mine))
    assert answer.status_code == 409
    assert "Somebody else has saved this" in words(answer) and ": 40" in words(answer)
    assert typed(answer, "capacity") == "50"
    again = boss.post(f"/staff/spaces/{space}", **space_form(capacity="50", seen=hidden(answer, "seen")))
    assert again.status_code == 303
    fresh()
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "space.change").order_by(AuditEntry.id)
    ).all()[-1]
    assert (entry.before, entry.after) == ({"capacity": 40}, {"capacity": 50})


def test_words_in_a_language_that_is_not_asked_for_stay(boss: Colleague) -> None:
    a_centre(languages=["nb", "en"])
    space = a_space(30)  # named in four languages
    seen = hidden(boss.get(f"/staff/spaces/{space}"), "seen")
    assert boss.post(f"/staff/spaces/{space}", **space_form(seen=seen)).status_code == 303
    fresh()
    name = db.session.scalars(select(Space.name)).one()
    assert (name["nb"], "en" in name, "lv" in name) == ("Laben", False, True)


def test_what_a_ticket_is_sold_for_is_not_overwritten_by_a_second_editor(boss: Colleague) -> None:
    _centre, _slot, ticket_type = a_sale()
    first = hidden(boss.get(f"/staff/tickets/{ticket_type}"), "seen")
    address = f"/staff/tickets/{ticket_type}"
    assert boss.post(address, **ticket_form(seen=first)).status_code == 303  # no longer sold for anything
    same = ticket_form(seen=hidden(boss.get(address), "seen"))
    assert boss.browser.post(address, same | {"activities": ["1"]}).status_code == 303
    late = boss.post(address, **same)
    assert late.status_code == 409
    assert boss.post(address, **(same | {"seen": hidden(late, "seen")})).status_code == 303


def test_a_change_never_alters_what_was_bought(boss: Colleague) -> None:
    _centre, slot_id, ticket_type = a_sale(price=21000)
    held = a_confirmed_booking(slot_id, ticket_type, 2)
    line = select(Line.ticket_title, Line.unit_price, Line.vat_rate).where(Line.booking_id == held.booking_id)
    before = db.session.execute(line).one()
    seen = hidden(boss.get(f"/staff/tickets/{ticket_type}"), "seen")
    assert (
        boss.post(
            f"/staff/tickets/{ticket_type}", **ticket_form(**{"title-nb": "Ny", "seen": seen, "vat_rate": "25"})
        ).status_code
        == 303
    )
    price = db.session.scalars(select(Price.id)).one()
    seen = hidden(boss.get(f"/staff/prices/{price}"), "seen")
    form = {"minor": "250,50", "days": "any", "seen": seen}
    boss.browser.post(f"/staff/prices/{price}", form | {"weekdays": [str(n) for n in range(7)]})
    fresh()
    assert db.session.scalars(select(Price.minor)).one() == 25050
    assert db.session.scalars(select(TicketType.vat_rate)).one() == 2500
    assert db.session.execute(line).one() == before


def test_a_price_valid_from_a_date_counts_from_that_date(boss: Colleague) -> None:
    _centre, _slot_id, ticket_type = a_sale(price=21000)
    activity = db.session.scalars(select(Slot.activity_id)).one()
    every: dict[str, str | list[str]] = {"weekdays": [str(n) for n in range(7)]}
    boss.get("/staff/prices/new")
    form: dict[str, str | list[str]] = {"ticket_type_id": str(ticket_type), "minor": "230", "days": "any"}
    form["from_date"] = "2030-01-01"
    assert boss.browser.post("/staff/prices/new", form | every).status_code == 303
    boss.get("/staff/prices/new")
    late = form | {"minor": "100", "from_date": "", "from_time": "15:00"}
    assert boss.browser.post("/staff/prices/new", late | every).status_code == 303
    fresh()
    (offer,) = offers_of([activity or 0])[activity or 0]
    eleven = the_centre().local(clock.now()).replace(year=2029, month=6, day=1, hour=11)
    assert [
        offer.price_at(moment, False) for moment in (eleven, eleven.replace(year=2030), eleven.replace(hour=15))
    ] == [
        21000,
        23000,
        10000,
    ]


def test_the_week_is_written_at_once_and_a_season_counts_before_it(boss: Colleague) -> None:
    a_centre()
    boss.get("/staff/hours/new")
    week = {"weekdays": ["0", "1", "2"], "opens": "10:00", "closes": "17:00"}
    assert boss.browser.post("/staff/hours/new", week).status_code == 303
    season = week | {"from_date": "2027-06-20", "until_date": "2027-08-15", "opens": "9.30"}
    assert boss.browser.post("/staff/hours/new", season).status_code == 303
    assert boss.browser.post("/staff/hours/new", week | {"opens": "11:00"}).status_code == 303
    fresh()
    ranks = db.session.execute(select(OpeningHours.opens, func.count()).group_by(OpeningHours.opens)).all()
    assert sorted((opens.hour, count) for opens, count in ranks if opens) == [(9, 3), (11, 3)]
    wrong = boss.browser.post("/staff/hours/new", week | {"opens": "18:00"})
    assert wrong.status_code == 422 and "closes before it opens" in words(wrong)


def test_public_holidays_are_proposed_and_closed(boss: Colleague) -> None:
    a_centre()
    page = boss.get("/staff/timetable/holidays").get_data(as_text=True)
    days = re.findall(r'name="day" value="([^"]+)"', page)
    assert len(days) >= 12
    assert boss.browser.post("/staff/timetable/holidays", {"day": [*days[:2], "2027-02-02"]}).status_code == 303
    fresh()
    assert db.session.scalar(select(func.count()).select_from(DayException)) == 2


def test_slots_are_looked_at_then_made_then_taken_back(boss: Colleague) -> None:
    a_centre()
    activity = an_activity(Kind.SHOW, 50, "Show", space_id=a_space(60))
    today = clock.now().date()
    period = {"start": str(today + timedelta(days=1)), "until": str(today + timedelta(days=7)), "change": "y"}
    boss.get("/staff/hours/new")
    every: dict[str, str | list[str]] = {"weekdays": [str(n) for n in range(7)]}
    boss.browser.post("/staff/hours/new", every | {"opens": "10:00", "closes": "17:00"})
    boss.browser.post(
        "/staff/patterns/new", every | {"activity_id": str(activity), "times": "11:00 13.30", "last_before_close": "60"}
    )
    query = "&".join(f"{name}={value}" for name, value in period.items())
    assert "Times made 14" in words(boss.get(f"/staff/timetable/preview?{query}"))
    assert db.session.scalars(select(Pattern.times)).one() == ["11:00", "13:30"]
    work = boss.post("/staff/timetable/make", **period)
    number = int(work.location.rsplit("/", 1)[1])
    work_on(number)
    assert "Made 14" in words(boss.get(f"/staff/work/{number}"))
    undo = boss.post(f"/staff/timetable/{number}/undo")
    work_on(int(undo.location.rsplit("/", 1)[1]))
    fresh()
    assert db.session.scalar(select(func.count()).where(Slot.activity_id.is_not(None))) == 0


def test_times_go_only_where_they_are_ticked(boss: Colleague) -> None:
    a_centre()
    activity = an_activity(Kind.SHOW, 50, "Show", space_id=a_space(60))
    today = clock.now().date()
    period = {"start": str(today + timedelta(days=1)), "until": str(today + timedelta(days=7)), "change": "y"}
    with unit_of_work():
        db.session.add_all([OpeningHours(weekday=n, opens=time(10), closes=time(17)) for n in range(7)])
        db.session.add(Pattern(activity_id=activity, times=["11:00"]))
    work_on(int(boss.post("/staff/timetable/make", **period).location.rsplit("/", 1)[1]))
    with unit_of_work():
        db.session.execute(update(Pattern).values(times=["15:00"]))
    query = "&".join(f"{name}={value}" for name, value in period.items())
    page = boss.get(f"/staff/timetable/preview?{query}")
    assert f'name="remove" value="{activity}">' in page.get_data(as_text=True)
    assert "Show: 7 times" in words(page) and "Times taken away 0" in words(page)
    again = boss.post("/staff/timetable/make", **period, remove=str(activity), look="y")
    assert "Times taken away 7" in words(again)
    assert f'name="remove" value="{activity}" checked' in again.get_data(as_text=True)
    work_on(int(boss.post("/staff/timetable/make", **period, remove=str(activity)).location.rsplit("/", 1)[1]))
    fresh()
    assert db.session.scalar(select(func.count()).where(Slot.activity_id == activity)) == 7


@pytest.mark.parametrize("start", ["2001-01-01", "", "٢", "2027-02-30", "9999-12-31"])
def test_an_impossible_period_is_told_and_kept(boss: Colleague, start: str) -> None:
    a_centre()
    answer = boss.get(f"/staff/timetable/preview?start={start}&until=2027-03-01")
    assert answer.status_code == 422


def a_workbook(rows: list[list[str]]) -> bytes:
    """An XLSX as spreadsheets write it."""
    book, file = Workbook(), io.BytesIO()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(file)
    return file.getvalue()


def send(boss: Colleague, what: str, content: bytes, name: str = "table.csv") -> tuple[int, str, str]:
    """Try a table: (status, what the page says, the packed table)."""
    boss.get("/staff/import")
    answer = boss.browser.post("/staff/import", {"what": what, "file": (io.BytesIO(content), name)})  # type: ignore[dict-item]
    packed = re.search(r'name="table" value="([^"]*)"', answer.get_data(as_text=True))
    return answer.status_code, words(answer), packed[1] if packed else ""


def test_an_import_names_row_and_column_of_each_mistake_and_takes_nothing_in(boss: Colleague) -> None:
    a_centre()
    a_space(30)
    csv = b"kind;minutes;places;title_nb;space\nshow;30;120;Bobler;\nball;x;120;;Loftet\n"
    status, shown, _packed = send(boss, "activities", csv)
    assert status == 422
    for mistake in ("3 kind ball", "3 minutes x", "3 title_nb –", "3 space Loftet"):
        assert mistake in shown
    assert "1 row is right" in shown
    assert db.session.scalar(select(func.count()).select_from(Activity)) == 0


def test_activities_and_slots_are_imported_from_a_workbook_and_a_csv(boss: Colleague) -> None:
    a_centre()
    heads = ["kind", "minutes", "places", "title_nb", "title_en"]
    status, shown, packed = send(boss, "activities", a_workbook([heads, ["show", "30", "120", "Bobler", "Bubbles"]]))
    assert (status, "1 row is right" in shown) == (200, True)
    take_in(boss, "activities", packed)
    take_in(boss, "activities", packed)
    fresh()
    assert db.session.scalars(select(Activity.slug)).all() == ["bobler"]
    boss.get("/staff/hours/new")
    boss.browser.post("/staff/hours/new", {"weekdays": [str(n) for n in range(7)], "opens": "10:00", "closes": "17:00"})
    day = clock.now().date() + timedelta(days=3)
    csv = f"activity,date,time,places\nBubbles,{day},11:00,\nbobler,{day},13.00,80\n".encode()
    status, _said, packed = send(boss, "slots", csv)
    assert status == 200
    take_in(boss, "slots", packed)
    fresh()
    assert sorted(db.session.scalars(select(Slot.capacity).where(Slot.activity_id.is_not(None)))) == [80, 120]


def take_in(boss: Colleague, what: str, packed: str) -> None:
    work = boss.browser.post("/staff/import/do", {"what": what, "table": packed})
    assert work.status_code == 303
    work_on(int(work.location.rsplit("/", 1)[1]))


def test_rows_are_shown_as_they_will_be_before_they_are_taken_in(boss: Colleague) -> None:
    a_centre()
    status, shown, _packed = send(
        boss,
        "activities",
        "sep=;\nkind;minutes;places;title_nb;active\nshow;30,0;120;Bøbler\u200b;nei\n".encode("cp1252", "ignore"),
    )
    assert status == 200
    assert "1 row, as it will be kind minutes places title_nb" in shown
    assert "Show 30 120 Bøbler" in shown
    assert "No" in shown
    an_activity(title="Bobler")
    day = clock.now().date() + timedelta(days=3)
    status, shown, _packed = send(
        boss, "slots", f"activity;date;time;places\nbobler;{day:%d.%m.%Y};11.00;\n".encode("utf-16")
    )
    assert status == 200
    assert f"Bobler {day.day} {day:%B %Y} 11:00 –" in shown


BROKEN = {"only a beginning": b"PK\x03\x04 nonsense", "nothing": b"\x00\x01", "cut off": a_workbook([])[:40]}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_a_file_that_is_no_table_is_told(boss: Colleague, content: bytes) -> None:
    a_centre()
    assert send(boss, "slots", content)[0] == 422


def test_the_centres_colours_can_be_read_in_light_and_in_dark() -> None:
    for brand in ("#0b4f6c", "#7a1f5c", "#000000", "#aa0000", "#00703c"):
        css = stylesheet(brand, "#f2a541")
        links = re.findall(r"--link:(#[0-9a-f]{6})", css)
        assert contrast(links[0], "#f3f7f8") >= 4.5 and contrast(links[1], "#14222b") >= 4.5


def test_a_logo_that_cannot_be_drawn_for_letters_is_refused_when_it_comes(boss: Colleague) -> None:
    a_centre()
    boss.get("/staff/settings")
    wide = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000000 1"><rect width="4" height="4"/></svg>'
    answer = boss.browser.post("/staff/settings/logo", {"logo": (io.BytesIO(wide), "logo.svg")})  # type: ignore[dict-item]
    assert answer.status_code == 422
    assert "We cannot draw it" in words(answer)
    assert the_centre().logo == ""


def test_an_unsafe_logo_is_refused_and_a_safe_one_can_do_nothing(boss: Colleague, visitor: Visitor) -> None:
    a_centre()
    safe = b'<svg xmlns="http://www.w3.org/2000/svg"><rect width="4" height="4"/></svg>'
    boss.get("/staff/settings")
    for bad in (
        safe.replace(b"<rect", b"<rect onload='x()'"),
        b"<!DOCTYPE svg>" + safe,
        b"GIF89a",
        safe.replace(b"rect", b"a"),
        safe.replace(b"<rect", b'<use href="//evil.example/x#a"/><rect'),
    ):
        answer = boss.browser.post("/staff/settings/logo", {"logo": (io.BytesIO(bad), "logo.svg")})  # type: ignore[dict-item]
        assert answer.status_code == 422
    assert boss.browser.post("/staff/settings/logo", {"logo": (io.BytesIO(safe), "logo.svg")}).status_code == 303  # type: ignore[dict-item]
    fresh()
    answer = visitor.get(f"/logo/{the_centre().logo}")
    assert answer.status_code == 200
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "/logo/" in visitor.get("/nb/").get_data(as_text=True)


def as_it_stands(page: str) -> dict[str, str | list[str]]:
    """What a browser would send if nothing were changed in the settings' form."""
    form = page[page.index('class="sheet entry"') :].split("</form>")[0]
    fields: dict[str, str | list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = (re.search(rf'{attribute}="([^"]*)"', tag) for attribute in ("name", " value"))
        if name and value and 'type="checkbox"' not in tag:
            fields[name[1]] = html.unescape(value[1])
        elif name and value and " checked" in tag:
            fields[name[1]] = [*fields.get(name[1], []), value[1]]
    for name, options in re.findall(r'(?s)<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form):
        fields[name] = re.findall(r'value="([^"]*)" selected', options)
    return fields


def test_two_who_change_the_settings_are_told_and_rules_hold_for_the_next_request(app: Flask, boss: Colleague) -> None:
    a_centre(timezone="Europe/Riga", currency="EUR", languages=["lv", "en"], country="LV")
    other = a_colleague(app, Role.ADMIN, "other@example.org")
    mine = as_it_stands(boss.get("/staff/settings").get_data(as_text=True))
    theirs = as_it_stands(other.get("/staff/settings").get_data(as_text=True))
    assert other.browser.post("/staff/settings", theirs | {"hold_minutes": "25", "brand": "#7a1f5c"}).status_code == 303
    answer = boss.browser.post("/staff/settings", mine | {"hold_minutes": "20"})
    assert answer.status_code == 409
    assert "Places are kept while paying: 25" in words(answer)
    fresh()
    facts = the_centre()
    assert (facts.hold_minutes, facts.languages, facts.name) == (25, ["lv", "en"], "Prøvesenteret")
    assert "--brand:#7a1f5c" in boss.get("/centre.css").get_data(as_text=True)
    wrong = boss.browser.post("/staff/settings", mine | {"brand": "#ffff00", "late_refund_percent": "101"})
    assert wrong.status_code == 422 and typed(wrong, "late_refund_percent") == "101"
