"""Files and links of a programme: the office brings them, teachers find them, and nothing in them can do anything."""

from __future__ import annotations

import io
import re
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import select, update

from booking.kernel.database import db, unit_of_work
from booking.materials.models import Material, MaterialFile, MaterialMoment
from booking.programmes.models import Programme
from booking.running.check import breaches
from booking.staff.models import Role
from tests.materials.sheets import a_material, a_pdf, an_office_file
from tests.visits.booked import Centre, a_visit
from tests.web.browsing import Visitor, words
from tests.web.staffing import Colleague, a_colleague

TITLES = {f"title-{lang}": f"Bru av papir {lang}" for lang in ("nb", "nn", "en", "lv")}


@pytest.fixture
def boss(app: Flask, centre: Centre) -> Colleague:
    return a_colleague(app, Role.ADMIN, "boss@example.org")


def bring(
    boss: Colleague, address: str, file: bytes | None = None, name: str = "Bru æøå ķ.pdf", **changed: str
) -> tuple[int, str]:
    """Fill in the form as it stands and send it: status, and what the page says."""
    page = boss.get(address).get_data(as_text=True)
    seen = re.search(r'name="seen" value="([^"]*)"', page)
    values: dict[str, object] = {
        **TITLES,
        "moment": "before",
        "lang": "nb",
        "sort": "10",
        "seen": seen[1] if seen else "",
    }
    values |= changed
    if file is not None:
        values["file"] = (io.BytesIO(file), name)
    answer = boss.browser.post(address, values)  # type: ignore[arg-type]  # a file is no text
    db.session.rollback()
    return answer.status_code, words(answer)


def new(centre: Centre, **more: str) -> str:
    return "/staff/materials/new?" + urlencode({"activity_id": centre.bridges, **more})


def test_a_file_is_found_by_teachers_shown_safely_and_keeps_its_address_when_replaced(
    centre: Centre, boss: Colleague, visitor: Visitor
) -> None:
    assert bring(boss, new(centre), a_pdf())[0] == 303
    page = visitor.get("/en/school/bridges").get_data(as_text=True)
    address = re.search(r'href="(/material/[^"]+)"', page)
    assert address and "Bru av papir en" in page and "Bokmål" in page
    shown = visitor.get(address[1])
    assert shown.status_code == 200 and shown.data == a_pdf()
    assert shown.headers["Content-Type"] == "application/pdf"
    assert shown.headers["Content-Disposition"].startswith("inline; filename")
    assert "Bru%20%C3%A6%C3%B8%C3%A5%20%C4%B7.pdf" in shown.headers["Content-Disposition"]
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert shown.headers["Content-Security-Policy"].startswith("default-src 'none'")
    again = visitor.client.get(address[1], headers={"If-None-Match": shown.headers["ETag"]})
    assert again.status_code == 304
    material_id = db.session.scalars(select(Material.id)).one()
    other = an_office_file()
    assert bring(boss, f"/staff/materials/{material_id}", other, "Plan.docx")[0] == 303
    moved = visitor.get(address[1])
    assert moved.status_code == 302
    kept = visitor.get(moved.headers["Location"])
    assert kept.data == other and kept.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in kept.headers["Content-Security-Policy"]
    assert "File for teachers kept" in words(boss.get(f"/staff/materials/{material_id}"))
    assert visitor.get("/material/999/x.pdf").status_code == 404
    assert visitor.get("/material/99999999999999999999/x.pdf").status_code == 404


def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_is_kept(centre: Centre, boss: Colleague) -> None:
    status, told = bring(boss, new(centre))
    assert status == 422 and "Choose a file." in told
    status, told = bring(boss, new(centre), b"<html>")
    assert status == 422 and "none of the kinds" in told
    status, told = bring(boss, new(centre), b"")
    assert status == 422 and "The file is empty." in told
    status, told = bring(boss, new(centre), a_pdf(), **{"title-lv": ""})
    assert status == 422 and "Write it in Latviešu, too." in told and "choose it once more" in told
    for typed in (
        "http://udir.no",
        "javascript:alert(1)",
        "https://",
        "https://kari@udir.no",
        "https://[x",
        "https://a b.no",
    ):
        status, told = bring(boss, new(centre, kind="link"), url=typed)
        assert status == 422, typed
        assert "Bru av papir en" in boss.browser.post(new(centre, kind="link"), {**TITLES, "url": typed}).text
    for odd in (
        new(centre).replace("activity_id=", "activity_id=9"),
        "/staff/materials/new",
        "/staff/materials/new?activity_id=x",
    ):
        status, told = bring(boss, odd, a_pdf())
        assert status == 422 and "There is no such programme" in told
    assert db.session.scalars(select(Material.id)).all() == []


