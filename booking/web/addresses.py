"""Addresses by our own host, as they are and as people type them: a slash too many or too few leads to the page.

Werkzeug's own answer would be a permanent redirect by the host that the request names, which browsers keep for good;
also `/robots.txt`, taken for a language, would lead to a page that there is not.
"""

from __future__ import annotations

from functools import lru_cache
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from flask import Flask, abort, current_app, has_request_context, redirect, request, url_for
from flask.typing import ResponseReturnValue

from booking.settings import settings_of
from booking.web.languages import language
from booking.web.rules import LateRule


def init_app(app: Flask) -> None:
    """Before any address is known to the app."""
    app.url_rule_class = LateRule
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    app.jinja_env.globals["url_for"] = fixed_address
    settings = settings_of(app)
    scheme, own = settings.public_url.split("://", 1)
    own = _without_port(own, scheme)

    def to_our_host() -> ResponseReturnValue | None:
        """Nobody sees a form at an address that is not ours; machines come by whatever number they were given."""
        if request.blueprint == "machine" or _without_port(request.host, scheme) == own:
            return None
        if request.method not in ("GET", "HEAD"):
            abort(HTTPStatus.BAD_REQUEST)
        query = request.query_string.decode("latin-1")
        return redirect(settings.public_url + quote(request.path) + (f"?{query}" if query else ""), 302)

    if settings.one_host:
        app.before_request(to_our_host)
    app.before_request(_to_the_page)


def public_address(endpoint: str, **values: object) -> str:
    """The whole address of a page, for letters, papers and whatever is copied: by our public address alone.

    Whoever asked may have named any host in the request; it has no say in where others are sent.
    """
    return settings_of(current_app).public_url + url_for(endpoint, **values)  # type: ignore[arg-type]  # of any kind


def fixed_address(endpoint: str, **values: Any) -> str:  # noqa: ANN401  (of any kind)
    """What templates call `url_for`: an address that takes nothing but the language is built once for each.

    Building one costs as much as a line of a page, and each page's frame has a dozen.
    """
    if values or not has_request_context() or endpoint.startswith("."):
        return url_for(endpoint, **values)
    return _fixed_address(endpoint, language(), request.root_path)


@lru_cache(maxsize=2048)
def _fixed_address(endpoint: str, _lang: str, _root: str) -> str:
    return url_for(endpoint)


def _without_port(host: str, scheme: str) -> str:
    """A host as browsers name it: small letters, without the port that goes without saying."""
    return host.lower().removesuffix(":443" if scheme == "https" else ":80")


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
