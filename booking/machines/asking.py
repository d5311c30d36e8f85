"""Questions to a database that may not answer, for whoever waits only so long."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from flask import Flask

from booking.kernel import log

T = TypeVar("T")

LIMIT = 1.5  # seconds that the database may take; the rest of two is for the way here
STUCK = 10.0  # seconds after which a question that has no answer is asked anew, on another connection


@dataclass(frozen=True, slots=True)
class Answered(Generic[T]):
    """What the answer was."""

    value: T


@dataclass(slots=True)
class _Question(Generic[T]):
    """One question, on its way in a thread of its own."""

    is_over: threading.Event = field(default_factory=threading.Event)
    begun: float = field(default_factory=time.monotonic)
    answer: Answered[T] | None = None


class Asker(Generic[T]):
    """Asks for one process. Whoever asks while a question is on its way waits for the same answer."""

    def __init__(self, app: Flask, name: str, ask: Callable[[], T]) -> None:
        self.app = app
        self.name = name  # of what is asked, in the log
        self.ask = ask
        self.lock = threading.Lock()
        self.question: _Question[T] | None = None

    def answer(self) -> Answered[T] | None:
        """The answer; None where it failed, or took too long."""
        with self.lock:
            now, question = time.monotonic(), self.question
            if question is None or question.is_over.is_set() or now - question.begun > STUCK:
                question = self.question = _Question()
                threading.Thread(target=self._ask, args=[question], daemon=True).start()
        question.is_over.wait(max(question.begun + LIMIT - time.monotonic(), 0))
        return question.answer

    def _ask(self, question: _Question[T]) -> None:
        try:
            with self.app.app_context():
                question.answer = Answered(self.ask())
        except Exception as error:
            log.write(f"{self.name}.failed", **log.cause(error))
        finally:
            question.is_over.set()
