"""The centre's own words in its letters, each language by itself, with the whole letter beside what is typed."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import ClassVar

from flask import Response, abort, current_app, flash, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.kernel.database import unit_of_work
from booking.mail import own_words
from booking.mail.examples import example
from booking.mail.kinds import HEADINGS, LETTERS, LetterHeading, LetterKind
from booking.mail.letter import Letter
from booking.mail.own_words import BENEATH, MOST_SUBJECT, MOST_WORDS, NOTHING, OwnWords
from booking.records.audited_rows import RowChangedMeanwhile
from booking.settings import settings_of
from booking.web.blueprints import admin
from booking.web.forms.checked import one_line, tidy_lines
from booking.web.guards.access import staff, who
from booking.web.languages import centre


@dataclass(frozen=True, slots=True)
class LetterTextRow:
    """One letter in the list; `words` says by language whether the centre has words of its own there."""

    key: str
    name: str
    words: Mapping[str, bool]

    @property
    def has_some(self) -> bool:
        """Whether it has words in one language at least, so that the others miss them."""
        return any(self.words.values())


@dataclass(frozen=True, slots=True)
class LetterTextsPage:
    """Every letter by what it is about, and in which languages the centre has words of its own in it."""

    beneath: LetterTextRow
    groups: Sequence[tuple[str, list[LetterTextRow]]]
    langs: Sequence[str]


@admin.get("/mail-texts")
@staff()
def mail_texts() -> str:
    """Every letter, and in which languages the centre has words of its own in it."""
    kept, langs = own_words.all_words(), centre().languages

    def row(key: str, name: str) -> LetterTextRow:
        return LetterTextRow(key, name, {lang: (key, lang) in kept for lang in langs})

    groups = [
        (str(words), [row(key, str(letter_kind.name)) for key, letter_kind in _about(about)])
        for about, words in HEADINGS.items()
    ]
    return render_template(
        "admin/mail_texts.html",
        page=LetterTextsPage(
            beneath=row(BENEATH, _("Under letters to those who are coming")), groups=groups, langs=langs
        ),
    )


@admin.get("/mail-texts/<letter>/<text_lang>")
@staff()
def mail_text(letter: str, text_lang: str) -> ResponseReturnValue:
    """The words of one letter in one language, and the letter with them in it."""
    _known(letter, text_lang)
    words = own_words.words_of(letter, text_lang)
    return _page(letter, text_lang, words, words.mark)


@admin.post("/mail-texts/<letter>/<text_lang>")
@staff()
def save_mail_text(letter: str, text_lang: str) -> ResponseReturnValue:
    """Look at what is typed, or keep it."""
    _known(letter, text_lang)
    typed, seen = _typed(letter), request.form.get("seen", "")[:40]
    errors = _wrong(typed)
    if errors:
        return _page(letter, text_lang, typed, seen, errors=errors), 422
    if request.form.get("try"):
        return _page(letter, text_lang, typed, seen, tried=True)
    try:
        with unit_of_work():
            own_words.keep(letter, text_lang, typed, seen=seen, actor=who().actor)
    except RowChangedMeanwhile as refusal:
        now = OwnWords(**refusal.now)
        return _page(letter, text_lang, typed, now.mark, now=now), 409
    flash(_("Saved."))
    return redirect(url_for("admin.mail_text", letter=letter, text_lang=text_lang), 303)


def _about(about: LetterHeading) -> list[tuple[str, LetterKind]]:
    return [(key, letter_kind) for key, letter_kind in LETTERS.items() if letter_kind.about is about]


def _known(letter: str, lang: str) -> None:
    if (letter not in LETTERS and letter != BENEATH) or lang not in centre().languages:
        abort(404)


def _may_rename(letter: str) -> bool:
    return letter in LETTERS and LETTERS[letter].may_rename


def _typed(letter: str) -> OwnWords:
    subject = one_line(request.form.get("subject")) if _may_rename(letter) else ""
    opening = "" if letter == BENEATH else tidy_lines(request.form.get("opening"))
    return OwnWords(subject, opening, tidy_lines(request.form.get("closing")))


def _wrong(typed: OwnWords) -> dict[str, str]:
    most = {"subject": MOST_SUBJECT, "opening": MOST_WORDS, "closing": MOST_WORDS}
    return {
        name: _("At most %(most)s characters.", most=most[name])
        for name, text in asdict(typed).items()
        if len(text) > most[name]
    }


@dataclass(frozen=True, slots=True)
class LetterTextPage:
    """The centre's words in one letter in one language, with the whole letter beside them.

    `has_words` says by language whether it has words of its own, `ours` is the subject without any, `now_there` what
    somebody else has saved meanwhile (label, words), `html` the letter for a frame.
    """

    letter: str
    lang: str
    has_words: Mapping[str, bool]
    typed: OwnWords
    seen: str
    errors: Mapping[str, str]
    now_there: Sequence[tuple[str, str]]
    tried: bool
    example: Letter
    ours: str
    html: str

    most_subject: ClassVar[int] = MOST_SUBJECT
    most_words: ClassVar[int] = MOST_WORDS

    @property
    def is_beneath(self) -> bool:
        """Whether these are the words under letters to those who are coming."""
        return self.letter == BENEATH

    @property
    def may_rename(self) -> bool:
        """Whether the subject may be the centre's own."""
        return _may_rename(self.letter)

    @property
    def title(self) -> str:
        """What the letter is called."""
        return _title(self.letter)

    @property
    def langs(self) -> Sequence[str]:
        """The centre's languages."""
        return centre().languages

    @property
    def labels(self) -> Mapping[str, str]:
        """What each input is called."""
        return _labels(self.letter)


