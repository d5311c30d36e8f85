"""Pages for staff: signing in, one's account, the people, the log, how things stand, mails kept as files."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, g

from booking.staff.models import Role

staff = Blueprint("staff", __name__, url_prefix="/staff")

EVERYBODY = tuple(Role)
LARGEST_ID = 2**63 - 1


@staff.url_value_preprocessor
def refuse_impossible_names(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """No row is called so, and not every database takes the question."""
    for name, value in (values or {}).items():
        if (isinstance(value, int) and value > LARGEST_ID) or (name == "public_id" and "\x00" in value):
            abort(404)


@staff.context_processor
def who_is_here() -> dict[str, object]:
    """Who is signed in, for the frame around each page."""
    return {"present": g.get("present")}


from booking.web.staff import account, log, mail, passkey, people, refusals, removing, sign_in, start  # noqa: E402  (they join it)

__all__ = ["account", "log", "mail", "passkey", "people", "refusals", "removing", "sign_in", "staff", "start"]
