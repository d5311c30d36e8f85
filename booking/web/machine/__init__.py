"""Addresses for machines: the payment provider's events, and whether we are well."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Response, abort, current_app, request, url_for
from flask.typing import ResponseReturnValue

from booking.centre import logo as logos
from booking.centre.colours import stylesheet
from booking.centre.facts import CentreFacts, the_centre
from booking.centre.partners import partner_logo
from booking.centre.scene import scene_stylesheet
from booking.door.lobby import on_today
from booking.kernel import clock, log
from booking.kernel.database import in_language
from booking.machines.last_runs import last_runs
from booking.payments import webhook
from booking.payments.provider import Rejected, Unreachable
from booking.payments.providers import tills
from booking.reports import health as reports
from booking.reports.health import Pulse
from booking.settings import settings_of
from booking.web.blueprints import machine
from booking.web.extensions import csrf
from booking.web.guards.access import public
from booking.web.guards.counting import counts_together
from booking.web.machine import (
    access_point,
    materials,
    metrics,
    pictures,
    share_picture,
    sitemap,
    standing,
    vipps,
    wallet,
)
from booking.web.machine.clocks import facts_of_clocks

__all__ = [
    "access_point", "machine", "materials", "metrics", "pictures", "share_picture", "sitemap", "standing", "vipps",
    "wallet",
]  # fmt: skip

SAID_FOR = timedelta(days=180)  # RFC 9116 wants less than a year
MADE_OF_THEM = "-scene"  # changes with what `centre_css` says, since browsers keep that for good
KEPT = "public, max-age=31536000, immutable"


@machine.post("/stripe/webhook")
@csrf.exempt
@public
def stripe_webhook() -> ResponseReturnValue:
    """An event of Stripe's. 400 unless it is signed; 503 asks Stripe to send it again later."""
    settings = tills.settings.stripe
    if settings is None:
        abort(404)
    from booking.payments.stripe_checkout import verify

    body = request.get_data(cache=False)
    try:
        verify(body, request.headers.get("Stripe-Signature", ""), settings.webhook_secret)
        event = webhook.read(body)
    except ValueError:
        abort(400)
    try:
        webhook.receive(event)
    except (Unreachable, Rejected) as error:
        log.write("webhook.later", event_id=event["id"], kind=event["type"], cause=type(error).__name__)
        return {"received": False}, 503
    return {"received": True}, 200


@machine.get("/api/v1/today")
@public
def today() -> ResponseReturnValue:
    """What is on today, with places left, for the centre's website. `lang` chooses the words; any site may read it."""
    facts, now = the_centre(), clock.now()
    lang = request.args.get("lang", "")
    lang = lang if lang in facts.languages else facts.languages[0]
    times = [
        {
            "starts_at": facts.local(slot.starts_at).isoformat(),
            "ends_at": facts.local(slot.ends_at).isoformat(),
            "kind": slot.kind,
            "title": in_language(slot.title, lang),
            "space": in_language(slot.space, lang),
            "free": slot.free,
            "standing": slot.standing,
        }
        for slot in on_today(facts, now)
    ]
    body = {"centre": facts.name, "now": facts.local(now).isoformat(), "lang": lang, "times": times}
    return body, 200, {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}


@machine.get("/.well-known/security.txt")
@public
def security_txt() -> Response:
    """Whom to tell of a hole (RFC 9116); 404 for a centre that has given no address."""
    facts, app = the_centre(), current_app._get_current_object()  # type: ignore[attr-defined]
    if not facts.email:
        abort(404)
    expires = (clock.now() + SAID_FOR).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        f"Contact: mailto:{facts.email}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        f"Preferred-Languages: {', '.join(facts.languages)}",
        f"Canonical: {settings_of(app).public_url}{request.path}",
    ]
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


@machine.get("/centre.css")
@public
def centre_css() -> Response:
    """The centre's own colours; the address carries them, so that browsers may keep it for good."""
    facts = the_centre()
    css = stylesheet(facts.brand, facts.accent) + scene_stylesheet(facts.brand, facts.accent)
    response = Response(css, mimetype="text/css")
    response.headers["Cache-Control"] = KEPT if request.args.get("v") == colours_of(facts) else "no-cache"
    return response


@machine.get("/logo/<name>")
@public
def logo(name: str) -> Response:
    """The logo of the centre or of a partner. Opened by itself it can do nothing and fetches nothing."""
    name = name[:40].replace("\x00", "")
    picture = logos.logo(name) or partner_logo(name)
    if picture is None:
        abort(404)
    content, kind = picture
    response = Response(content, mimetype=kind)
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response.headers["Cache-Control"] = KEPT
    return response


@machine.get("/robots.txt")
@public
def robots() -> Response:
    """What search engines may read (RFC 9309): the public pages. Those behind a secret link say noindex themselves."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    where = settings_of(app).public_url + url_for("machine.sitemap")
    return Response(f"User-agent: *\nDisallow: /staff/\nDisallow: /api/\n\nSitemap: {where}\n", mimetype="text/plain")


@machine.app_template_global()
def colours_of(facts: CentreFacts) -> str:
    """What the address of the colours carries: they, and which properties are made of them."""
    return f"{facts.brand}{facts.accent}".replace("#", "") + MADE_OF_THEM


@machine.get("/healthz")
@public
def health() -> ResponseReturnValue:
    """Whether database, worker and outbox are well; 503 when one is not.

    Also when people were last forgotten and the books last checked without anything amiss; null: never. A monitor
    compares these with its clock: they are no reason to take a server out of service.
    """
    if why := reports.why_silent():
        log.write("health.database", cause=why)
        return {"database": False}, 503
    pulse = reports.pulse(clock.now())
    facts = _facts_of(pulse) | facts_of_clocks(pulse.beats_now)
    return facts, 200 if pulse.has_worker and pulse.is_in_time else 503


def _facts_of(pulse: Pulse) -> dict[str, object]:
    check, purge = last_runs()
    keys = settings_of(current_app).apple_wallet
    return {
        "database": True,
        "worker": pulse.has_worker,
        "outbox": pulse.is_in_time,
        "waiting": pulse.waiting,
        "dead_letters": pulse.dead,
        "limits_together": counts_together(),
        "invoices_late": pulse.invoices_late,
        "passes_end": _iso(keys.ends_at if keys is not None else None),
        "last_good_purge": _iso(purge.good_at if purge else None),
        "last_good_check": _iso(check.good_at if check else None),
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
