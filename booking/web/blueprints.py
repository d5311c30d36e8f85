"""The blueprints of the web: one for each kind of people, and one for machines. Their packages add the pages."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, g

visitor = Blueprint("visitor", __name__, url_prefix="/<lang>")
teacher = Blueprint("teacher", __name__, url_prefix="/<lang>")
payer = Blueprint("payer", __name__, url_prefix="/<lang>")
desk = Blueprint("desk", __name__, url_prefix="/staff/desk")
admin = Blueprint("admin", __name__, url_prefix="/staff")
staff = Blueprint("staff", __name__, url_prefix="/staff")
machine = Blueprint("machine", __name__)

LARGEST_ID = 2**63 - 1


@staff.url_value_preprocessor
def refuse_impossible_names(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """No row is called so, and not every database takes the question."""
    for name, value in (values or {}).items():
        if (isinstance(value, int) and value > LARGEST_ID) or (name == "public_id" and "\x00" in value):
            abort(404)


@admin.context_processor
@staff.context_processor
def who_is_here() -> dict[str, object]:
    """Who is signed in, for the frame around each page."""
    return {"present": g.get("present")}
