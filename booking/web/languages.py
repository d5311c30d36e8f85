"""The reader's language: in the address of public pages, on the account of staff; and words for time and money."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlencode

from babel.support import NullTranslations
from flask import Flask, g, has_request_context, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, get_translations
from markupsafe import Markup
from werkzeug.exceptions import NotFound

from booking.centre.facts import NOT_YET, CentreFacts, NoCentre, the_centre
from booking.centre.wording import LOCALES, Wording
from booking.documents.terms_words import cancelling_words, heads_words, number_words
from booking.invoicing.how_to_pay.words import reference_word
from booking.kernel import clock, origin
from booking.settings import settings_of

BEYOND_LANGUAGE = "bestill.beyond_language"  # where a request keeps the rest of its address
# How each language calls itself.
LANGUAGES = {"nb": "Bokmål", "nn": "Nynorsk", "en": "English", "lv": "Latviešu"}
# The filters by which templates write days, times and sums: methods of the reader's wording.
IN_WORDING = (
    "words", "money", "in_column", "in_cell", "percent", "day", "short_day", "short_days", "dated", "full_date",
    "weekdays", "decimal", "month", "short_month", "in_month", "time", "moment", "until", "from_day", "on_day",
)  # fmt: skip
# What is said alike on pages, in letters and on paper.
WORDS = {
    words.__name__: words for words in (cancelling_words, number_words, heads_words, reference_word)
}  # fmt: skip


def centre() -> CentreFacts:
    """The centre, read at most once a request."""
    kept = _kept()
    if "centre" not in kept:
        try:
            kept["centre"] = _last_known[0] = the_centre()
        except NoCentre:  # staff must be able to come in and make it
            if not has_request_context() or not request.path.startswith("/staff"):
                raise
            kept["centre"] = NOT_YET
    facts: CentreFacts = kept["centre"]
    return facts


# For the one page that is shown when the database cannot be asked; no other reads it.
_last_known: list[CentreFacts | None] = [None]


def last_known_centre() -> CentreFacts | None:
    """The centre as this process last read it, however long ago."""
    return _last_known[0]


def _kept() -> dict[str, Any]:
    """What this request keeps in `g`, which a page asks a hundred times: each way through Flask's proxy costs more."""
    kept: dict[str, Any] = vars(g._get_current_object())  # type: ignore[attr-defined]  # of the proxy
    return kept


def language() -> str:
    """The language of this request."""
    lang: str = _kept().get("lang", "en")
    return lang


def speak(lang: str) -> None:
    """Answer this request in a language that an account has chosen; "" leaves it to the browser."""
    if lang in LANGUAGES:
        g.lang = lang
        g.pop("wording", None)


def _languages() -> list[str]:
    try:
        return centre().languages
    except NoCentre:
        return list(LANGUAGES)


def _spoken(known: list[str], otherwise: str) -> str:
    """The one of these languages that the browser likes best; a browser set to "no" means Bokmål."""
    best = request.accept_languages.best_match([*known, "no"], otherwise)
    if best == "no":
        return "nb" if "nb" in known else otherwise
    return best or otherwise


def best_language() -> str:
    """The language of ours that the browser likes best."""
    return _spoken(list(LANGUAGES), "en")


def chosen() -> str:
    """Locale selector for Flask-Babel."""
    return LOCALES.get(language(), "en_GB")


def timezone() -> str:
    """Time zone selector for Flask-Babel: the centre's wall clock, whoever reads."""
    return centre().timezone


def init_app(app: Flask) -> None:
    """Take the language out of addresses and put it into them; send `/` to the best one."""
    app.url_value_preprocessor(_take_language)

    @app.url_defaults
    def put_language(endpoint: str, values: dict[str, Any]) -> None:
        if "lang" not in values and app.url_map.is_endpoint_expecting(endpoint, "lang"):
            values["lang"] = language()

    _to_best_language.access = "public"  # type: ignore[attr-defined]
    app.add_url_rule("/", "to_best_language", _to_best_language)
    _teach_templates(app)


