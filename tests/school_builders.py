"""Make what the classes of a test are booked by: the centre's rules for schools, a school, an agreement that pays."""

from __future__ import annotations

from booking.agreements.models import Agreement, School, SchoolKind, SchoolRules
from booking.agreements.payers import SchoolFacts, facts_of
from booking.agreements.prices import Pays
from booking.bookings.search_words import fold_letters
from booking.kernel.codes import new_secret
from booking.kernel.database import db, unit_of_work


def school_rules(pupil: int, adult: int, **rules: object) -> None:
    """A pupil and an adult cost 110 kroner, a class at least fifteen pupils' worth; lines are of these ticket types."""
    values: dict[str, object] = {
        "pupil_price": 11000,
        "adult_price": 11000,
        "least_price": 165000,
        "pupils_per_adult": 8,
        "children_per_adult": 4,
    }
    with unit_of_work():
        db.session.add(SchoolRules(pupil_type_id=pupil, adult_type_id=adult, **(values | rules)))


def a_school(name: str = "Solbakken skole", **more: object) -> SchoolFacts:
    """A school of Bergen that the centre knows."""
    values: dict[str, object] = {"municipality": "Bergen", "kind": SchoolKind.SCHOOL, "known": True}
    with unit_of_work():
        school = School(**({"name": name, "search": fold_letters(name)} | values | more))
        db.session.add(school)
        db.session.flush()
        return facts_of(school)


def an_agreement(**agreed: object) -> int:
    """Bergen kommune pays all for its schools, unless agreed otherwise; its code is BERGEN."""
    values: dict[str, object] = {
        "payer": "Bergen kommune",
        "code": "BERGEN",
        "municipality": "Bergen",
        "pays": Pays.ALL,
        "secret": new_secret(),
    }
    with unit_of_work():
        agreement = Agreement(**(values | agreed))
        db.session.add(agreement)
        db.session.flush()
        return agreement.id
