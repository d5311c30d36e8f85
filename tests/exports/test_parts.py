"""Parts of a file in the database, as a worker writes them that may be stopped at any moment."""

from __future__ import annotations

import io

from flask import Flask

from booking.exports import parts
from booking.kernel.database import unit_of_work
from booking.outbox import long_work


def test_a_step_that_is_done_again_writes_its_part_once(app: Flask) -> None:
    with unit_of_work():
        work_id = long_work.begin("export.bookings", {}, None)
    for number, content in ((0, b"one\n"), (1, b"half of t"), (1, b"two\n")):
        parts.put(work_id, number, content)
    assert list(parts.rows(work_id)) == [b"one\n", b"two\n"]


def test_a_file_that_is_put_away_again_takes_the_place_of_the_one_before(app: Flask) -> None:
    with unit_of_work():
        work_id = long_work.begin("export.bookings", {}, None)
    for content in (b"x" * (2 * parts.PIECE + 1), b"new"):
        parts.put_file(work_id, io.BytesIO(content))
    assert list(parts.file(work_id)) == [b"new"]
