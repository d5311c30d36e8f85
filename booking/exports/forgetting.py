"""The end of files of long lists, and of what they were searched for: a day."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, Text, cast, select, update

from booking.exports.long_lists import KEPT, KIND
from booking.exports.models import ExportPart
from booking.exports.parts import older_than
from booking.kernel.database import db
from booking.kernel.forgetting import Forgetting, Keys, Remove, Rows
from booking.outbox.long_work import GOING_ON, LongWork


def _searched(before: datetime) -> Select[int]:
    about = cast(LongWork.about, Text)
    return select(LongWork.id).where(
        LongWork.begun_at < before,
        LongWork.kind.startswith(KIND, autoescape=True),
        LongWork.state.not_in(GOING_ON),
        about.contains('"filters":{"', autoescape=True),
    )


def _forget_search(keys: Keys) -> None:
    for work_id, about in db.session.execute(select(LongWork.id, LongWork.about).where(LongWork.id.in_(keys))):
        quiet = update(LongWork).where(LongWork.id == work_id).values(about={**about, "filters": {}})
        db.session.execute(quiet.execution_options(synchronize_session=False))


FILES = Forgetting("files of long lists", KEPT, Rows(older_than), Remove(ExportPart.id))
FORGETTINGS = (
    FILES,
    Forgetting("what such lists were searched for", KEPT, Rows(_searched), _forget_search),
)
