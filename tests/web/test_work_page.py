"""The page of long work says what stands still, and lets an administrator have it go on."""

from __future__ import annotations

import pytest
from flask import Flask

from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.outbox import long_work
from booking.outbox.long_work import Progress, Work, WorkState
from booking.staff.models import Role
from tests.builders import a_centre
from tests.web.browsing import words
from tests.web.staffing import a_colleague


def fails(_work: Work) -> Progress:
    raise OSError("no disk")


def test_failed_work_has_a_button_that_lets_it_go_on(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    a_centre()
    monkeypatch.setattr(long_work, "MOST_TRIES", 2)
    ada = a_colleague(app, role=Role.ADMIN)
    with unit_of_work():
        work_id = long_work.begin("closure.letters", {"closure_id": 1}, None, total=5)
    page = f"/staff/work/{work_id}"
    assert "/again" not in ada.get(page).get_data(as_text=True)
    with pytest.raises(OSError, match="no disk"):
        long_work.go_on(work_id, {"closure.letters": fails})
    assert "OSError" in words(ada.get(page))  # staff see it while it is tried again by itself
    with pytest.raises(long_work.GaveUp):
        long_work.go_on(work_id, {"closure.letters": fails})
    shown = ada.get(page).get_data(as_text=True)
    assert f"{page}/again" in shown and f"{page}/stop" not in shown
    assert ada.post(f"{page}/again").status_code == 303
    db.session.rollback()
    work = long_work.read(work_id)
    assert work is not None and (work.state, work.attempts) == (WorkState.WAITING, 0)


def test_finished_work_does_not_go_again(app: Flask) -> None:
    a_centre()
    ada = a_colleague(app, role=Role.ADMIN)
    with unit_of_work():
        work_id = long_work.begin("closure.letters", {"closure_id": 1}, None)
    long_work.go_on(work_id, {"closure.letters": lambda _work: Progress(None, 1, 1)})
    assert ada.post(f"/staff/work/{work_id}/again").status_code == 303
    with unit_of_work():
        assert not long_work.again(work_id, clock.now())
    assert ada.post("/staff/work/99999999999999999999/again").status_code == 404
