"""The end of whose an answer about a visit was, and of the words in it; the stars stay."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Select, select, text

from booking.feedback.models import Feedback
from booking.kernel.forgetting import Clear, Forgetting, Reckoned

ANSWERS_KNOWN_FOR = timedelta(days=31)  # after the visit: so long a teacher can change what they said
WORDS_KEPT = timedelta(days=730)  # of the feedback; its stars stay


def _answers(before: datetime) -> Select[int]:
    # The conditions stand literally, as in the partial indexes that they are found by.
    return select(Feedback.id).where(Feedback.came_on < before.date(), text("visit_id IS NOT NULL"))


def _words(before: datetime) -> Select[int]:
    return select(Feedback.id).where(Feedback.came_on < before.date(), text("words <> ''"))


FORGETTINGS = (
    Forgetting(
        "whose an answer about a visit was",
        ANSWERS_KNOWN_FOR,
        Reckoned(_answers),
        Clear(Feedback.id, {"visit_id": None}),
    ),
    Forgetting("words about a visit", WORDS_KEPT, Reckoned(_words), Clear(Feedback.id, {"words": ""})),
)
