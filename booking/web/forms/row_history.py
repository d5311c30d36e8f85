"""What staff have done to one row, from the log, in the words of its form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from booking.history import log
from booking.history.sentences import LogSentence, log_sentence
from booking.reports.names import actors
from booking.web.admin.staff.log_fields import fact_names
from booking.web.forms.fields import Field
from booking.web.languages import wording

MOST = 20


@dataclass(frozen=True, slots=True)
class Deed:
    """One line: when, who, and what in words."""

    at: datetime
    by: str
    said: LogSentence


def deeds(subject: str, fields: Sequence[Field]) -> list[Deed]:
    """The latest entries of the log about a row, such as "school:7"."""
    names, names_of_facts = log.names() | actors(), fact_names(fields, wording())
    return [
        Deed(
            entry.at,
            names.get(entry.actor, entry.actor),
            log_sentence(
                entry.action, entry.before, entry.after if entry.before is not None else None, wording(), names_of_facts
            ),
        )
        for entry in log.read(log.LogFilter(subject=subject), MOST).entries
    ]
