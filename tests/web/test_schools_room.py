"""The staff's pages around schools: look, add, change; patterns to try; agreements, programmes, rules."""

from __future__ import annotations

import io
import re

import pytest
from flask import Flask
from sqlalchemy import select

from booking.agreements.models import Agreement, School, SchoolKind, SchoolRules
from booking.agreements.prices import Pays
from booking.kernel.database import db
from booking.programmes.models import PriceBy, Programme
from booking.records.models import AuditEntry
from booking.staff.models import Role
from tests.builders import a_centre, a_ticket_type, an_activity
from tests.school_builders import a_school
from tests.visits.booked import Centre, a_school_centre, a_visit
from tests.web.browsing import typed, words
from tests.web.staffing import Colleague, a_colleague, hidden

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

SCHOOL = {"name": "Åsheim skole", "kind": "school", "municipality": "Bergen", "known": "y", "active": "y"}
AGREEMENT = {"payer": "Os kommune", "pays": "all", "reach": "place", "municipality": "Os", "active": "y"}
ANY = {"pattern": "any"}


@pytest.fixture
def boss(app: Flask) -> Colleague:
    """An administrator."""
    return a_colleague(app, Role.ADMIN, "boss@example.org")


def fresh() -> None:
    db.session.rollback()
    db.session.expire_all()


def a_new(boss: Colleague, room: str, **form: str) -> int:
    """Add one and return its id."""
    boss.get(f"/staff/{room}/new")
    answer = boss.post(f"/staff/{room}/new", **(ANY | form))
    assert answer.status_code == 303, words(answer)
    fresh()
    return int(answer.location.rsplit("/", 1)[1])


def test_a_school_is_found_by_name_number_and_municipality_and_pages_keep_the_filter(boss: Colleague) -> None:
    a_centre()
    a_new(boss, "schools", **SCHOOL, org_number="NO 974 760 673 MVA")
    for n in range(60):
        a_school(f"Skole {n}", search=f"skole {n:02}", municipality="Voss", known=False)
    for query in ("q=åsh", "q=AASHEIM", "q=9747606", "q=bergen", "municipality=Bergen", "standing=ours"):
        shown = words(boss.get(f"/staff/schools?{query}"))
        assert "Åsheim skole" in shown and "Skole 7" not in shown, query
    page = boss.get("/staff/schools?municipality=Voss&standing=written").get_data(as_text=True)
    more = re.search(r'href="(/staff/schools\?after=[^"]*)"', page)
    assert more and "municipality=Voss" in more[1] and "standing=written" in more[1]
    assert "Skole 59" in words(boss.get(more[1].replace("&amp;", "&")))
    assert boss.get("/staff/schools?after=999999999999999999&kind=x&standing=٢&q=%00").status_code == 200


def test_a_dry_run_says_what_it_adds_changes_and_leaves(boss: Colleague) -> None:
    a_centre()
    a_new(boss, "schools", **SCHOOL, org_number="974760673")
    a_new(boss, "schools", **(SCHOOL | {"name": "Fjell skole"}))
    assert 'value="schools" checked' in re.sub(r' id="what"', "", boss.get("/staff/import?what=schools").text)
    table = "name;municipality;org_number\nÅsheim barneskole;Bergen;974760673\nFjell skole;Bergen;\nNy skole;Voss;\n"
    file = (io.BytesIO(table.encode()), "schools.csv")
    answer = boss.browser.post("/staff/import", {"what": "schools", "file": file})  # type: ignore[dict-item]
    assert "Adds 1 Changes 1 Leaves as they are 1" in words(answer)


def test_a_wrong_number_is_told_and_one_that_is_there_is_named(boss: Colleague) -> None:
    a_centre()
    a_new(boss, "schools", **SCHOOL, org_number="974760673")
    boss.get("/staff/schools/new")
    wrong = boss.post("/staff/schools/new", **SCHOOL, **ANY, org_number="974760674")
    assert wrong.status_code == 422 and "check it once more" in words(wrong)
    assert typed(wrong, "org_number") == "974760674"
    twice = boss.post("/staff/schools/new", **SCHOOL, **ANY, org_number="974 760 673")
    assert twice.status_code == 422 and "Åsheim skole has this number already" in words(twice)


def test_a_pattern_is_tried_in_plain_language_before_anything_is_saved(boss: Colleague) -> None:
    a_centre()
    boss.get("/staff/schools/new")
    form = SCHOOL | {"pattern": "own", "reference_pattern": "B999999|aaa-99"}
    shown = words(boss.post("/staff/schools/new", **form, **{"try": "1", "try_reference": "b12 34 56"}))
    assert "“b12 34 56” is taken, and kept as “B123456”" in shown
    assert "“B”, 6 digits or 3 letters A–Z, “-”, 2 digits, such as B123456" in shown
    assert "“12” is refused" in words(boss.post("/staff/schools/new", **form, **{"try": "1", "try_reference": "12"}))
    bad = boss.post("/staff/schools/new", **(form | {"reference_pattern": "b9"}))
    assert bad.status_code == 422 and "Sign 1 of the pattern means nothing here" in words(bad)
    assert db.session.scalar(select(School.id)) is None
    school = a_new(boss, "schools", **form)
    assert db.session.get_one(School, school).reference_pattern == "B999999|aaa-99"
    assert 'value="own" selected' in boss.get(f"/staff/schools/{school}").get_data(as_text=True)


