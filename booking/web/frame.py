"""What the frame of a public page says of it: where in the menu one is, and whether and where others find it."""

from __future__ import annotations

from flask import Flask, request

from booking.centre.scene import scene_name
from booking.pictures.facts import PictureFacts, PictureKind
from booking.settings import settings_of
from booking.web.addresses import public_address
from booking.web.guards.headers import has_secret
from booking.web.languages import bare_address, centre

# Where in the menu one is, by the page; whatever is for teachers is "schools".
IN_MENU = {
    "tickets": ("tickets", "hold_tickets", "count_tickets", "wait", "checkout"),
    "whats_on": ("whats_on", "event"),
    "booking": ("find", "booking", "change", "cancel", "add"),
}
_PLACES = {f"visitor.{page}": place for place, pages in IN_MENU.items() for page in pages}

# What search engines may show and others link to: nothing but these, each in every language of the centre.
FINDABLE = (
    "visitor.front", "visitor.tickets", "visitor.whats_on", "visitor.event", "visitor.terms", "visitor.privacy",
    "visitor.accessibility", "teacher.catalogue", "teacher.programme", "teacher.course_list", "teacher.course",
    "teacher.outreach_list", "teacher.outreach",
)  # fmt: skip

# Where one looks around: there the foot asks about the newsletter. Not where one chooses, pays, changes or cancels.
LOOKING_AROUND = frozenset(FINDABLE) - {"visitor.tickets"}


def init_app(app: Flask) -> None:
    """Give templates what their frame asks."""
    public_url = settings_of(app).public_url

    def shared_address(lang: str) -> str:
        """The whole address of this page in a language, by our public address alone, without what it asks."""
        return public_url + bare_address(lang)

    app.jinja_env.globals.update(
        place_in_menu=place_in_menu,
        is_findable=is_findable,
        asks_for_news=asks_for_news,
        shared_address=shared_address,
        shared_picture=picture_to_share,
    )


def place_in_menu() -> str:
    """The part of the house that this page belongs to, "" for none."""
    return "schools" if request.blueprint == "teacher" else _PLACES.get(request.endpoint or "", "")


def picture_to_share(own: PictureFacts | None = None) -> str:
    """The whole address of the picture that stands beside a link: of what it is about, of the house, or the drawing."""
    facts = centre()
    if picture := own or facts.picture:
        return public_address("machine.picture", name=picture.file(max(picture.widths), PictureKind.JPEG))
    return public_address("machine.share_picture", name=scene_name(facts.brand, facts.accent))


def is_findable() -> bool:
    """Whether this page may be found and linked to by others: it was opened, nothing in it is one person's."""
    return request.method in ("GET", "HEAD") and request.endpoint in FINDABLE and not has_secret()


def asks_for_news() -> bool:
    """Whether the foot of this page asks about the newsletter."""
    return is_findable() and request.endpoint in LOOKING_AROUND
