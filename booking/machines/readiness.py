"""Whether this process should be sent visitors: asked each second, answered within two whatever the database does."""

from __future__ import annotations

from enum import StrEnum

from flask import Flask

from booking.kernel import log
from booking.machines.asking import Asker
from booking.machines.draining import is_draining
from booking.machines.fitness import Unfit, must_fit


class NotReady(StrEnum):
    """Why not."""

    DRAINING = "draining"
    DATABASE = "database"
    SCHEMA = "schema"
    KEY = "key"


class Readiness:
    """Asks for one process."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.database: Asker[NotReady | None] = Asker(app, "ready", self._of_the_database)
        self.said: NotReady | None = None

    def why_not(self) -> NotReady | None:
        """None when it is ready; a change is written to the log."""
        why_not = NotReady.DRAINING if is_draining() else self._asked()
        if why_not is not self.said:
            self.said = why_not
            log.write("ready.lost" if why_not else "ready.again", why=why_not)
        return why_not

    def _asked(self) -> NotReady | None:
        answered = self.database.answer()
        return answered.value if answered else NotReady.DATABASE

    def _of_the_database(self) -> NotReady | None:
        try:
            must_fit(self.app)
        except Unfit as error:
            return NotReady(error.cause)
        return None
