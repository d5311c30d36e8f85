"""A start under a server of the operator's choice."""

from __future__ import annotations

import sys
from contextlib import suppress

from flask import Flask
from sqlalchemy.exc import DBAPIError

from booking.kernel import log
from booking.kernel.database import db, look_at_its_clock
from booking.machines.fitness import Unfit, join

LOAD_FAILED = 4  # what ends gunicorn itself; by any other code its processes would be born and end for ever


def end_unless_fit(app: Flask) -> None:
    """End with one sentence when the app must not serve its database; leaves no connection behind for a fork to share.

    One that does not answer now may do so later: `/readyz` asks again each time.
    """
    with app.app_context():
        try:
            join(app)
        except Unfit as error:
            sys.stderr.write(f"{error}\n")
            sys.exit(LOAD_FAILED)
        except DBAPIError as error:
            log.write("start.database", **log.cause(error))
        finally:
            db.session.remove()
            db.engine.dispose()


def look_if_it_answers() -> None:
    """See how late it is by the database's clock, where that was away at the start, if it is there now."""
    with suppress(DBAPIError):
        look_at_its_clock()
