"""Whether each picture that is shown has its files, and each that is kept is shown."""

from __future__ import annotations

from sqlalchemy import func, select

from booking.catalogue.models import Activity
from booking.centre.models import Centre
from booking.kernel.database import run
from booking.newsletter.models import NewsBlock
from booking.pictures.facts import PictureFacts, PictureKind
from booking.pictures.models import PictureFile, WholePicture


def amiss() -> list[str]:
    """In words for an operator; a few statements, and none of them reads a picture."""
    shown: dict[str, PictureFacts] = {}
    for column in (Activity.picture, Centre.picture, NewsBlock.picture):
        shown |= {facts.mark: facts for (facts,) in run(select(column).where(column.is_not(None)))}
    files = {mark: count for mark, count in run(_FILES)}
    lost = [mark for mark, facts in shown.items() if files.get(mark, 0) != len(facts.widths) * len(PictureKind)]
    return [
        *(f"picture {mark} is shown and has not all its files" for mark in sorted(lost)),
        *(f"picture {mark} is kept and not shown" for mark in sorted(files.keys() - shown.keys())),
    ]


_FILES = (
    select(WholePicture.mark, func.count(PictureFile.name))
    .outerjoin(PictureFile, PictureFile.mark == WholePicture.mark)
    .group_by(WholePicture.mark)
)
