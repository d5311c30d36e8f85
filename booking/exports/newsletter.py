"""Who reads the newsletter, as a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import pgettext

from booking.newsletter import queries
from booking.newsletter.models import SubscriberState
from booking.sheets.sheet import Column, ColumnKind, Row


def subscriber_states() -> dict[SubscriberState, str]:
    """Where an address stands."""
    return {
        SubscriberState.ASKED: _("Not answered yet"),
        SubscriberState.CONFIRMED: _("On the list"),
        SubscriberState.LEFT: _("Has left"),
        SubscriberState.BOUNCED: _("Letters came back"),
    }


def subscribers_filters(state: SubscriberState | None) -> Mapping[str, Any]:
    """The filters of the list as they are kept with a piece of work."""
    return {"state": state.value if state else ""}


def subscriber_columns() -> Sequence[Column]:
    """What is said of each."""
    return [
        Column(_("Email")),
        Column(_("State")),
        Column(_("Language")),
        Column(pgettext("newsletter", "Topics")),
        Column(_("Asked"), ColumnKind.MOMENT),
        Column(_("Said yes"), ColumnKind.MOMENT),
        Column(_("Left, or letters came back"), ColumnKind.MOMENT),
    ]


def subscriber_rows(
    filters: Mapping[str, Any], after: int | None, most: int, _lang: str
) -> tuple[list[Row], int | None]:
    """A batch of them, the newest first."""
    state = SubscriberState(filters["state"]) if filters["state"] else None
    readers, below = queries.listed(state, after or queries.MOST, most)
    called = subscriber_states()
    rows: list[Row] = [
        (
            reader.email,
            called[reader.state],
            reader.lang,
            ", ".join(reader.topics),
            reader.asked_at,
            reader.confirmed_at,
            reader.ended_at,
        )
        for reader in readers
    ]
    return rows, below
