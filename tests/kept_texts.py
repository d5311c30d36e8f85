"""Which columns of the schema hold text."""

from __future__ import annotations

from sqlalchemy import Enum, String, Text

from booking.kernel.database import Json, Model


def texts_of(table: str) -> list[str]:
    """The columns of a table that can hold what somebody typed."""
    columns = Model.metadata.tables[table].columns
    return [
        one.name for one in columns if isinstance(one.type, String | Text | Json) and not isinstance(one.type, Enum)
    ]
