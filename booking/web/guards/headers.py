"""What every answer tells the browser about safety."""

from __future__ import annotations

from flask import Flask, Response, g, request

from booking.settings import Settings, settings_of

STRIPE_CHECKOUT = "https://checkout.stripe.com"

# Parts of an address, and of its query, that open something to whoever has them: a booking, a visit, a basket, a till.
SECRET_PARTS = frozenset({"secret", "key", "ref", "device"})
SECRET_QUESTIONS = frozenset({"move", "again", "wish"})
# The others say only what a page is about. A test holds every address against these three.
OPEN_PARTS = frozenset(
    {
        "lang", "slug", "name", "mark", "release_id", "activity_id", "entry_id", "issue_id", "material_id",
        "year", "number", "version", "pass_type", "serial",
    }
)  # fmt: skip


def init_app(app: Flask) -> None:
    """Set the headers on every answer; a view's own header counts before ours."""
    settings = settings_of(app)
    policy = _policy(settings)

    @app.after_request
    def set_headers(response: Response) -> Response:
        headers, secret = response.headers, has_secret()
        headers.setdefault("Content-Security-Policy", _with_nonce(policy))
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "no-referrer" if secret else "same-origin")
        headers.setdefault("Permissions-Policy", "camera=(self), microphone=(), geolocation=()")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Cache-Control", "no-store" if secret else "private, no-cache")
        if secret:
            headers.setdefault("X-Robots-Tag", "noindex, nofollow")
        if settings.is_secure:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        return response


def _policy(settings: Settings) -> str:
    """What a page may load and where its forms may lead."""
    pay_pages = STRIPE_CHECKOUT
    if settings.stripe is not None and not settings.stripe.api_base.startswith("https://api.stripe.com"):
        pay_pages = f"{STRIPE_CHECKOUT} {settings.stripe.api_base}"
    if settings.vipps is not None:
        pay_pages = f"{pay_pages} {settings.vipps.pay_pages}"
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            # A form that is answered by a redirect to the pay page is blocked unless that origin stands here.
            f"form-action 'self' {pay_pages}",
            "frame-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        )
    )


def _with_nonce(policy: str) -> str:
    """The policy, with the one style sheet that a view has marked: that of a letter in a frame on its page."""
    nonce = g.get("style_nonce")
    return policy.replace("style-src 'self'", f"style-src 'self' 'nonce-{nonce}'") if nonce else policy


def has_secret() -> bool:
    """Whether the address itself opens something, or the page is for staff: never kept, found or passed on."""
    if request.blueprint in ("staff", "desk", "admin") or g.get("private"):
        return True
    named = SECRET_PARTS & (request.view_args or {}).keys()
    return bool(named) or any(request.args.get(name) for name in SECRET_QUESTIONS)
