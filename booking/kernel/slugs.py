"""Short names of rows for addresses and files, made from their titles."""

from __future__ import annotations

import re
import unicodedata

from sqlalchemy import select

from booking.kernel.database import Model, Texts, db

_LETTERS = str.maketrans({"æ": "ae", "ø": "o", "å": "a", "ß": "ss", "đ": "d", "ł": "l"})


def slug_of(title: str, most: int = 36) -> str:
    """ "Bygg en børstebot!" is bygg-en-borstebot."""
    plain = unicodedata.normalize("NFKD", title.lower().translate(_LETTERS)).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:most].strip("-") or "x"


def new_slug(table: type[Model], title: Texts) -> str:
    """One that no row of the table has; call inside a unit of work."""
    column = table.__table__.c.slug
    first = slug_of(next(iter(title.values()), ""))
    taken = set(db.session.scalars(select(column).where(column.startswith(first, autoescape=True))))
    number, slug = 2, first
    while slug in taken:
        number, slug = number + 1, f"{first}-{number}"
    return slug
