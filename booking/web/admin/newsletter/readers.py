"""Who reads the newsletter: how many, a list, one by address, and its end on somebody's wish."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import ValidationError

from booking.exports.newsletter import subscriber_states, subscribers_filters
from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.newsletter import consents, queries, subscribers
from booking.newsletter.consents import ConsentFacts
from booking.newsletter.models import ConsentPlace, SubscriberState
from booking.newsletter.queries import SubscriberFacts
from booking.web.admin.bookings.exports import export_list
from booking.web.blueprints import admin
from booking.web.forms.checked import checked_email, one_line
from booking.web.guards.access import staff, who
from booking.web.languages import LANGUAGES, topics_in_words
from booking.web.typed import identity, one_of


@dataclass(frozen=True, slots=True)
class ReadersPage:
    """Who is on the list, the newest first, of one state or of all."""

    readers: Sequence[SubscriberFacts]
    next_below: int | None
    state: SubscriberState | None
    states: Mapping[SubscriberState, str]
    counts: Mapping[SubscriberState, int]
    by_topic: Sequence[tuple[str, int]]
    by_language: Sequence[tuple[str, int]]
    topics: Mapping[str, str]
    email: str = ""
    errors: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class ReaderPage:
    """One reader, with what they were asked and when they said yes."""

    reader: SubscriberFacts
    standing: str
    consents: Sequence[ConsentFacts]
    places: Mapping[ConsentPlace, str]
    topics: Mapping[str, str]

    states: ClassVar = SubscriberState


@admin.get("/newsletter/readers")
@staff()
def newsletter_readers() -> str:
    """How many, and a list."""
    return _list()


@admin.post("/newsletter/readers")
@staff()
def find_newsletter_reader() -> ResponseReturnValue:
    """One by address: sent, so that it stands in no log and no history."""
    typed = one_line(request.form.get("email"))
    try:
        reader = queries.by_email(checked_email(typed))
    except ValidationError as error:
        return _list(typed[:254], {"email": str(error)}), 422
    if reader is None:
        return _list(typed, {"email": _("Nobody reads the newsletter under this address.")}), 404
    return redirect(url_for("admin.newsletter_reader", reader_id=reader.id), 303)


@admin.post("/newsletter/readers/export")
@staff()
def export_newsletter_readers() -> ResponseReturnValue:
    """The list as a file."""
    state = one_of(SubscriberState, request.form.get("state"))
    return export_list("subscribers", subscribers_filters(state))


@admin.get("/newsletter/readers/<int:reader_id>")
@staff()
def newsletter_reader(reader_id: int) -> str:
    """One of them."""
    reader = _known(reader_id)
    page = ReaderPage(
        reader=reader,
        standing=subscriber_states()[reader.state],
        consents=consents.of_subscriber(reader_id),
        places=_places(),
        topics=topics_in_words(),
    )
    return render_template("admin/news_reader.html", page=page)


@admin.post("/newsletter/readers/<int:reader_id>/leave")
@staff()
def take_off_newsletter_reader(reader_id: int) -> ResponseReturnValue:
    """Off the list, on their wish."""
    _known(reader_id)
    with unit_of_work():
        subscribers.take_off_by_staff(reader_id, clock.now(), who().actor)
    flash(_("Taken off the list."))
    return redirect(url_for("admin.newsletter_readers"), 303)


@admin.post("/newsletter/readers/<int:reader_id>/remove")
@staff()
def remove_newsletter_reader(reader_id: int) -> ResponseReturnValue:
    """All that is kept of them here, gone at once; that they are not to be written to stays."""
    _known(reader_id)
    with unit_of_work():
        subscribers.remove_by_staff(reader_id, clock.now(), who().actor)
    flash(_("Deleted. A code stays that the address cannot be read from, so that nothing is sent by mistake."))
    return redirect(url_for("admin.newsletter_readers"), 303)


def _known(reader_id: int) -> SubscriberFacts:
    reader = queries.by_id(reader_id) if reader_id < 10**18 else None
    if reader is None:
        abort(404)
    return reader


def _places() -> dict[ConsentPlace, str]:
    return {
        ConsentPlace.CHECKOUT: _("In the checkout"),
        ConsentPlace.FOOT: _("At the foot of a page"),
        ConsentPlace.PAGE: _("On the page of the newsletter"),
        ConsentPlace.OWN: _("On their own page"),
    }


def _list(email: str = "", errors: Mapping[str, str] | None = None) -> str:
    state = one_of(SubscriberState, request.args.get("state"))
    readers, next_below = queries.listed(state, identity(request.args.get("below")) or queries.MOST)
    topics, langs = queries.by_topic(), queries.by_language()
    page = ReadersPage(
        readers=readers,
        next_below=next_below,
        state=state,
        states=subscriber_states(),
        counts=queries.by_state(),
        by_topic=[(name, topics.get(topic, 0)) for topic, name in topics_in_words().items()],
        by_language=[(LANGUAGES.get(lang, lang), count) for lang, count in sorted(langs.items())],
        topics=topics_in_words(),
        email=email,
        errors=errors,
    )
    return render_template("admin/news_readers.html", page=page)
