"""What a class works with before and after its visit, in letters: the letter of its own, and the lists in others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask_babel import force_locale
from flask_babel import gettext as _
from markupsafe import Markup

from booking.agreements.rules import load_rules
from booking.bookings.queries import BookingFacts
from booking.centre.wording import LOCALES, Wording
from booking.kernel import clock
from booking.mail.letter import Letter
from booking.mail.letters.reminders import files_since
from booking.mail.own_words import paragraphs
from booking.mail.writing import Desk, compose
from booking.materials.read import ForTheClass, MaterialFacts
from booking.materials.words import what_it_is
from booking.outreach.class_work import around_visit
from booking.outreach.read import Away
from booking.visits.read import VisitFacts
from booking.visits.write import called


@dataclass(frozen=True, slots=True)
class MaterialTold:
    """A file or a link in a letter: title, what it is, full address, and its language where it is another."""

    title: str
    what: str
    address: str
    lang: str


@dataclass(frozen=True, slots=True)
class ProgrammeTold:
    """One programme with what there is to do, to bring and to work with."""

    title: str
    text: str
    brings: str
    materials: Sequence[MaterialTold]

    @property
    def text_html(self) -> Markup:
        """What to do, with its lines, as HTML."""
        return _in_lines(self.text)

    @property
    def brings_html(self) -> Markup:
        """What to bring, with its lines, as HTML."""
        return _in_lines(self.brings)


def before_told(parts: Iterable[ForTheClass], desk: Desk, write: Wording) -> list[ProgrammeTold]:
    """The programmes for which there is anything to do, to bring or to work with before."""
    return [
        ProgrammeTold(
            write.words(part.title),
            write.words(part.before),
            write.words(part.brings),
            _told(part.materials_before, desk, write),
        )
        for part in parts
        if part.has_before
    ]


def after_told(parts: Iterable[ForTheClass], desk: Desk, write: Wording) -> list[ProgrammeTold]:
    """The programmes that there are files and links for to go on with."""
    return [
        ProgrammeTold(write.words(part.title), write.words(part.after), "", _told(part.materials_after, desk, write))
        for part in parts
        if part.materials_after
    ]


def brings_files(occasion: str, visit: VisitFacts, desk: Desk) -> bool:
    """The reminder, where they have no letter of their own; a change after that letter, which told the former plan."""
    if occasion not in ("reminder", "change"):
        return False
    days = load_rules().material_days
    if occasion == "reminder":
        return days is None
    return files_since(visit.arrives_at, days, desk.centre) <= clock.now() < visit.arrives_at


def without_materials(programmes: Iterable[ProgrammeTold]) -> list[ProgrammeTold]:
    """The same in a letter that comes at another time than the files and links do."""
    return [ProgrammeTold(told.title, told.text, told.brings, ()) for told in programmes if told.text or told.brings]


def preparing_letter(desk: Desk, facts: BookingFacts, visit: VisitFacts, away: Away | None) -> Letter | None:
    """Files and links for before, in the teacher's language; none where they have been taken away since.

    `away` where we come to the school.
    """
    parts = around_visit(visit)
    if not any(part.materials_before for part in parts):
        return None
    with force_locale(LOCALES[facts.lang]):
        write = Wording.of(facts.lang, desk.centre)
        return compose(
            desk,
            facts.email,
            _("Before your visit to %(centre)s: for the class", centre=desk.centre.name)
            if away is None
            else _("Before we come to you: for the class"),
            "visit_before",
            write,
            facts=facts,
            visit=visit,
            away=away,
            who=called(visit.school.name, [timetable.group for timetable in visit.timetables]),
            programmes=before_told(parts, desk, write),
            address=desk.link(facts.lang, f"{'visit' if away is None else 'outreach'}/{facts.secret}"),
        )


def _in_lines(words: str) -> Markup:
    """Typed words as HTML that stands within a paragraph."""
    return Markup("<br><br>").join(paragraphs(words))


def _told(materials: Iterable[MaterialFacts], desk: Desk, write: Wording) -> list[MaterialTold]:
    return [
        MaterialTold(
            write.words(material.title),
            what_it_is(material, write),
            material.address(desk.settings.public_url),
            "" if material.lang in ("", write.lang) else str(write.locale.languages.get(material.lang, "")),
        )
        for material in materials
    ]
