"""A few words of the demo centre's own in its letters; nynorsk still lacks them, as it may happen to anybody."""

from __future__ import annotations

from sqlalchemy import insert

from booking.kernel.database import run, unit_of_work
from booking.mail.models import MailText
from booking.mail.own_words import BENEATH

OPENING = {
    "nb": "Så fint at dere kommer! Bussen stopper rett utenfor døren, og garderoben har låsbare skap.",
    "en": "How good that you are coming! The bus stops right at our door, and the cloakroom has lockers.",
    "lv": "Prieks, ka nāksiet! Autobuss pietur tieši pie durvīm, un garderobē ir slēdzami skapīši.",
}
TO_WHO_COMES = {
    "nb": "Kafeen er åpen så lenge vi har åpent.",
    "nn": "Kafeen er open så lenge vi har ope.",
    "en": "The café is open as long as we are.",
    "lv": "Kafejnīca ir atvērta visu mūsu darba laiku.",
}


def write_own_words(languages: list[str]) -> None:
    """What stands in the letter with the tickets, and under all to those who are coming."""
    rows = [
        {"letter": "confirmation", "lang": lang, "opening": OPENING[lang], "closing": ""}
        for lang in languages
        if lang in OPENING
    ]
    rows += [
        {"letter": BENEATH, "lang": lang, "opening": "", "closing": TO_WHO_COMES[lang]}
        for lang in languages
        if lang in TO_WHO_COMES
    ]
    with unit_of_work():
        run(insert(MailText), rows)
