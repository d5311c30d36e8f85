"""Stripe's form encoding: `line_items[0][quantity]=2` and its kind, as nested values."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

from tests.stripe_double.problems import Json


def decode(text: str) -> Json:
    """A query string or form body as nested dicts and lists; every leaf is text."""
    root: Json = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        *path, last = _steps(name)
        place = root
        for step in path:
            place = place.setdefault(step, {})
        place[last] = value
    return {name: _lists(value) for name, value in root.items()}


def _steps(name: str) -> list[str]:
    head, *rest = re.split(r"\[", name.replace("]", ""))
    return [head, *rest]


def _lists(value: object) -> object:
    """Dicts whose keys are 0, 1, 2, … are lists."""
    if not isinstance(value, dict):
        return value
    inner = {name: _lists(part) for name, part in value.items()}
    if inner and list(inner) == [str(number) for number in range(len(inner))]:
        return list(inner.values())
    return inner
