"""How papers look: the centre's logo and a picture, described for who sees none, light, prepared once, no hindrance."""

from __future__ import annotations

import io
from dataclasses import replace

import pypdf
import pytest
from flask import Flask
from flask_babel import force_locale

from booking.bookings import queries
from booking.bookings.queries import BookingFacts
from booking.catalogue.pictures import of_activity
from booking.centre.colours import ENOUGH, contrast
from booking.centre.facts import CentreFacts, the_centre
from booking.centre.logo import keep_logo
from booking.centre.wording import Wording
from booking.documents import looks
from booking.documents.looks import PaperLook, look_of, plain_look, sight_of
from booking.documents.papers import ticket_paper
from booking.documents.pdf import ticket_pdf
from booking.kernel.codes import new_secret
from booking.kernel.database import unit_of_work
from booking.pictures.facts import Focus
from booking.pictures.keeping import keep_picture
from booking.pictures.logo_files import LogoRefused
from booking.pictures.making import make
from tests.builders import a_confirmed_booking, a_sale, a_slot, a_ticket_type, an_activity
from tests.documents.test_papers import codes_in, facts_of, says_it_is_accessible
from tests.mail.test_logo import PNG, SVG, UNDRAWABLE
from tests.pictures.photos import a_file, noise
from tests.web.browsing import statements

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

ALT = {"nb": "To barn ved et tannhjul", "en": "Two children at a gear wheel"}


def a_family(activity_id: int) -> BookingFacts:
    """Six people, so six single tickets beneath."""
    return facts_of(a_confirmed_booking(a_slot(activity_id), a_ticket_type(activity_id), 6).booking_id)


def hang(activity_id: int) -> None:
    """A picture that no encoder makes small."""
    picture = make(a_file(noise(1600, 1100)), Focus())
    with unit_of_work():
        keep_picture(of_activity(activity_id), picture, ALT, "", "", "account:1")


def printed(facts: BookingFacts, look: PaperLook) -> bytes:
    """The tickets in Bokmål."""
    with force_locale("nb"):
        write = Wording.of("nb", the_centre())
        return ticket_pdf(ticket_paper(facts, queries.tickets_of(facts.id), the_centre(), look, write))


def seen(facts: BookingFacts, centre: CentreFacts | None = None) -> PaperLook:
    """How the paper of a booking looks."""
    centre = centre or the_centre()
    return look_of(centre, sight_of(centre, facts.lines), Wording.of("nb", centre))


def described(pdf: bytes) -> list[str]:
    """What each picture is said to show, in the order of reading (ISO 14289-1, 7.3)."""
    told: list[str] = []

    def walk(node: object) -> None:
        node = node.get_object() if isinstance(node, pypdf.generic.IndirectObject) else node
        if isinstance(node, list):
            for kid in node:
                walk(kid)
        elif isinstance(node, dict):
            if node.get("/S") == "/Figure":
                told.append(str(node.get("/Alt")))
            walk(node.get("/K"))

    walk(pypdf.PdfReader(io.BytesIO(pdf)).root_object["/StructTreeRoot"])
    return told


def test_a_familys_ticket_with_a_heavy_picture_and_a_logo_is_light_accessible_and_read_aloud(app: Flask) -> None:
    a_sale()
    show = an_activity(title="Show")
    hang(show)
    with unit_of_work():
        keep_logo(SVG, "command")
    facts = a_family(show)
    pdf = printed(facts, seen(facts))
    assert len(pdf) < 120_000
    assert says_it_is_accessible(pdf)
    logo, picture, *codes = described(pdf)
    assert (logo, picture) == ("Prøvesenteret", "To barn ved et tannhjul")
    assert len(codes) == 7 and all(facts.reference in words for words in codes)
    assert len(codes_in(pdf)[0]) == 7


def test_without_a_picture_the_motif_adorns_and_is_not_read_aloud(app: Flask) -> None:
    a_sale()
    facts = a_family(an_activity())
    assert "<circle" in seen(facts).picture or "<path" in seen(facts).picture
    pdf = printed(facts, seen(facts))
    assert says_it_is_accessible(pdf)
    assert all(facts.reference in words for words in described(pdf))


def test_the_picture_of_a_show_is_seen_before_that_of_the_house_and_that_before_a_motif(app: Flask) -> None:
    a_sale()
    show = an_activity()
    bare = a_family(show)
    hang(show)
    with_picture = queries.by_id(bare.id)
    assert with_picture is not None
    own = with_picture.lines[0].picture
    assert own is not None
    house = replace(the_centre(), picture=own)
    motif, of_house, of_show = seen(bare), seen(bare, house), seen(with_picture)
    assert motif.picture != of_house.picture == of_show.picture
    assert (motif.alt, of_show.alt) == ("", "To barn ved et tannhjul")
    gone = replace(bare.lines[0], picture=replace(own, mark="0" * 16))
    assert sight_of(the_centre(), [gone]).motif  # changed just now: the paper goes out all the same


def test_logo_and_picture_are_prepared_once_and_not_for_each_paper(app: Flask) -> None:
    a_sale()
    show = an_activity()
    hang(show)
    with unit_of_work():
        keep_logo(SVG, "command")
    facts, centre = a_family(show), the_centre()
    first = seen(facts, centre)
    with statements() as reads:
        assert seen(facts, centre) == first
    assert reads == []


@pytest.mark.parametrize(("logo", "is_drawn"), [(SVG, True), (PNG, True), (UNDRAWABLE, False), (b"", False)])
def test_a_logo_of_either_kind_is_on_paper_and_what_cannot_be_drawn_is_the_centres_name(
    app: Flask, logo: bytes, is_drawn: bool
) -> None:
    a_sale()
    if logo:
        with unit_of_work():
            keep_logo(logo, "command")
    facts = a_family(an_activity())
    pdf = printed(facts, seen(facts))
    assert bool(seen(facts).logo) is is_drawn
    assert ("Prøvesenteret" in described(pdf)) is is_drawn
    assert ("Prøvesenteret" in pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text().splitlines()[0]) is not is_drawn


def test_a_picture_that_the_typesetter_refuses_keeps_nobody_out(app: Flask) -> None:
    a_sale()
    facts = a_family(an_activity())
    broken = replace(seen(facts), picture="<svg", logo="<svg")
    pdf = printed(replace(facts, reference=new_secret()[:8]), broken)
    assert says_it_is_accessible(pdf)
    assert len(codes_in(pdf)[0]) == 7


@pytest.mark.parametrize("brand", ["#0b4f6c", "#ffe600", "#ffffff", "#000000", "#7a7a7a", "#d9486e"])
def test_words_can_be_read_whatever_colour_a_centre_has(app: Flask, brand: str) -> None:
    look = plain_look(brand)
    assert contrast(look.on_brand, look.brand) >= ENOUGH
    assert contrast(look.heading, "#ffffff") >= ENOUGH
    assert contrast(look.heading, look.soft) >= ENOUGH
    assert contrast("#55626b", look.soft) >= ENOUGH  # labels, see shared.typ


def test_a_logo_that_acts_is_not_taken(app: Flask) -> None:
    a_sale()
    with pytest.raises(LogoRefused), unit_of_work():
        keep_logo(SVG.replace(b"<rect", b"<script>1</script><rect"), "command")
    assert looks.logo_of(the_centre()) == b""
