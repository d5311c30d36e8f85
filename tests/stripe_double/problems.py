"""How Stripe says no: a status and a JSON error that the SDK turns into the right exception."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


class Problem(Exception):
    """An answer that is an error, in Stripe's shape."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.body: Json = {"error": {"type": kind, "message": message, "code": code, "param": param}}


def missing(what: str, ref: str) -> Problem:
    """No such object."""
    return Problem(f"No such {what}: '{ref}'", status=404, code="resource_missing", param="id")
