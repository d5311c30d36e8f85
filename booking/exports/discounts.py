"""The codes of a campaign as a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from booking.discounts.lists import codes_after
from booking.sheets.sheet import Column, ColumnKind, Row


def codes_filters(campaign_id: int) -> Mapping[str, Any]:
    """The filters of the list as they are kept with a piece of work."""
    return {"campaign_id": campaign_id}


def code_columns() -> Sequence[Column]:
    """What is said of each."""
    return [Column(_("Code")), Column(_("Times used"), ColumnKind.NUMBER)]


def code_rows(filters: Mapping[str, Any], after: int | None, most: int, _lang: str) -> tuple[list[Row], int | None]:
    """A batch of them, the oldest first."""
    codes, below = codes_after(filters["campaign_id"], after or 0, most)
    rows: list[Row] = [(code.code, code.used) for code in codes]
    return rows, below
