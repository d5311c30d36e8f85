"""Pictures as the office brings them and visitors see them: described in each language, still, light, kept for good."""

from __future__ import annotations

import io
import re

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select

from booking.catalogue.models import Kind
from booking.catalogue.pictures import of_activity
from booking.centre.facts import CentreFacts, the_centre
from booking.kernel.database import db
from booking.pictures import making
from booking.pictures.facts import PictureFacts
from booking.pictures.keeping import picture_of
from booking.pictures.models import PictureFile
from booking.staff.models import Role
from tests.builders import a_centre, a_sale, a_slot, an_activity, tomorrow
from tests.pictures.photos import a_file, a_photo, is_red, opened
from tests.web.browsing import Visitor, statements, words
from tests.web.staffing import Colleague, a_colleague

PHOTO = a_file(a_photo(1000, 1000))
WORDS = {
    "alt-nb": "To barn ved et tannhjul", "alt-nn": "To barn ved eit tannhjul",
    "alt-en": "Two children at a gear wheel", "alt-lv": "Divi bērni pie zobrata",
    "credit": "Ola Foto", "across": "50", "down": "50",
}  # fmt: skip


@pytest.fixture
def boss(app: Flask) -> Colleague:
    a_centre()
    return a_colleague(app, Role.ADMIN)


@pytest.fixture
def show(boss: Colleague) -> int:
    return an_activity(Kind.PROGRAMME, title="Tannhjul")


def fresh() -> None:
    db.session.rollback()
    db.session.expire_all()


def bring(
    boss: Colleague, address: str, file: bytes | None = PHOTO, name: str = "photo.jpg", **changed: str
) -> tuple[int, str, str]:
    """Fill in the form as it stands and send it; status, what the page says, the page itself."""
    seen = re.search(r'name="seen" value="([^"]*)"', boss.get(address).get_data(as_text=True))
    values: dict[str, object] = {**WORDS, "seen": seen[1] if seen else "", **changed}
    if file is not None:
        values["file"] = (io.BytesIO(file), name)
    answer = boss.browser.post(address, values)  # type: ignore[arg-type]  # a file is no text
    fresh()
    return answer.status_code, words(answer), answer.get_data(as_text=True)


def of(activity_id: int) -> PictureFacts:
    facts = picture_of(of_activity(activity_id))
    assert facts is not None
    return facts


def test_a_picture_is_brought_shown_and_taken_away(boss: Colleague, show: int, visitor: Visitor) -> None:
    address = f"/staff/activities/{show}/picture"
    assert "There is no picture yet" in words(boss.get(address))
    assert bring(boss, address)[0] == 303
    page = boss.get(address).get_data(as_text=True)
    assert 'alt="Two children at a gear wheel"' in page and "Photo: Ola Foto" in page
    facts = of(show)
    assert facts.widths == (480, 960)
    assert boss.get(f"/staff/pictures/{facts.mark}").mimetype == "image/jpeg"
    file = visitor.get(f"/picture/{facts.file(480, 'avif')}")
    assert (file.status_code, file.mimetype) == (200, "image/avif")
    assert "Taken away" not in words(boss.get("/staff/log"))
    assert boss.post(f"{address}/remove", seen=facts.stamp).status_code == 303
    fresh()
    gone = visitor.get(f"/picture/{facts.file(480, 'avif')}")
    assert (gone.status_code, gone.headers["Cache-Control"]) == (404, "public, max-age=60")
    assert db.session.scalar(select(func.count()).select_from(PictureFile)) == 0
    log = words(boss.get("/staff/log"))
    assert "Picture changed" in log and "Picture taken away" in log and "Ola Foto" not in log


def test_the_words_are_wanted_in_every_language_and_what_was_typed_is_kept(boss: Colleague, show: int) -> None:
    address = f"/staff/activities/{show}/picture"
    status, says, page = bring(boss, address, PHOTO, **{"alt-nn": " ", "alt-lv": "", "down": "101"})
    assert status == 422
    assert "Say what is to be seen, in Nynorsk too." in says and "Say what is to be seen, in Latviešu too." in says
    assert "choose it once more: a page cannot keep a file" in says
    for kept in ("To barn ved et tannhjul", "Two children at a gear wheel", "Ola Foto", 'value="101"'):
        assert kept in page
    for name in ("alt-nn", "alt-lv", "down", "file"):
        assert f'id="{name}-error"' in page
    assert picture_of(of_activity(show)) is None
    long = bring(boss, address, PHOTO, **{"alt-nb": "x" * 251, "credit": "y" * 121})
    assert long[0] == 422 and long[1].count("At most") >= 2


@pytest.mark.parametrize(
    ("file", "says"),
    [
        (None, "Choose a file."),
        (b"", "The file is empty."),
        (b"Dear Kari,\n" * 99, "no picture that we can read"),
        (PHOTO[:5000], "The file is broken"),
        (a_file(a_photo(300, 200)), "It is too small"),
        (bytes(making.LARGEST + 1), "It is too large: at most 20 MB"),
    ],
    ids=["none", "empty", "a text", "half", "a stamp", "too large"],
)
def test_what_is_wrong_with_a_file_is_said_at_its_field(
    boss: Colleague, show: int, file: bytes | None, says: str
) -> None:
    status, told, page = bring(boss, f"/staff/activities/{show}/picture", file)
    assert status == 422
    assert says in told and 'id="file-error"' in page
    assert "To barn ved et tannhjul" in page


