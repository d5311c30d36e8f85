"""Whether each picture and material that is shown has its files, and each picture that is kept is shown."""

from __future__ import annotations

from sqlalchemy import func, select

from booking.catalogue.models import Activity
from booking.centre.models import Centre
from booking.kernel.database import run
from booking.materials.models import Material, MaterialFile, MaterialKind
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
        *(f"material without its file: {material_id}" for (material_id,) in run(_WITHOUT_FILE)),
    ]


_WITHOUT_FILE = (
    select(Material.id)
    .outerjoin(MaterialFile, MaterialFile.material_id == Material.id)
    .where(Material.kind != MaterialKind.LINK, MaterialFile.material_id.is_(None))
    .order_by(Material.id)
)
_FILES = (
    select(WholePicture.mark, func.count(PictureFile.name))
    .outerjoin(PictureFile, PictureFile.mark == WholePicture.mark)
    .group_by(WholePicture.mark)
)
