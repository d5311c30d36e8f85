"""The list of our pages for search engines (sitemaps.org): those that may be found, in every language."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from flask import Response, current_app, render_template, url_for

from booking.catalogue.queries import events_on_offer
from booking.centre.facts import the_centre
from booking.courses.offered import courses
from booking.outreach.read import offered as offered_outreach
from booking.programmes.offered import programmes
from booking.settings import settings_of
from booking.web.blueprints import machine
from booking.web.frame import FINDABLE
from booking.web.guards.access import public


class HasSlug(Protocol):
    """Something with a page of its own."""

    @property
    def slug(self) -> str:
        """Its name in addresses."""


NAMED: dict[str, Callable[[], Sequence[HasSlug]]] = {
    "visitor.event": events_on_offer,
    "teacher.programme": programmes,
    "teacher.course": courses,
    "teacher.outreach": offered_outreach,
}


@machine.get("/sitemap.xml")
@public
def sitemap() -> Response:
    """Each page in each language, and beside it the same page in the others; six statements."""
    languages = the_centre().languages
    public_url = settings_of(current_app._get_current_object()).public_url  # type: ignore[attr-defined]
    first = f"/{languages[0]}"
    pages = [
        {lang: f"{public_url}/{lang}{path.removeprefix(first)}" for lang in languages} for path in _paths(languages[0])
    ]
    return Response(render_template("sitemap.xml", pages=pages), mimetype="application/xml")


def _paths(lang: str) -> Iterator[str]:
    """The addresses of all these pages in one language; in another only the language differs."""
    for endpoint in FINDABLE:
        if endpoint not in NAMED:
            yield url_for(endpoint, lang=lang)
        else:
            yield from (url_for(endpoint, lang=lang, slug=row.slug) for row in NAMED[endpoint]())
