"""Keep the file of a material: the row says what it is, its content stands beside it."""

from __future__ import annotations

from sqlalchemy import delete, insert

from booking.kernel.database import run
from booking.materials.checking import CheckedFile
from booking.materials.models import MaterialFile

MOST_OF_ONE = 20  # materials of a programme


def columns_of(file: CheckedFile) -> dict[str, object]:
    """What the row says of its file."""
    return {"kind": file.kind, "file_name": file.name, "size": len(file.content), "mark": file.mark}


def keep_file(material_id: int, file: CheckedFile) -> None:
    """Put the content in place of what was there; in the unit of work that writes `columns_of`."""
    run(delete(MaterialFile).where(MaterialFile.material_id == material_id))
    run(insert(MaterialFile).values(material_id=material_id, content=file.content))
