"""Letters that came back: pasted as addresses or as a report, or brought as files of a mail program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.newsletter import returned
from booking.newsletter.returned import Returned, ReturnedCount
from booking.web.blueprints import admin
from booking.web.guards.access import staff, who

LARGEST = 5_000_000  # bytes of all files together
MOST_FILES = 200
LONGEST = 60_000  # characters that are pasted


@dataclass(frozen=True, slots=True)
class ReturnedPage:
    """The form, and what came of it."""

    text: str = ""
    errors: Mapping[str, str] | None = None
    outcome: ReturnedCount | None = None


@admin.get("/newsletter/returned")
@staff()
def newsletter_returned() -> str:
    """The form."""
    return render_template("admin/news_returned.html", page=ReturnedPage())


@admin.post("/newsletter/returned")
@staff(largest=LARGEST)
def take_newsletter_returned() -> ResponseReturnValue:
    """Read them, and take off the list whom letters cannot reach."""
    text = request.form.get("text", "")
    read = _read(text)
    errors = {}
    if len(text) > LONGEST:
        errors["text"] = _("At most %(most)s characters.", most=LONGEST)
    elif not read:
        errors["text"] = _(
            "No address was found in it. Paste addresses, or bring the letters of the mail server as files."
        )
    if errors:
        return render_template("admin/news_returned.html", page=ReturnedPage(text[:LONGEST], errors)), 422
    with unit_of_work():
        outcome = returned.note_returned(read, clock.now(), who().actor)
    return render_template("admin/news_returned.html", page=ReturnedPage(outcome=outcome))


def _read(text: str) -> list[Returned]:
    """By address, what the files and what was pasted say; a pasted report counts as one."""
    read: dict[str, Returned] = {}
    for file in request.files.getlist("files")[:MOST_FILES]:
        for each in returned.read_report(file.read(LARGEST)):
            read[each.email] = each
    pasted = text[:LONGEST]
    for each in returned.read_report(pasted.encode()) or returned.read_text(pasted):
        read.setdefault(each.email, each)
    return list(read.values())
