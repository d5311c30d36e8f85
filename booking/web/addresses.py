"""Addresses as they are and as people type them: with a slash too many or too few they lead to the page, for now.

Werkzeug's own answer would be a permanent redirect by the host that the request names, which browsers keep for good;
also `/robots.txt`, taken for a language, would lead to a page that there is not.
"""

from __future__ import annotations

from urllib.parse import quote

from flask import Flask, redirect, request
from flask.typing import ResponseReturnValue


def init_app(app: Flask) -> None:
    """Before any address is known to the app."""
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    app.before_request(_to_the_page)


def _to_the_page() -> ResponseReturnValue | None:
    """A redirect to the address as the page writes it; what is sent to another is taken as it is."""
    rule = request.url_rule
    if rule is None or request.method not in ("GET", "HEAD") or "<path:" in rule.rule:
        return None
    if rule.rule.endswith("/") == request.path.endswith("/"):
        return None
    # Without the host, so that nobody else's address is given back; one slash at the front is all that can be there.
    path = request.path.rstrip("/") + ("/" if rule.rule.endswith("/") else "")
    query = request.query_string.decode("latin-1")
    return redirect("/" + quote(path.lstrip("/")) + (f"?{query}" if query else ""), 302)
