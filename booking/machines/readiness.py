"""Whether this process should be sent visitors: asked each second, answered within two whatever the database does."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from enum import StrEnum

from flask import Flask

from booking.kernel import log
from booking.machines.draining import is_draining
from booking.machines.fitness import Unfit, must_fit

LIMIT = 1.5  # seconds that the database may take; the rest of two is for the way here
STUCK = 10.0  # seconds after which a question that has no answer is asked anew, on another connection


class NotReady(StrEnum):
    """Why not."""

    DRAINING = "draining"
    DATABASE = "database"
    SCHEMA = "schema"
    KEY = "key"


@dataclass(slots=True)
class _Question:
    """One question to the database, on its way in a thread of its own."""

    answered: threading.Event = field(default_factory=threading.Event)
    begun: float = field(default_factory=time.monotonic)
    why_not: NotReady | None = NotReady.DATABASE


class Readiness:
    """Asks for one process. Whoever asks while a question is on its way waits for the same answer."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.lock = threading.Lock()
        self.question: _Question | None = None
        self.said: NotReady | None = None

    def why_not(self) -> NotReady | None:
        """None when it is ready; a change is written to the log."""
        why_not = NotReady.DRAINING if is_draining() else self._of_the_database()
        if why_not is not self.said:
            self.said = why_not
            log.write("ready.lost" if why_not else "ready.again", why=why_not)
        return why_not

    def _of_the_database(self) -> NotReady | None:
        with self.lock:
            now, question = time.monotonic(), self.question
            if question is None or question.answered.is_set() or now - question.begun > STUCK:
                question = self.question = _Question()
                threading.Thread(target=self._ask, args=[question], daemon=True).start()
        question.answered.wait(max(question.begun + LIMIT - time.monotonic(), 0))
        return question.why_not

    def _ask(self, question: _Question) -> None:
        try:
            with self.app.app_context():
                must_fit(self.app)
            question.why_not = None
        except Unfit as error:
            question.why_not = NotReady(error.cause)
        except Exception as error:
            log.write("ready.failed", **log.cause(error))
        finally:
            question.answered.set()
