"""How a refusal of the domain becomes a sentence for the reader.

Each room of the web has the words for its refusals in a `refusals.py` beside its pages; a page that tells its readers
something else than the others do asks for that first (`teacher/sentences.py: said`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatch

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from booking.kernel.refusals import Refusal
from booking.web.failing import note


class TooOdd(Refusal):
    """A quantity that is no whole number."""


@dataclass(frozen=True, slots=True)
class RefusalAnswer:
    """A sentence and the status that goes with it. `warning`: the name of what may be so, if the reader says it is.

    `more` is the number of people that one more press says yes to; `house`: who is said to be in it may be wrong.
    """

    text: str
    status: int
    warning: str = ""
    more: int = 0
    house: bool = False


def sentence(refusal: Refusal) -> RefusalAnswer:
    """What to tell the reader, who is about to be told it."""
    note(refusal)
    return in_words(refusal)


@singledispatch
def in_words(_refusal: Refusal) -> RefusalAnswer:
    """The words for it."""
    return RefusalAnswer(gettext("That cannot be done."), 409)


PLAIN: dict[str, LazyString] = {}  # the words of those that are told alike whatever they carry, by their names


def plain(refusal: type[Refusal], text: LazyString, status: int = 409) -> None:
    """This refusal is told in one sentence, whatever it carries."""
    PLAIN[refusal.__name__] = text
    in_words.register(refusal, lambda _refusal: RefusalAnswer(str(text), status))


plain(TooOdd, _("Enter how many as a whole number, for example 2."), 422)
