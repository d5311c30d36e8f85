"""What a centre adds to its letters in its own words: plain text, never markup and never a template."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass

from jinja2.utils import urlize
from markupsafe import Markup
from sqlalchemy import bindparam, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from booking.kernel.database import attempt, run
from booking.kernel.refusals import Refusal
from booking.mail.models import MailText
from booking.records.audit import note
from booking.records.audited_rows import RowChangedMeanwhile, mark_of

BENEATH = "all"  # stands where a letter's key stands, for the words to those who are coming (Block.BENEATH)
MOST_SUBJECT = 100  # characters
MOST_WORDS = 1000


@dataclass(frozen=True, slots=True)
class OwnWords:
    """What is kept for one letter in one language; "" where ours stand alone."""

    subject: str = ""
    opening: str = ""
    closing: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is added at all."""
        return not (self.subject or self.opening or self.closing)

    @property
    def mark(self) -> str:
        """What a form was filled from; see rows.mark_of."""
        return mark_of(asdict(self))


@dataclass(frozen=True, slots=True)
class Added:
    """What one letter gets: the centre's words about it, and those to whoever is coming."""

    subject: str = ""
    opening: str = ""
    closing: str = ""
    beneath: str = ""

    @property
    def opening_html(self) -> list[Markup]:
        """The opening as paragraphs of HTML."""
        return paragraphs(self.opening)

    @property
    def closing_html(self) -> list[Markup]:
        """The closing as paragraphs of HTML."""
        return paragraphs(self.closing)

    @property
    def beneath_html(self) -> list[Markup]:
        """What is said to those who are coming as paragraphs of HTML."""
        return paragraphs(self.beneath)


NOTHING = OwnWords()

_WORDS = MailText.subject, MailText.opening, MailText.closing
_OF_A_LETTER = select(MailText.letter, *_WORDS).where(
    or_(MailText.letter == bindparam("letter"), MailText.letter == BENEATH), MailText.lang == bindparam("lang")
)
_ONE = select(*_WORDS).where(MailText.letter == bindparam("letter"), MailText.lang == bindparam("lang"))
_ALL = select(MailText.letter, MailText.lang, *_WORDS)


class WordsTooLong(Refusal):
    """More than fits."""


def added_to(letter: str, lang: str) -> Added:
    """Everything that is added to a letter in a language, in one statement."""
    written = {key: OwnWords(*words) for key, *words in run(_OF_A_LETTER, {"letter": letter, "lang": lang})}
    return combine(written.get(letter, NOTHING), written.get(BENEATH, NOTHING))


def combine(own: OwnWords, beneath: OwnWords) -> Added:
    """A letter's own words and those to whoever is coming."""
    return Added(own.subject, own.opening, own.closing, beneath.closing)


def words_of(letter: str, lang: str) -> OwnWords:
    """What is kept for one letter (or BENEATH) in one language."""
    row = run(_ONE, {"letter": letter, "lang": lang}).first()
    return NOTHING if row is None else OwnWords(*row)


def all_words() -> dict[tuple[str, str], OwnWords]:
    """Everything that is kept, by letter and language: a page of at most as many rows as there are letters."""
    return {(letter, lang): OwnWords(*words) for letter, lang, *words in run(_ALL)}


def keep(letter: str, lang: str, words: OwnWords, *, seen: str, actor: str) -> None:
    """Keep these words, or none; call inside a unit of work. `seen` marks what the writer began from.

    Raises RowChangedMeanwhile, WordsTooLong. The log says which letter and language, and which
    of its places hold words.
    """
    if len(words.subject) > MOST_SUBJECT or max(len(words.opening), len(words.closing)) > MOST_WORDS:
        raise WordsTooLong
    is_it = MailText.letter == letter, MailText.lang == lang
    row = run(select(*_WORDS).where(*is_it).with_for_update()).first()
    before = NOTHING if row is None else OwnWords(*row)
    if before.mark != seen:
        raise RowChangedMeanwhile(asdict(before))
    if before == words:
        return
    if words.is_empty:
        run(delete(MailText).where(*is_it))
    elif row is None:
        try:
            with attempt():
                run(insert(MailText).values(letter=letter, lang=lang, **asdict(words)))
        except IntegrityError:  # somebody else was the first
            raise RowChangedMeanwhile(asdict(words_of(letter, lang))) from None
    else:
        run(update(MailText).where(*is_it).values(**asdict(words)))
    note(actor, "mail_text.change", f"mail_text:{letter}:{lang}"[:60], _places(before), _places(words))


def _places(words: OwnWords) -> dict[str, bool]:
    """Where there are words, for the log: not which."""
    return {name: bool(text) for name, text in asdict(words).items()}


def paragraphs(words: str) -> list[Markup]:
    """Plain text as paragraphs: everything escaped, addresses become links, lines stay lines."""
    parts = [part for part in re.split(r"\n{2,}", words) if part.strip()]
    return [Markup(urlize(part).replace("\n", "<br>")) for part in parts]  # noqa: S704  (urlize escapes first)
