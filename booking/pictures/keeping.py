"""Keep the picture of an activity or of the house, give its files out, and let it go: one row holds one picture."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, insert, select, update

from booking.kernel import clock
from booking.kernel.database import Model, Texts, db, run
from booking.kernel.prepared import ReadyStatement
from booking.kernel.refusals import Refusal
from booking.pictures.facts import MEDIA_TYPES, PictureFacts
from booking.pictures.making import MadePicture
from booking.pictures.models import PictureFile, WholePicture
from booking.records.audit import note

_NAME = re.compile(r"[0-9a-f]{16}-[0-9]{3,4}\.(avif|jpg)")
RECIPE = 1  # of the files: another number, and files made anew have other names

_FILE = ReadyStatement(select(PictureFile.content, PictureFile.kind).where(PictureFile.name == bindparam("name")))


class PictureChangedMeanwhile(Refusal):
    """Somebody else has changed or removed the picture since the form was shown."""


@dataclass(frozen=True, slots=True)
class PictureHolder:
    """A row whose column `picture` says what is shown of it; `name` is what the log calls it: "activity:5"."""

    table: type[Model]
    id: int

    @property
    def name(self) -> str:
        """As the log names it."""
        return f"{self.table.__tablename__}:{self.id}"


def keep_picture(
    holder: PictureHolder, made: MadePicture | None, alt: Texts, credit: str, seen: str, actor: str
) -> None:
    """Show this picture, or with None the same one with other words; call inside a unit of work.

    What was shown before is gone with it. `seen` is the stamp of the picture that the form was filled from.
    Raises PictureChangedMeanwhile.
    """
    before = _locked(holder, seen)
    if made is None:
        if before is None:
            raise PictureChangedMeanwhile
        after = before.described(alt, credit)
    else:
        after = PictureFacts(_mark(holder, made), made.widths, alt, credit, made.focus)
        if before is None or before.mark != after.mark:
            _write_files(after.mark, made)
    _show(holder, before, after, actor)


def drop_picture(holder: PictureHolder, seen: str, actor: str) -> None:
    """Go back to the drawn motif; call inside a unit of work. Raises PictureChangedMeanwhile."""
    before = _locked(holder, seen)
    if before is not None:
        _show(holder, before, None, actor)


def picture_of(holder: PictureHolder) -> PictureFacts | None:
    """The picture that is shown of it; one statement."""
    column, key = _columns(holder)
    return db.session.scalar(select(column).where(key == holder.id))


def whole_picture(mark: str) -> bytes | None:
    """A picture before it is cut; one statement."""
    return db.session.scalar(select(WholePicture.whole).where(WholePicture.mark == mark))


def picture_file(name: str) -> tuple[bytes, str] | None:
    """A file of a picture and its media type; one statement, and none for what cannot be a name."""
    row = _FILE.first({"name": name}) if _NAME.fullmatch(name) else None
    return (bytes(row[0]), row[1]) if row is not None else None


def _columns(holder: PictureHolder) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    columns = holder.table.__table__.columns
    return columns["picture"], columns["id"]


def _locked(holder: PictureHolder, seen: str) -> PictureFacts | None:
    column, key = _columns(holder)
    before: PictureFacts | None = run(select(column).where(key == holder.id).with_for_update()).scalar()
    if seen != (before.stamp if before is not None else ""):
        raise PictureChangedMeanwhile
    return before


def _mark(holder: PictureHolder, made: MadePicture) -> str:
    """The same pixels shown of two activities are two pictures, so that each may go by itself."""
    told = f"{RECIPE} {holder.name} {made.focus.across} {made.focus.down} ".encode()
    return hashlib.sha256(told + made.whole).hexdigest()[:16]


def _write_files(mark: str, made: MadePicture) -> None:
    run(insert(WholePicture).values(mark=mark, whole=made.whole, made_at=clock.now()))
    rows = [
        {
            "name": f"{mark}-{file.width}.{file.kind}",
            "mark": mark,
            "kind": MEDIA_TYPES[file.kind],
            "content": file.content,
        }
        for file in made.files
    ]
    run(insert(PictureFile), rows)


def _show(holder: PictureHolder, before: PictureFacts | None, after: PictureFacts | None, actor: str) -> None:
    column, key = _columns(holder)
    run(update(holder.table).where(key == holder.id).values({column: after}))
    if before is not None and (after is None or after.mark != before.mark):
        run(delete(WholePicture).where(WholePicture.mark == before.mark))
    if after is None:
        note(actor, "picture.drop", holder.name, _logged(before), None)
    elif before != after:
        note(actor, "picture.keep", holder.name, _logged(before), _logged(after))


def _logged(facts: PictureFacts | None) -> dict[str, object] | None:
    """Without whose picture it is: the log keeps no names."""
    return None if facts is None else {"picture": facts.mark, "alt": dict(facts.alt)}