def test_two_who_change_the_same_school_are_told_and_the_log_has_no_address(app: Flask, boss: Colleague) -> None:
    a_centre()
    other = a_colleague(app, Role.ADMIN, "other@example.org")
    school = a_new(boss, "schools", **SCHOOL, email="post@aasheim.example")
    mine, theirs = (hidden(colleague.get(f"/staff/schools/{school}"), "seen") for colleague in (boss, other))
    form = SCHOOL | ANY | {"email": "rektor@aasheim.example"}
    assert other.post(f"/staff/schools/{school}", **form, seen=theirs).status_code == 303
    answer = boss.post(f"/staff/schools/{school}", **(form | {"name": "Åsheim ungdomsskole"}), seen=mine)
    assert answer.status_code == 409 and "Somebody else has saved this" in words(answer)
    assert typed(answer, "name") == "Åsheim ungdomsskole"
    fresh()
    log = db.session.scalars(select(AuditEntry).where(AuditEntry.subject == f"school:{school}")).all()
    assert [entry.action for entry in log] == ["school.add", "school.change"]
    assert "example" not in str([(entry.before, entry.after) for entry in log])


@pytest.fixture
def centre(app: Flask) -> Centre:
    """One that a class has booked at: one visit of 24 pupils, paid by Bergen kommune."""
    made = a_school_centre(most_pupils=100)
    a_visit(made, "6A")
    return made


def as_it_stands(boss: Colleague, agreement: int, **more: str) -> dict[str, str]:
    """The agreement's form with something changed."""
    seen = hidden(boss.get(f"/staff/agreements/{agreement}"), "seen")
    form = AGREEMENT | {"payer": "Bergen kommune", "municipality": "Bergen", "code": "BERGEN-KODE", "seen": seen}
    return form | {"pattern": "99999", "percent": "100", "each": "0", "most_pupils": "100"} | more


def test_the_desk_and_finance_look_and_cannot_change(app: Flask, centre: Centre) -> None:
    for role in (Role.DESK, Role.FINANCE):
        colleague = a_colleague(app, role, f"{role}@example.org")
        for page in ("schools", "agreements", "programmes", "school-rules"):
            assert colleague.get(f"/staff/{page}").status_code == 200
        school = colleague.get(f"/staff/schools/{centre.school.id}")
        assert "Solbakken skole 6A" in words(school) and "Save" not in words(school)
        agreement = colleague.get(f"/staff/agreements/{centre.agreement}")
        assert "76 of 100" in words(agreement) and "/school/agreement/" in agreement.get_data(as_text=True)
        assert "New code" not in words(agreement) and "Save" not in words(agreement)
        assert colleague.post(f"/staff/schools/{centre.school.id}", **SCHOOL).status_code == 403


def test_what_is_left_stands_in_the_list_and_less_than_is_used_is_refused(boss: Colleague, centre: Centre) -> None:
    assert "76 of 100" in words(boss.get("/staff/agreements"))
    answer = boss.post(
        f"/staff/agreements/{centre.agreement}", **as_it_stands(boss, centre.agreement, most_pupils="23")
    )
    assert answer.status_code == 409 and "24 pupils have been booked for" in words(answer)
    assert typed(answer, "most_pupils") == "23"
    form = as_it_stands(boss, centre.agreement, most_pupils="24")
    assert boss.post(f"/staff/agreements/{centre.agreement}", **form).status_code == 303
    assert "0 of 24" in words(boss.get("/staff/agreements"))


def test_code_and_link_are_renewed_and_each_code_is_one_agreements_alone(boss: Colleague, centre: Centre) -> None:
    made = a_new(boss, "agreements", **AGREEMENT)
    row = db.session.get_one(Agreement, made)
    code, secret = row.code, row.secret
    assert re.fullmatch(r"OS-[0-9A-HJKMNP-TV-Z]{8}", code)
    for what in ("code", "link"):
        assert boss.post(f"/staff/agreements/{made}/{what}").status_code == 303
    fresh()
    row = db.session.get_one(Agreement, made)
    assert row.code != code and row.secret != secret
    assert boss.get(f"/en/school/agreement/{secret}").status_code == 404
    assert "0" in words(boss.get(f"/en/school/agreement/{row.secret}"))
    boss.get("/staff/agreements/new")
    for bad, why in ((row.code.lower(), "has this code"), ("os 12", "At least 8 characters")):
        answer = boss.post("/staff/agreements/new", **AGREEMENT, **ANY, code=bad)
        assert answer.status_code == 422 and why in words(answer)
    logged = str(db.session.execute(select(AuditEntry.before, AuditEntry.after)).all())
    assert row.code not in logged and row.secret not in logged and code not in logged


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"pays": "share", "percent": ""}, "percent"),
        ({"pays": "per_pupil"}, "each"),
        ({"municipality": ""}, "municipality"),
        ({"grade_from": "5"}, "grade_to"),
        ({"from_date": "2027-08-01", "until_date": "2027-07-01"}, "until_date"),
        ({"most_visits": "٢"}, "most_visits"),
    ],
)
def test_an_agreement_that_says_too_little_is_not_saved(boss: Colleague, form: dict[str, str], field: str) -> None:
    a_centre()
    boss.get("/staff/agreements/new")
    answer = boss.post("/staff/agreements/new", **(AGREEMENT | ANY | form))
    assert answer.status_code == 422 and f'id="{field}-error"' in answer.get_data(as_text=True)


