"""Tables of texts, put together once for each language: a page of the log asks for a word hundreds of times."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, wraps
from typing import TypeVar

import flask_babel

T = TypeVar("T")


def once_a_language(table: Callable[[], Mapping[str, T]]) -> Callable[[], Mapping[str, T]]:
    """The table of the reader's language. What is in it may depend on nothing but that."""

    @cache
    def of(_lang: str) -> Mapping[str, T]:
        return table()

    @wraps(table)
    def read() -> Mapping[str, T]:
        return of(str(flask_babel.get_locale()))

    return read
