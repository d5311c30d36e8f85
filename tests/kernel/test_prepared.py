"""The short way to the database gives what SQLAlchemy's own way gives."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import bindparam, insert, select, text
from sqlalchemy.exc import IntegrityError, InvalidRequestError, OperationalError, ProgrammingError

from booking.capacity.models import Slot
from booking.catalogue.models import Activity, Kind
from booking.centre.models import Space
from booking.kernel.database import UTCDateTime, db, run, unit_of_work
from booking.kernel.prepared import ReadyStatement, Row, Values
from booking.staff.models import Role
from tests.builders import a_centre, a_sale, a_slot, an_activity, tomorrow
from tests.web.browsing import Visitor, statements
from tests.web.test_desk import a_party, signed_in

_BY_IDS = ReadyStatement(select(Slot.id, Slot.starts_at).where(Slot.id.in_(bindparam("ids", expanding=True))))


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    """A browser."""
    return Visitor(app.test_client())


def test_pages_are_given_what_sqlalchemy_would_give_them(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []
    short_way = ReadyStatement.rows

    def both_ways(self: ReadyStatement, values: Values | None = None) -> list[Row]:
        rows = short_way(self, values)
        if not self.statement.is_select:
            return rows
        compared.append(str(self.statement))
        assert rows == [tuple(row) for row in run(self.statement, dict(values or {}))]
        return rows

    monkeypatch.setattr(ReadyStatement, "rows", both_ways)
    _, slot_id, ticket_type_id = a_sale()
    for lang in ("nb", "en"):
        assert visitor.get(f"/{lang}/tickets").status_code == 200
        assert visitor.get(f"/{lang}/tickets?slot={slot_id}").status_code == 200
    visitor.checkout(slot_id, ticket_type_id)
    assert visitor.get(f"/nb/tickets?slot={slot_id}").status_code == 200  # with a basket of one's own
    a_party(2, minutes=0)
    desk = signed_in(visitor, Role.DESK)
    assert desk.get("/staff/desk/scan").status_code == 200
    assert len(set(compared)) >= 8


def test_a_list_of_any_length_asks_for_what_is_in_it(app: Flask) -> None:
    _, first, _ = a_sale()
    activity_id = db.session.scalar(select(Activity.id).limit(1))
    assert activity_id
    ids = [first, *(a_slot(activity_id, 5, tomorrow(days=4 + n)) for n in range(4))]
    by_ids = ReadyStatement(_BY_IDS.statement)
    for length in range(len(ids) + 1):
        assert {row[0] for row in by_ids.rows({"ids": ids[:length]})} == set(ids[:length])
    assert len(by_ids._forms) == 5  # for 0, 1, 2, 4, 8


def test_a_list_that_stands_in_the_statement_itself_is_asked_for(app: Flask) -> None:
    a_sale()
    public = ReadyStatement(
        select(Activity.kind).where(Activity.kind.in_((Kind.SHOW, Kind.ADMISSION)), Activity.active)
    )
    assert public.value() is Kind.ADMISSION


def test_what_is_reckoned_for_the_moment_is_reckoned_each_time(app: Flask) -> None:
    now = [tomorrow(days=1)]
    moment: Any = bindparam("now", callable_=lambda: now[-1], type_=UTCDateTime())
    to_come = ReadyStatement(select(Slot.id).where(Slot.starts_at > moment))
    a_centre()
    slot_id = a_slot(an_activity(), starts_at=tomorrow(days=2))
    assert to_come.rows() == [(slot_id,)]
    now.append(tomorrow(days=3))
    assert to_come.rows() == []


def test_what_waits_in_the_session_is_written_first(app: Flask) -> None:
    a_sale()
    names = ReadyStatement(select(Space.name).where(Space.capacity == 77))
    with unit_of_work():
        db.session.add(Space(slug="auditorium", name={"nb": "Auditoriet"}, capacity=77))
        assert names.value() == {"nb": "Auditoriet"}


def test_what_the_database_refuses_is_raised_as_sqlalchemy_raises_it(app: Flask) -> None:
    a_sale()
    table = db.metadata.tables["slot"]
    slot = dict(db.session.execute(select(table).limit(1)).mappings().one())
    again = ReadyStatement(insert(table))
    with pytest.raises(IntegrityError), unit_of_work():
        again.rows(slot)
    wrong = ReadyStatement(text("SELECT nothing FROM nowhere"))
    with pytest.raises((OperationalError, ProgrammingError)):
        wrong.rows()
    db.session.rollback()
    assert _BY_IDS.rows({"ids": [slot["id"]]})  # the connection is as good as before


def test_a_value_that_is_missing_is_no_empty_answer(app: Flask) -> None:
    values: dict[str, Any] = {}
    with pytest.raises((InvalidRequestError, KeyError)):
        _BY_IDS.rows(values)


def test_who_listens_to_statements_hears_these_too(app: Flask) -> None:
    with statements() as seen:
        _BY_IDS.rows({"ids": [1]})
    assert len(seen) == 1


def test_a_column_with_a_default_of_pythons_must_be_given(app: Flask) -> None:
    with pytest.raises(ValueError, match="must be given"):
        ReadyStatement(insert(Space)).rows({"capacity": 1})
