"""Hang what is painted, by the function that the office's form calls."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from booking.catalogue.models import Activity
from booking.catalogue.pictures import of_activity
from booking.demo.texts import in_four
from booking.kernel import log
from booking.kernel.database import Texts, db, unit_of_work
from booking.kernel.outside.apart import NothingCame, ProcessLimits, run_apart
from booking.pictures.facts import Focus
from booking.pictures.keeping import keep_picture
from booking.pictures.making import LARGEST, MadePicture, PictureRefused, make

PAINTING = Path(__file__).with_name("painting.py")
LIMITS = ProcessLimits(seconds=30, memory=4 << 30)  # what counts for the painter takes room for its threads
TAKES = 30  # seconds by the clock, of which painting needs a third of one


@dataclass(frozen=True, slots=True)
class DemoPicture:
    """What hangs at an activity, and what is to be seen on it."""

    slug: str
    painting: str
    alt: Texts


_BUBBLE = in_four(
    "Farger som bølger over huden på en såpeboble.",
    "Fargar som bølgjer over huda på ei såpeboble.",
    "Colours that swirl over the skin of a soap bubble.",
    "Krāsas, kas viļņo pa ziepju burbuļa plēvīti.",
)
_NIGHT = in_four(
    "Grønt nordlys og stjerner over mørke fjell.",
    "Grønt nordlys og stjerner over mørke fjell.",
    "Green northern lights and stars above dark mountains.",
    "Zaļa ziemeļblāzma un zvaigznes virs tumšiem kalniem.",
)
PICTURES = (
    DemoPicture(
        "lyd",
        "plate",
        in_four(
            "Sand på en blå metallplate har samlet seg i et mønster av stjerner og buer.",
            "Sand på ei blå metallplate har samla seg i eit mønster av stjerner og bogar.",
            "Sand on a blue metal plate has gathered in a pattern of stars and arcs.",
            "Smiltis uz zilas metāla plāksnes sakrājusies zvaigžņu un loku rakstā.",
        ),
    ),
    DemoPicture("bobler", "bubble", _BUBBLE),
    DemoPicture("molekulu-virtuve", "bubble", _BUBBLE),
    DemoPicture("stjernehimmelen", "night", _NIGHT),
    DemoPicture("stjernekveld", "night", _NIGHT),
)


def hang_pictures(languages: list[str]) -> None:
    """Give some of the activities that there are a picture; one that cannot be painted in time is done without."""
    ids = {slug: activity_id for activity_id, slug in db.session.execute(select(Activity.id, Activity.slug))}
    hung = [picture for picture in PICTURES if picture.slug in ids]
    db.session.rollback()  # painting takes its time
    paintings = {name: _painted(name) for name in sorted({picture.painting for picture in hung})}
    for picture in hung:
        made = paintings[picture.painting]
        if made is not None:
            alt = {lang: picture.alt[lang] for lang in languages}
            with unit_of_work():
                keep_picture(of_activity(ids[picture.slug]), made, alt, "", "", "command")


def _painted(name: str) -> MadePicture | None:
    """A painting with all that is cut from it."""
    try:
        painted = run_apart(PAINTING, b"", LIMITS, seconds=TAKES, largest=LARGEST, arguments=(name,))
        return make(painted, Focus())
    except (NothingCame, PictureRefused) as error:
        log.write("demo.unpainted", painting=name, cause=type(error).__name__)
        return None
