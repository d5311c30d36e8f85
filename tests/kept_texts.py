"""Which columns of the schema hold text."""

from __future__ import annotations

from sqlalchemy import Enum, String, Text

from booking.kernel.database import Json, Model


def texts_of(table: str) -> list[str]:
    """The columns of a table that can hold what somebody typed."""
    columns = Model.metadata.tables[table].columns
    return [
        column.name
        for column in columns
        if isinstance(column.type, String | Text | Json) and not isinstance(column.type, Enum)
    ]
