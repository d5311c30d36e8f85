"""A value as it is kept for good: plain JSON that says everything, read back to the same value, with its SHA-256.

For frozen dataclasses of texts, numbers, days, decimals, our enums, and tuples of such.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from hashlib import sha256
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

K = TypeVar("K")


def as_kept(value: object) -> dict[str, Any]:
    """What the database keeps of a value."""
    kept = _plain(value)
    if not isinstance(kept, dict):
        raise TypeError("a value is kept by the names of its fields")
    return kept


def read_back(kind: type[K], kept: Mapping[str, Any]) -> K:
    """The value that was kept; the same as it was."""
    hashed: Any = kind
    value = _reader(hashed)(kept)
    if not isinstance(value, kind):
        raise TypeError(f"no {kind.__name__}")
    return value


def digest_of(kept: Mapping[str, Any]) -> str:
    """The SHA-256 of what is kept, whatever order a database gives its names back in."""
    return sha256(json.dumps(kept, sort_keys=True, ensure_ascii=True, separators=(",", ":")).encode()).hexdigest()


def _plain(value: Any) -> Any:  # noqa: ANN401  (of every type that a document is made of)
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


@cache
def _reader(kind: Any) -> Callable[[Any], Any]:  # noqa: ANN401
    """How a value of this type is read back. Found out once: to ask Python for the types takes longer than to read."""
    if get_origin(kind) is UnionType:
        (kind,) = (part for part in get_args(kind) if part is not type(None))
        read = _reader(kind)
        return lambda plain: None if plain is None else read(plain)
    if get_origin(kind) is tuple:
        read_part = _reader(get_args(kind)[0])
        return lambda plain: tuple([read_part(part) for part in plain])
    if isinstance(kind, type) and is_dataclass(kind):
        hints = get_type_hints(kind)
        parts = [(field.name, _reader(hints[field.name])) for field in fields(kind)]
        # One of before says less.
        return lambda plain: kind(**{name: read(plain[name]) for name, read in parts if name in plain})
    if kind is date:
        return date.fromisoformat
    return kind if kind is Decimal or issubclass(kind, StrEnum) else _as_it_is


def _as_it_is(plain: Any) -> Any:  # noqa: ANN401
    return plain
