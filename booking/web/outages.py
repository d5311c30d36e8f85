"""When the database is away: a page that asks it nothing, in the reader's language, and says only what is certain."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from booking.centre.facts import CentreFacts
from booking.centre.wording import LOCALES
from booking.kernel import log, origin
from booking.kernel.database import give_up
from booking.kernel.server.outage import BUSY, Outage, outage_in, sign_of
from booking.web.languages import LANGUAGES, best_language, last_known_centre
from booking.web.metering import counts_of

AGAIN_AFTER = 15  # seconds, and half a minute for what does not pass by itself in a moment
AWAY_AGAIN_AFTER = 30
FOR_MACHINES = ("/api/", "/stripe/", "/vipps/", "/healthz", "/access-point/")


@dataclass(frozen=True, slots=True)
class OutagePage:
    """What is the matter, what is safe all the same, and what to do."""

    title: str
    text: str
    certain: list[str]
    sent: str  # what to do about a form that was sent; "" for who only looked
    again: str  # the address to try again, or ""
    centre: CentreFacts | None  # as this process last saw it


def init_app(app: Flask) -> None:
    """What Flask itself would print of an error quotes the address and what it was given: types and frames do."""

    def log_exception(exc_info: object) -> None:
        error = exc_info[1] if isinstance(exc_info, tuple) else None
        facts = log.cause(error) if isinstance(error, BaseException) else {"cause": "unknown"}
        log.write("error", **facts)

    app.log_exception = log_exception  # type: ignore[method-assign]


def answer_outage(error: BaseException) -> ResponseReturnValue | None:
    """The answer to an error that comes from the database being away; None for another error."""
    why = outage_in(error)
    if why is None:
        return None
    give_up()
    _write(why, error)
    seconds = AGAIN_AFTER if why in BUSY else AWAY_AGAIN_AFTER
    headers = {"Retry-After": str(seconds), "Cache-Control": "no-store"}
    if for_a_program():
        return {"error": "Service Unavailable", "request_id": origin.request_id()}, 503, headers
    g.lang = _language()
    with force_locale(LOCALES[g.lang]):
        return render_template("errors/outage.html", page=_page(why)), 503, headers


def for_a_program() -> bool:
    """Whether JSON is wanted: by its address, by what was sent, or since a script of ours asks and takes no page."""
    if request.path.startswith(FOR_MACHINES) or request.is_json:
        return True
    asked_by_script = request.headers.get("Sec-Fetch-Dest") == "empty"
    takes_page = "text/html" in request.headers.get("Accept", "")
    takes_json = "application/json" in request.headers.get("Accept", "")
    return not takes_page and (asked_by_script or takes_json)


def _write(why: Outage, error: BaseException) -> None:
    """One line a request, of a kind of its own: without frames, since there is nothing to mend in them."""
    rule = request.url_rule.rule if request.url_rule else None
    counts = counts_of(current_app)
    if counts is not None:
        counts.away.labels(why).inc()
    log.write("database.away", why=why, sign=sign_of(error), route=rule)


def _language() -> str:
    """Of the address, else of the browser: the account and the centre's languages are in the database."""
    first = request.path.split("/", 2)[1] if "/" in request.path else ""
    return first if first in LANGUAGES else g.get("lang") or best_language()


def _page(why: Outage) -> OutagePage:
    if why in BUSY:
        title, text = _("Very busy just now"), _("Somebody has what this page needs. Try again in a moment.")
    else:
        title = _("We cannot be reached just now")
        text = _("Our booking system is not answering. Try again in a minute.")
    looked = request.method in ("GET", "HEAD")
    return OutagePage(
        title=title,
        text=text,
        certain=_certain_for_staff() if request.path.startswith("/staff") else _certain_for_visitors(),
        sent=""
        if looked
        else _(
            "We cannot say whether what you just sent has arrived. Go back in your browser, where what you typed is "
            "still there, and look whether it went through before you send it again."
        ),
        again=request.full_path.removesuffix("?") if looked else "",
        centre=last_known_centre(),
    )


def _certain_for_visitors() -> list[str]:
    return [
        _("Bookings that are confirmed stay as they are, and your tickets are good."),
        _("Places in a basket are kept until the time that the page said."),
        _("If you have just paid, do not pay again: the tickets come by email, or the money goes back."),
    ]


def _certain_for_staff() -> list[str]:
    return [
        _("Whatever a page has confirmed is kept."),
        _("A scan page that was opened while all was well goes on by its own list."),
    ]
