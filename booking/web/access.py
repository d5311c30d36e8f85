"""Who may open which address. Denied unless a view says otherwise; asked before every request."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from booking.staff.models import Role
from booking.staff.sessions import Present, present

P = ParamSpec("P")
R = TypeVar("R")

STAFF_COOKIE = "staff"
PUBLIC = "public"


def public(view: Callable[P, R]) -> Callable[P, R]:
    """Everybody may open this view."""
    view.access = PUBLIC  # type: ignore[attr-defined]  # read by _guard
    return view


def staff(*roles: Role) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Signed-in staff with one of these roles may open this view; administrators always may."""

    def mark(view: Callable[P, R]) -> Callable[P, R]:
        view.access = frozenset({Role.ADMIN, *roles})  # type: ignore[attr-defined]  # read by _guard
        return view

    return mark


def who() -> Present:
    """The staff member that this request comes from; only in views marked with `staff`."""
    present_now: Present = g.present
    return present_now


def staff_cookie_name() -> str:
    """Under https the browser itself holds the cookie to this host (`__Host-`)."""
    return f"__Host-{STAFF_COOKIE}" if current_app.config["SESSION_COOKIE_SECURE"] else STAFF_COOKIE


def init_app(app: Flask) -> None:
    """Ask before every request."""
    app.before_request(_guard)


def _guard() -> ResponseReturnValue | None:
    if request.endpoint is None or request.routing_exception is not None:
        return None  # no such address: Flask answers 404 or 405 itself
    view = current_app.view_functions[request.endpoint]
    allowed = getattr(view, "access", None)
    if allowed == PUBLIC or request.endpoint == "static":
        return None
    if allowed is None:
        abort(403)
    found = present(request.cookies.get(staff_cookie_name(), ""))
    if found is None:
        return _sign_in_first()
    if found.role not in allowed:
        abort(403)
    g.present = found
    return None


def _sign_in_first() -> Response:
    return redirect(url_for("staff.sign_in"), 303)