def test_fifty_megabytes_are_refused_unread(boss: Colleague, show: int) -> None:
    status, told, _page = bring(boss, f"/staff/activities/{show}/picture", bytes(50_000_000))
    assert status == 413
    assert "choose a smaller file" in told


def test_another_point_cuts_the_same_picture_anew_and_other_words_leave_it(boss: Colleague, show: int) -> None:
    address = f"/staff/activities/{show}/picture"
    tall = Image.new("RGB", (1000, 2400), "#336699")
    tall.paste("#dd2222", (0, 0, 1000, 700))
    bring(boss, address, a_file(tall), down="0")
    above = of(show)
    assert bring(boss, address, None, down="0", credit="Kari Foto")[0] == 303
    assert of(show).mark == above.mark and of(show).credit == "Kari Foto"
    assert bring(boss, address, None, down="100")[0] == 303
    below = of(show)
    assert below.mark != above.mark
    assert not is_red(opened(boss.browser.get(f"/picture/{below.file(480, 'jpg')}").data), 0.5, 0.5)


def test_somebody_elses_picture_is_not_overwritten_unseen(boss: Colleague, show: int) -> None:
    address = f"/staff/activities/{show}/picture"
    bring(boss, address)
    status, told, page = bring(boss, address, a_file(a_photo(600, 600)), seen="", credit="Kari Foto")
    assert status == 409
    assert "Somebody else has changed the picture meanwhile" in told and "Kari Foto" in page
    assert of(show).credit == "Ola Foto"
    assert boss.post(f"{address}/remove", seen="").status_code == 409
    assert of(show).credit == "Ola Foto"


def test_the_house_has_a_picture_of_its_own(boss: Colleague, visitor: Visitor) -> None:
    assert bring(boss, "/staff/settings/picture")[0] == 303
    house = the_centre().picture
    assert house is not None and house.alt["lv"] == WORDS["alt-lv"]
    assert "The picture on the front page" in words(boss.get("/staff/settings"))
    assert visitor.get(f"/picture/{house.file(960, 'jpg')}").status_code == 200


def test_a_browser_keeps_a_file_for_good_and_asks_for_nothing_twice(
    boss: Colleague, show: int, visitor: Visitor
) -> None:
    bring(boss, f"/staff/activities/{show}/picture")
    address = f"/picture/{of(show).file(480, 'jpg')}"
    file = visitor.get(address)
    assert file.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "default-src 'none'" in file.headers["Content-Security-Policy"]
    assert visitor.get(address, **{"If-None-Match": file.headers["ETag"]}).status_code == 304
    for odd in ("x", "../../etc/passwd", "0" * 16 + "-480.gif", "%00", "0" * 300):
        assert visitor.get(f"/picture/{odd}").status_code in (404, 308)


def test_a_page_says_how_large_a_picture_is_before_it_comes_and_offers_all_sizes(
    boss: Colleague, show: int, visitor: Visitor
) -> None:
    address = f"/staff/activities/{show}/picture"
    bring(boss, address, a_file(a_photo(1800, 1200)))
    page = boss.get("/staff/activities").get_data(as_text=True)
    picture = re.search(r"(?s)<picture.*?</picture>", page)
    assert picture is not None
    shown = picture[0]
    assert 'width="960" height="640"' in shown and 'loading="lazy"' in shown and "style=" not in shown
    mark = of(show).mark
    for kind in ("avif", "jpg"):
        wanted = ", ".join(f"/picture/{mark}-{width}.{kind} {width}w" for width in (480, 960, 1600))
        assert f'srcset="{wanted}"' in re.sub(r"\s+", " ", shown)


def test_no_activity_no_picture_page(boss: Colleague) -> None:
    for address in ("/staff/activities/99/picture", f"/staff/activities/{10**30}/picture", "/staff/pictures/nothing"):
        assert boss.get(address).status_code == 404
    assert boss.post("/staff/activities/99/picture").status_code == 404


def test_a_centre_without_one_has_none(boss: Colleague) -> None:
    facts: CentreFacts = the_centre()
    assert facts.picture is None


def test_pictures_cost_a_page_no_statement(boss: Colleague, visitor: Visitor) -> None:
    def cost(address: str) -> int:
        with statements() as seen:
            assert visitor.get(address).status_code == 200
        return len(seen)

    _, slot, _ = a_sale()
    add_on = an_activity(Kind.SHOW, title="Ild og is")
    a_slot(add_on, starts_at=tomorrow(13))
    pages = ("/nb/", "/nb/school", f"/nb/tickets?party=2&slot={slot}")
    before = [cost(address) for address in pages]
    bring(boss, "/staff/settings/picture")
    bring(boss, f"/staff/activities/{add_on}/picture")
    assert f"/picture/{of(add_on).mark}" in visitor.get(pages[2]).get_data(as_text=True)
    assert [cost(address) for address in pages] == before
    assert cost(f"/picture/{of(add_on).file(480, 'jpg')}") == 1
    assert cost("/motif/lyd") == 1
