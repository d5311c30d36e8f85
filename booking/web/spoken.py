"""Templates made ready once for each language: their own texts stand in them as they are written there.

Jinja looks up each text of a page each time it is shown, through four functions; the desk's pages have a hundred. Here
a template is compiled once for each language that somebody reads, and what it says by itself (`_("Total")`) is
translated then: it becomes a part of the page's fixed words. Texts whose number is known only later are looked up as
ever. tests/web/test_spoken.py holds this way against Jinja's own.
"""

from __future__ import annotations

from collections.abc import Callable

from babel.support import NullTranslations
from flask.templating import Environment
from flask_babel import get_locale, get_translations
from jinja2 import Template, nodes
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

SAID = {"_": "gettext", "gettext": "gettext", "pgettext": "pgettext"}  # what templates call them, and their functions


class Spoken(Environment):
    """The app's templates; those asked for while a language is in force are the ones made ready for it.

    A cache of what was compiled must tell languages apart, and see when their texts change.
    """

    locale = ""
    texts: NullTranslations | None = None
    in_language: dict[str, Spoken]

    def get_or_select_template(self, *args: object, **more: object) -> Template:
        """What Flask asks for; those that a template names stay in its language by themselves."""
        locale = get_locale()
        if self.texts is not None or locale is None:
            return super().get_or_select_template(*args, **more)  # type: ignore[arg-type]  # as they came
        return self._speaking(str(locale)).get_or_select_template(*args, **more)

    def _speaking(self, locale: str) -> Spoken:
        """The templates of the locale in force."""
        known = self.__dict__.setdefault("in_language", {})
        if locale not in known:
            spoken = self.overlay()
            spoken.locale, spoken.texts = locale, get_translations()
            known[locale] = spoken
        speaking: Spoken = known[locale]
        return speaking

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        """Jinja's hook for what is done with a template before it is compiled."""
        tree = super()._parse(source, name, filename)
        if self.texts is None:
            return tree
        is_html = self.autoescape(name) if callable(self.autoescape) else self.autoescape
        spoken: nodes.Template = _Speaker(self.texts, Markup if is_html else str).visit(tree)
        return spoken


class _Speaker(NodeTransformer):
    """Puts texts in the place of calls that look them up."""

    def __init__(self, texts: NullTranslations, kind: Callable[[str], str]) -> None:
        self.texts = texts
        self.kind = kind

    def visit_Call(self, call: nodes.Call, *args: object, **more: object) -> nodes.Node:  # noqa: N802  (Jinja's name)
        """A text that is all known, or one with places for words that come later."""
        self.generic_visit(call, *args, **more)
        name = SAID.get(call.node.name) if isinstance(call.node, nodes.Name) else None
        if name is None or not all(isinstance(words, nodes.Const) for words in call.args) or call.dyn_kwargs:
            return call
        text = self.kind(getattr(self.texts, name)(*(words.value for words in call.args)))  # type: ignore[attr-defined]
        if not call.kwargs:
            return nodes.Const(text % {}, lineno=call.lineno)
        words = [nodes.Pair(nodes.Const(word.key), word.value) for word in call.kwargs]
        return nodes.Mod(nodes.Const(text), nodes.Dict(words), lineno=call.lineno)
