"""A release day by its pages and its worker, for whoever listens to what the database is asked."""

from __future__ import annotations

from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import select, update

from booking.centre.facts import the_centre
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.releases.models import Release, ReleaseWay, ReleaseWish
from booking.wishes import answering


def go_through_a_release_day(client: FlaskClient, staff: FlaskClient) -> None:
    """Staff and teachers look, it opens, a teacher presses, the wish is answered."""
    release = db.session.scalars(select(Release.id).where(Release.way == ReleaseWay.FIRST_COME)).first()
    assert release is not None
    secret = db.session.scalars(select(ReleaseWish.secret).where(ReleaseWish.release_id == release)).first()
    look(client, staff, release, str(secret))
    now = clock.now()
    with unit_of_work():
        opened = {"prepare_from": now - timedelta(days=2), "opens_at": now - timedelta(seconds=1)}
        db.session.execute(update(Release).where(Release.id == release).values(**opened))
    assert client.post(f"/nb/school/wish/{secret}/send").status_code in (200, 303)
    answering.answer(release, the_centre())
    look(client, staff, release, str(secret))


def look(client: FlaskClient, staff: FlaskClient, release: int, secret: str) -> None:
    """The pages of it."""
    for address in ("", "/new", f"/{release}"):
        assert staff.get(f"/staff/releases{address}").status_code == 200, address
    for page in ("school", f"school/release/{release}", f"school/wish/{secret}"):
        assert client.get(f"/nb/{page}").status_code == 200, page