def test_a_link_leads_away_and_what_was_taken_away_is_gone(centre: Centre, boss: Colleague, visitor: Visitor) -> None:
    assert bring(boss, new(centre, kind="link"), url="https://www.udir.no/lk20/nat01-04", moment="after")[0] == 303
    page = visitor.get("/en/school/bridges").get_data(as_text=True)
    assert 'href="https://www.udir.no/lk20/nat01-04" hreflang="nb" rel="noopener noreferrer"' in page
    assert "udir.no" in words(boss.get(f"/staff/programmes/{centre.bridges}"))
    file_id = a_material(centre.bridges, MaterialMoment.BEFORE)
    for material_id in db.session.scalars(select(Material.id)).all():
        boss.get(f"/staff/materials/{material_id}")
        assert boss.post(f"/staff/materials/{material_id}/remove").status_code == 303
    db.session.rollback()
    assert visitor.get(f"/material/{file_id}/worksheet.pdf").status_code == 404
    assert db.session.scalars(select(MaterialFile.material_id)).all() == []
    assert breaches() == []


def test_a_change_of_somebody_else_is_not_written_over(centre: Centre, boss: Colleague) -> None:
    material_id = a_material(centre.bridges, MaterialMoment.BEFORE)
    address = f"/staff/materials/{material_id}"
    page = boss.get(address).get_data(as_text=True)
    seen = re.search(r'name="seen" value="([^"]*)"', page)
    assert seen
    with unit_of_work():
        db.session.execute(update(Material).values(sort=77))
    answer = boss.browser.post(address, {**TITLES, "moment": "before", "sort": "3", "lang": "", "seen": seen[1]})
    assert answer.status_code == 409 and "Somebody else has saved this" in words(answer)


def test_a_programme_has_no_more_than_it_may_and_a_file_that_is_lost_is_a_breach(
    centre: Centre, boss: Colleague
) -> None:
    for n in range(20):
        a_material(centre.bridges, MaterialMoment.AFTER, f"Sheet {n}")
    status, told = bring(boss, new(centre), a_pdf())
    assert status == 422 and "at most 20 files and links" in told
    assert breaches() == []
    with unit_of_work():
        db.session.delete(db.session.scalars(select(MaterialFile).limit(1)).one())
    assert [breach for breach in breaches() if "material" in breach] == ["material without its file: 1"]


def test_teachers_read_what_to_bring_who_teaches_and_what_is_free_by_month(centre: Centre, visitor: Visitor) -> None:
    bare = words(visitor.get("/en/school/bridges"))
    assert "Taught by" not in bare and "Bring along" not in bare
    with unit_of_work():
        texts = {"brings": {"en": "A pencil each"}, "taught_by": {"en": "Ingrid, engineer"}}
        db.session.execute(update(Programme).where(Programme.activity_id == centre.bridges).values(**texts))
    a_material(centre.bridges, MaterialMoment.AFTER, "Go on measuring", lang="en")
    page = words(visitor.get("/en/school/bridges"))
    assert "Taught by Ingrid, engineer" in page and "Bring along: A pencil each" in page and "Go on measuring" in page
    month = centre.on
    assert f"3 available times in {month:%B}" in page
    by_lang = {
        "nb": "3 ledige tidspunkter i desember",
        "nn": "3 ledige tidspunkt i desember",
        "lv": "3 brīvi laiki decembrī",
    }
    for lang, told in by_lang.items():
        html = visitor.get(f"/{lang}/school/bridges").get_data(as_text=True)
        assert told in words(visitor.get(f"/{lang}/school/bridges"))
        assert f'href="/{lang}/school/bridges?month={month:%Y-%m}#month"' in html
    assert "3 available times in December" in words(visitor.get("/en/school"))


def test_the_visits_own_page_has_all_that_its_programmes_have(centre: Centre, visitor: Visitor) -> None:
    a_material(centre.bridges, MaterialMoment.BEFORE, "Paper bridge", lang="nb")
    a_material(centre.body, MaterialMoment.AFTER, "Pulse", url="https://helse.example/puls", lang="en")
    secret = a_visit(centre, "6A").secret
    page = words(visitor.get(f"/en/visit/{secret}"))
    assert "For the class: Bridges" in page and "Paper bridge PDF, 1 kB · Bokmål" in page
    assert "For the class: Body" in page and "Pulse helse.example" in page
