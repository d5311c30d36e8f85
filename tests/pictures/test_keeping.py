"""A row holds one picture with all its files; what was shown before goes with it, nobody's is overwritten unseen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update

from booking.catalogue.models import Activity
from booking.catalogue.pictures import of_activity
from booking.centre.facts import the_centre
from booking.centre.house import THE_HOUSE
from booking.kernel.database import db, unit_of_work
from booking.pictures.facts import Focus, PictureKind
from booking.pictures.keeping import (
    PictureChangedMeanwhile,
    PictureHolder,
    drop_picture,
    keep_picture,
    picture_file,
    picture_of,
    whole_picture,
)
from booking.pictures.making import MadeFile, MadePicture
from booking.pictures.models import PictureFile, WholePicture
from booking.records.models import AuditEntry
from booking.running.check import breaches
from tests.builders import a_centre, an_activity

ALT = {"nb": "To barn ved et tannhjul", "en": "Two children at a gear wheel"}


def made(pixels: bytes = b"one", focus: Focus | None = None) -> MadePicture:
    """Files as they come out of the cutting, without cutting any."""
    files = tuple(MadeFile(width, kind, pixels + bytes([width % 7])) for width in (480, 960) for kind in PictureKind)
    return MadePicture(pixels, focus or Focus(), files)


def keep(holder: PictureHolder, picture: MadePicture | None, credit: str = "", seen: str | None = None) -> None:
    """As the office's form does, by somebody who has seen what stands there."""
    there = picture_of(holder)
    with unit_of_work():
        keep_picture(
            holder, picture, ALT, credit, (there.stamp if there else "") if seen is None else seen, "account:1"
        )


def rows() -> tuple[int, int]:
    """How many pictures and how many files there are."""
    pictures, files = (
        db.session.scalar(select(func.count()).select_from(table)) for table in (WholePicture, PictureFile)
    )
    return int(pictures or 0), int(files or 0)


@pytest.fixture
def show(app: Flask) -> PictureHolder:
    a_centre()
    return of_activity(an_activity())


def test_a_picture_is_kept_with_its_files_and_named_by_its_pixels(show: PictureHolder) -> None:
    keep(show, made(), "Ola Foto")
    facts = picture_of(show)
    assert facts is not None
    assert (facts.widths, facts.alt, facts.credit, facts.focus) == ((480, 960), ALT, "Ola Foto", Focus())
    assert picture_file(facts.file(480, "avif")) == (made().files[0].content, "image/avif")
    assert picture_file(facts.file(960, "jpg")) == (made().files[3].content, "image/jpeg")
    assert picture_file(facts.file(1600, "jpg")) is None
    assert whole_picture(facts.mark) == b"one"
    assert rows() == (1, 4)
    assert breaches() == []


def test_another_picture_takes_the_place_of_the_first_under_other_addresses(show: PictureHolder) -> None:
    keep(show, made())
    first = picture_of(show)
    keep(show, made(b"two"))
    second = picture_of(show)
    keep(show, made(b"two", Focus(10, 90)))
    third = picture_of(show)
    assert first and second and third
    assert len({first.mark, second.mark, third.mark}) == 3
    assert picture_file(first.file(480, "jpg")) is None and picture_file(second.file(480, "jpg")) is None
    assert rows() == (1, 4)


def test_other_words_leave_the_files_where_they_are_and_the_same_file_twice_is_one(show: PictureHolder) -> None:
    keep(show, made())
    before = picture_of(show)
    keep(show, None, "Ola Foto")
    keep(show, made(), "Kari Foto")
    after = picture_of(show)
    assert before and after
    assert (after.mark, after.credit) == (before.mark, "Kari Foto")
    assert rows() == (1, 4)


def test_the_same_picture_of_two_things_goes_from_one_alone(show: PictureHolder) -> None:
    keep(show, made())
    keep(THE_HOUSE, made())
    house = the_centre().picture
    assert house is not None
    stamp = picture_of(show)
    with unit_of_work():
        drop_picture(show, stamp.stamp if stamp else "", "account:1")
    assert picture_of(show) is None
    assert picture_file(house.file(480, "avif")) is not None
    assert rows() == (1, 4)
    assert breaches() == []


def test_nobody_overwrites_or_removes_what_they_have_not_seen(show: PictureHolder) -> None:
    keep(show, made())
    with pytest.raises(PictureChangedMeanwhile):
        keep(show, made(b"two"), seen="")
    first = picture_of(show)
    keep(show, None, "Ola Foto")
    with pytest.raises(PictureChangedMeanwhile), unit_of_work():
        drop_picture(show, first.stamp if first else "", "account:1")
    there = picture_of(show)
    assert there is not None and there.credit == "Ola Foto"


def test_words_alone_make_no_picture(show: PictureHolder) -> None:
    with pytest.raises(PictureChangedMeanwhile):
        keep(show, None)
    assert rows() == (0, 0)


def test_the_log_tells_who_changed_it_and_keeps_no_photographers_name(show: PictureHolder) -> None:
    keep(show, made(), "Ola Foto")
    keep(show, made(), "Ola Foto")
    there = picture_of(show)
    with unit_of_work():
        drop_picture(show, there.stamp if there else "", "account:1")
    entries = db.session.execute(
        select(AuditEntry.action, AuditEntry.actor, AuditEntry.before, AuditEntry.after)
        .where(AuditEntry.subject == show.name)
        .order_by(AuditEntry.id)
    ).all()
    assert [(action, actor) for action, actor, *_facts in entries] == [
        ("picture.keep", "account:1"), ("picture.drop", "account:1"),
    ]  # fmt: skip
    assert "Ola" not in str(entries) and "gear wheel" in str(entries)


def lose_a_file() -> None:
    name = db.session.scalar(select(PictureFile.name).limit(1))
    db.session.execute(delete(PictureFile).where(PictureFile.name == name))


def forget_to_show() -> None:
    db.session.execute(update(Activity).values(picture=None))


@pytest.mark.parametrize(
    ("harm", "words"), [(lose_a_file, "has not all its files"), (forget_to_show, "is kept and not shown")]
)
def test_the_check_finds_a_picture_without_files_and_files_without_a_picture(
    show: PictureHolder, harm: Callable[[], None], words: str
) -> None:
    keep(show, made())
    with unit_of_work():
        harm()
    assert [breach for breach in breaches() if words in breach]
