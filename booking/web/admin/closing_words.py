"""The words that staff add to a closing, in each of the centre's languages: asked alike on every page that closes."""

from __future__ import annotations

from flask_babel import force_locale
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from booking.centre.wording import LOCALES
from booking.kernel.database import Texts
from booking.web.forms.fields import Field, LongTextsField
from booking.web.forms.filled import read
from booking.web.languages import centre

NAME = "words"


def words_field() -> Field:
    """The question: once for each language, none of which must be filled in."""
    hint = _("Goes into the letter as it stands, in the reader's language. Where that is empty, another one is taken.")
    return LongTextsField(NAME, _("A word to those who are hit"), hint=hint, required=False, most=300)


def read_words(form: MultiDict[str, str]) -> tuple[Texts, dict[str, str]]:
    """What was written by language, and what is wrong with it by input."""
    filled = read(form, [words_field()], centre().languages)
    return filled.values.get(NAME, {}), filled.errors


def too_few() -> dict[str, str]:
    """What the form of a course proposes, each language in its own words, by input."""
    proposed = {}
    for lang in centre().languages:
        with force_locale(LOCALES.get(lang, "en_GB")):
            proposed[f"{NAME}-{lang}"] = _("There were too few participants.")
    return proposed