def _take_language(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    if values is None:  # no such address: the error page speaks the language that it begins with
        first = request.path.split("/", 2)[1]
        g.lang = first if first in LANGUAGES and first in _languages() else best_language()
        return
    lang = values.pop("lang", None)
    if lang is not None:
        g.lang = lang
        if lang not in LANGUAGES or lang not in centre().languages:
            g.lang = "en"
            raise NotFound
    elif request.path.startswith("/staff"):
        g.lang = best_language()


def _to_best_language() -> ResponseReturnValue:
    known = [lang for lang in centre().languages if lang in LANGUAGES]
    return redirect(url_for("visitor.front", lang=_spoken(known, known[0])), 302)


def _teach_templates(app: Flask) -> None:
    """The words, filters and functions that every template has."""
    # Flask-Babel's own look the request up four times for each text, and a page has fifty.
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # of the extension that Flask-Babel adds
        gettext=lambda text: _catalogue().gettext(text),
        ngettext=lambda singular, plural, number: _catalogue().ngettext(singular, plural, number),
        pgettext=lambda context, text: _catalogue().pgettext(context, text),
        npgettext=lambda context, singular, plural, number: _catalogue().npgettext(context, singular, plural, number),
        newstyle=True,
    )
    app.jinja_env.filters.update({name: _in_wording(name) for name in IN_WORDING})
    # Only our own QR codes go through it: drawn from codes of letters and digits, with a title of ours.
    app.jinja_env.filters["safe_svg"] = Markup
    app.jinja_env.filters["starting"] = starting
    app.jinja_env.filters["milliseconds"] = clock.milliseconds
    app.jinja_env.globals.update(
        the_centre=centre,
        language=language,
        wording=wording,
        LANGUAGES=LANGUAGES,
        in_other_language=in_other_language,
        now=clock.now,
        weekday_names=weekday_names,
        weekdays_in=weekdays_in,
        request_id=origin.request_id,
        demo_mode=not settings_of(app).is_production,
        **WORDS,
    )


def _catalogue() -> NullTranslations:
    """The texts in the language in force: the reader's, or the recipient's while a letter is written."""
    locale = get_locale()
    return NullTranslations() if locale is None else _catalogue_of(str(locale))


@cache
def _catalogue_of(_locale: str) -> NullTranslations:
    texts: NullTranslations = get_translations()  # of the locale in force, which is this one
    return texts


def starting(text: str) -> str:
    """A day or a moment as the start of a line; within one, Norwegian and Latvian write it small."""
    return text[:1].upper() + text[1:]


def _in_wording(name: str) -> Callable[..., str]:
    def write(value: object, *more: object) -> str:
        written: str = getattr(wording(), name)(value, *more)
        return written

    return write


@dataclass(frozen=True, slots=True)
class Weekday:
    """A weekday's name, short for a column and in full for a listener."""

    short: str
    full: str


def weekday_names() -> list[Weekday]:
    """Monday to Sunday in the reader's language."""
    locale = wording().locale
    short, full = locale.days["stand-alone"]["short"], locale.days["stand-alone"]["wide"]
    return [Weekday(short[n], full[n]) for n in range(7)]


def weekdays_in(bits: int) -> str:
    """A set of weekdays in short: Mon–Fri, or Tue, Thu."""
    names, chosen = weekday_names(), [n for n in range(7) if bits >> n & 1]
    if len(chosen) > 2 and chosen == list(range(chosen[0], chosen[-1] + 1)):
        return f"{names[chosen[0]].short}–{names[chosen[-1]].short}"
    return ", ".join(names[n].short for n in chosen)


def in_other_language(lang: str) -> str:
    """This page's address in another language, with whatever it asks."""
    if request.endpoint is None or request.url_rule is None or "lang" not in request.url_rule.arguments:
        return url_for("visitor.front", lang=lang)
    # As text, never as keywords of url_for: it would take `_method` or `endpoint` of a query for its own.
    query = urlencode(list(request.args.items(multi=True))) if request.args else ""
    return bare_address(lang) + (f"?{query}" if query else "")


def bare_address(lang: str) -> str:
    """The address of this page in a language, without what it asks; the page has one for each language."""
    kept = request.environ
    if BEYOND_LANGUAGE not in kept:  # all that follows the language is the same in each
        values = {**(request.view_args or {}), "lang": "nb"}
        here = url_for(request.endpoint or "", **values).removeprefix(request.root_path)
        kept[BEYOND_LANGUAGE] = here.removeprefix("/nb")
    return f"{request.root_path}/{lang}{kept[BEYOND_LANGUAGE]}"


def wording() -> Wording:
    """How this request's language writes days, times and sums."""
    kept = _kept()
    if "wording" not in kept:
        kept["wording"] = Wording.of(language(), centre())
    made: Wording = kept["wording"]
    return made


def topics_in_words() -> dict[str, str]:
    """What the centre's newsletter is about, in the reader's language, by the topics' keys."""
    return {topic: wording().words(name) for topic, name in centre().newsletter_topics.items()}