def test_an_agreement_keeps_all_that_its_form_says(boss: Colleague) -> None:
    a_centre()
    made = a_new(
        boss,
        "agreements",
        **(AGREEMENT | {"pays": "per_group", "each": "500", "reach": "all", "grade_from": "11", "grade_to": "13"}),
        kinds="programme",
        from_date="2026-08-01",
        until_date="2027-06-30",
        most_visits="40",
        class_visits="2",
        school_kind="school",
    )
    row = db.session.get_one(Agreement, made)
    assert (row.pays, row.each, row.municipality, row.grade_from, row.kinds) == (
        Pays.PER_GROUP, 50000, "*", 11, ["programme"],
    )  # fmt: skip
    assert (row.most_visits, row.most_pupils, row.class_visits, row.school_kind) == (40, None, 2, SchoolKind.SCHOOL)


PROGRAMME = {
    "grade_from": "5", "grade_to": "7", "subjects": "science", "aims-nb": "Bygge en bru", "aims-en": "Build a bridge",
    "instant": "y", "language": "en", "most_groups": "2", "price_by": "group", "price": "1500", "adult_price": "20",
}  # fmt: skip


def test_a_programme_gets_its_facts_and_a_price_of_its_own(app: Flask, boss: Colleague) -> None:
    a_centre()
    activity = an_activity(title="Bridges", kind="programme")  # type: ignore[arg-type]  # as the table has it
    assert "teachers do not see it yet" in words(boss.get("/staff/programmes"))
    boss.get(f"/staff/programmes/{activity}")
    wrong = boss.post(f"/staff/programmes/{activity}", **(PROGRAMME | {"grade_to": "3", "price": ""}))
    assert (
        wrong.status_code == 422 and "The lower grade comes first" in words(wrong) and "Build a bridge" in words(wrong)
    )
    assert boss.post(f"/staff/programmes/{activity}", **PROGRAMME).status_code == 303
    fresh()
    row = db.session.get_one(Programme, activity)
    assert (row.grade_from, row.subjects, row.aims["en"], row.language) == (5, ["science"], "Build a bridge", "en")
    assert (row.price_by, row.price, row.adult_price, row.most_groups) == (PriceBy.GROUP, 150000, None, 2)
    other = a_colleague(app, Role.ADMIN, "other@example.org")
    mine, theirs = (hidden(colleague.get(f"/staff/programmes/{activity}"), "seen") for colleague in (boss, other))
    assert other.post(f"/staff/programmes/{activity}", **PROGRAMME | {"shared": "y", "seen": theirs}).status_code == 303
    answer = boss.post(f"/staff/programmes/{activity}", **PROGRAMME | {"price_by": "free", "seen": mine})
    assert answer.status_code == 409 and "Several classes may be in one session: yes" in words(answer)
    assert boss.get("/staff/programmes/999999999999999999").status_code == 404


def test_rules_are_made_once_and_then_changed(boss: Colleague) -> None:
    a_centre()
    entry = an_activity()
    pupil, adult = a_ticket_type(entry, 0, "Elev"), a_ticket_type(entry, 0, "Voksen")
    page = boss.get("/staff/school-rules")
    assert "Without rules no school can book here" in words(page)
    form = {
        name: typed(page, name)
        for name in ("pupils_per_adult", "children_per_adult", "number_days", "lunch_days", "free_days")
    }
    form |= {"late_percent": "50", "same_day_percent": "100", "pupil_price": "110", "adult_price": "110"}
    form |= {"most_visits": "5", "most_visitors": "150", "asks_new": "y"}
    form |= {"heads_rule": "booked", "floor_percent": "80", "count_days": "5"}
    form |= {"lunch_price": "20", "least_price": "1650", "pupil_type_id": str(pupil), "adult_type_id": str(pupil)}
    assert boss.post("/staff/school-rules", **form).status_code == 422
    form["adult_type_id"] = str(adult)
    assert boss.post("/staff/school-rules", **form).status_code == 303
    assert boss.post("/staff/school-rules", **form).status_code == 409  # somebody else was the first
    seen = hidden(boss.get("/staff/school-rules"), "seen")
    assert boss.post("/staff/school-rules", **form | {"pupil_price": "120", "seen": seen}).status_code == 303
    assert boss.post("/staff/school-rules", **form | {"pupil_price": "130", "seen": seen}).status_code == 409
    fresh()
    assert db.session.execute(select(SchoolRules.pupil_price, SchoolRules.lunch_price)).all() == [(12000, 2000)]
