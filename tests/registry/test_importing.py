"""Schools from a table: each mistake by row and column, what it would do, and doing it once."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from booking.agreements.models import Allowance, School, SchoolKind
from booking.importing.imports import CheckedTable, check
from booking.kernel.database import db, unit_of_work
from booking.records.models import AuditEntry
from booking.registry.importing import SCHOOLS
from tests.builders import a_centre
from tests.visits.booked import a_school_centre, a_visit

HEADS = ["Name", "Municipality", "org number", "kind", "email", "reference_pattern"]
ASHEIM = ["Åsheim skole", "Bergen", "998 110 009", "skole", "Post@Aasheim.example", "99999"]
TUSENFRYD = ["Tusenfryd barnehage", "Bergen", "", "kindergarten", "", ""]


def checked(*rows: list[str], heads: list[str] = HEADS) -> CheckedTable:
    return check([heads, *rows], SCHOOLS, ["nb", "en"])


def outlook(table: CheckedTable) -> tuple[int, int, int]:
    """(adds, changes, leaves)."""
    assert table.mistakes == []
    foresight = SCHOOLS.outlook(table.rows)
    return foresight.adds, foresight.changes, foresight.leaves


def take(table: CheckedTable) -> dict[str, int]:
    done = dict(SCHOOLS.take(table.rows, 1, "account:1"))
    db.session.expire_all()
    return done


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_each_mistake_names_its_row_and_column(app: Flask) -> None:
    a_centre()
    table = checked(
        ASHEIM,
        ["", "Bergen", "998110018", "ball", "nobody", "b9"],
        [*ASHEIM[:2], "12", *ASHEIM[3:]],
        ["Another", "Voss", "998110009", "", "", ""],
    )
    assert [(mistake.row, mistake.column, str(mistake.fault)) for mistake in table.mistakes] == [
        (3, "name", "missing"),
        (3, "org_number", "misprint"),
        (3, "kind", "unknown_school_kind"),
        (3, "email", "email"),
        (3, "reference_pattern", "pattern"),
        (4, "org_number", "org_number"),
        (5, "name", "twice"),
    ]
    assert [mistake.column for mistake in checked(heads=["name"]).mistakes] == ["municipality"]


def test_a_school_of_the_same_name_with_another_number_is_another_school(app: Flask) -> None:
    a_centre()
    take(checked(ASHEIM))
    namesake = checked([*ASHEIM[:2], "998110017", *ASHEIM[3:]])
    assert outlook(namesake) == (1, 0, 0)
    assert take(namesake) == {"made": 1}
    assert set(db.session.scalars(select(School.org_number))) == {"998110009", "998110017"}


def test_taken_in_again_it_adds_changes_and_leaves_what_it_said(app: Flask) -> None:
    a_centre()
    first = checked(ASHEIM, TUSENFRYD)
    assert outlook(first) == (2, 0, 0)
    assert take(first) == {"made": 2}
    assert outlook(first) == (0, 0, 2)
    assert take(first) == {"there_already": 2}
    again = checked(
        ["Åsheim ungdomsskole", "Bergen", "998110009"],
        TUSENFRYD[:3],
        ["Ny skole", "Voss", "998110017"],
        heads=HEADS[:3],
    )
    assert outlook(again) == (1, 1, 1)
    assert take(again) == {"made": 1, "changed": 1, "there_already": 1}
    asheim = db.session.scalars(select(School).where(School.org_number == "998110009")).one()
    assert (asheim.name, asheim.email, asheim.reference_pattern) == (
        "Åsheim ungdomsskole", "post@aasheim.example", "99999",
    )  # fmt: skip
    kinds = db.session.scalars(select(School.kind).order_by(School.id)).all()
    assert kinds == [SchoolKind.SCHOOL, SchoolKind.KINDERGARTEN, SchoolKind.SCHOOL]
    logged = db.session.execute(select(AuditEntry.before, AuditEntry.after)).all()
    assert "example" not in str(logged)


def test_a_school_that_a_teacher_wrote_becomes_ours_and_its_classes_have_had_what_they_had(app: Flask) -> None:
    centre = a_school_centre(class_visits=1)
    a_visit(centre, "6A")
    with unit_of_work():
        school = db.session.scalars(select(School)).one()
        school.org_number, school.known = "", False
    mark = db.session.scalars(select(Allowance.key).where(Allowance.holder == "class")).one()
    table = checked(["Solbakken skole", "Bergen"], heads=HEADS[:2])
    assert outlook(table) == (0, 1, 0)
    take(table)
    take(checked(["Solbakken skole", "Bergen", ""], heads=HEADS[:3]))
    assert db.session.scalars(select(School.known)).one() is True
    assert take(checked(["Solbakken skole", "Bergen", "998110009"], heads=HEADS[:3])) == {"changed": 1}
    take(checked(["Solbakken barneskole", "Bergen", "998110009"], heads=HEADS[:3]))
    (row,) = db.session.execute(select(Allowance.key, Allowance.visits).where(Allowance.holder == "class")).all()
    assert (row.key, row.visits) == (mark, 1)  # the school is the same one, whatever it is called
