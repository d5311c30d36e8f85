"""Pictures: what is made of a file, how heavy, and whose stands there."""

from __future__ import annotations

from tests.mutants.fault import Fault

CUTTING = "booking/pictures/cutting.py"
KEEPING = "booking/pictures/keeping.py"
MAKING = "tests/pictures/test_making.py"

FAULTS = (
    Fault(
        "photo-on-its-side",
        "a photo lies as the camera was held",
        CUTTING,
        "        flat.getexif()[ORIENTATION] = turn\n",
        "        flat.getexif()[ORIENTATION] = min(turn, 1)\n",
        f"{MAKING}::test_a_photo_stands_as_it_was_taken_however_the_camera_was_held[6]",
    ),
    Fault(
        "pixels-without-end",
        "a small file may be a picture of any size",
        CUTTING,
        "    if picture.width * picture.height > MOST_PIXELS:\n",
        "    if picture.width > MOST_PIXELS:\n",
        f"{MAKING}::test_what_cannot_be_shown_is_refused[more pixels than any camera]",
    ),
    Fault(
        "heavy-picture",
        "a phone loads whatever a picture weighs",
        CUTTING,
        "        if len(written) <= most:\n",
        "        if written:\n",
        f"{MAKING}::test_no_file_is_heavier_than_a_phone_should_load",
    ),
    Fault(
        "focus-forgotten",
        "every picture is cut in its middle",
        CUTTING,
        "whole * hundredths // 100 - part // 2",
        "whole // 2 - part // 2",
        f"{MAKING}::test_the_cut_keeps_the_focal_point_in_sight[0-0-True]",
    ),
    Fault(
        "picture-overwritten-unseen",
        "a picture takes the place of one that somebody has just brought",
        KEEPING,
        '    if seen != (before.stamp if before is not None else ""):\n',
        "    if seen is None:\n",
        "tests/pictures/test_keeping.py::test_nobody_overwrites_or_removes_what_they_have_not_seen[sqlite]",
    ),
    Fault(
        "picture-left-over",
        "a picture stays in the database when another takes its place",
        KEEPING,
        "    if before is not None and (after is None or after.mark != before.mark):\n",
        "    if before is not None and after is None:\n",
        "tests/pictures/test_keeping.py::"
        "test_another_picture_takes_the_place_of_the_first_under_other_addresses[sqlite]",
    ),
)