def _page(
    letter: str,
    lang: str,
    typed: OwnWords,
    seen: str,
    *,
    errors: Mapping[str, str] | None = None,
    now: OwnWords | None = None,
    tried: bool = False,
) -> Response:
    kept = own_words.all_words()
    filled_in = _example(letter, lang, NOTHING if errors else typed, kept.get((BENEATH, lang), NOTHING))
    g.style_nonce = secrets.token_urlsafe(16)
    page = LetterTextPage(
        letter=letter,
        lang=lang,
        has_words={other: (letter, other) in kept for other in centre().languages},
        typed=typed,
        seen=seen,
        errors=errors or {},
        now_there=_otherwise(letter, now, typed) if now is not None else [],
        tried=tried,
        example=filled_in,
        ours=_example(letter, lang, NOTHING, NOTHING).subject,
        html=_framed(filled_in, g.style_nonce),
    )
    return make_response(render_template("admin/mail_text.html", page=page))


def _otherwise(letter: str, now: OwnWords, typed: OwnWords) -> list[tuple[str, str]]:
    """What stands there otherwise than was typed: (label, words)."""
    labels = _labels(letter)
    return [(labels[name], words) for name, words in asdict(now).items() if words != getattr(typed, name)]


def _title(letter: str) -> str:
    if letter == BENEATH:
        return str(_("Under letters to those who are coming"))
    letter_kind = LETTERS[letter]
    return f"{HEADINGS[letter_kind.about]}: {letter_kind.name}"


def _labels(letter: str) -> dict[str, str]:
    closing = _("Words to those who are coming") if letter == BENEATH else _("Closing words")
    return {"subject": _("Subject of the letter"), "opening": _("Opening words"), "closing": closing}


def _example(letter: str, lang: str, words: OwnWords, beneath: OwnWords) -> Letter:
    """The letter to somebody made up, with these words in it and what stands under letters to those who are coming."""
    own, beneath = (NOTHING, words) if letter == BENEATH else (words, beneath)
    settings = settings_of(current_app._get_current_object())  # type: ignore[attr-defined]
    return example(letter, lang, own_words.combine(own, beneath), centre(), settings)


def _framed(letter: Letter, nonce: str) -> str:
    """Its HTML for a frame that fetches nothing: the logo goes along, the letter's one style sheet may be used."""
    html = letter.html.replace("<style>", f'<style nonce="{nonce}">', 1)
    for picture in letter.pictures:
        address = f"data:{picture.kind};base64,{base64.b64encode(picture.content).decode()}"
        html = html.replace(f'src="cid:{picture.name}"', f'src="{address}"')
    return html
