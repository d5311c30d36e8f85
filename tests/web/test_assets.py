"""Style sheets that are put together when the app starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from booking.web import assets


def test_two_processes_that_start_at_once_both_find_their_style_sheets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundles, replace = {"staff.css": "p {}"}, Path.replace

    def after_the_other(part: Path, file: Path) -> Path:
        monkeypatch.setattr(Path, "replace", replace)
        assets._write(tmp_path, bundles)
        return replace(part, file)

    monkeypatch.setattr(Path, "replace", after_the_other)
    assets._write(tmp_path, bundles)
    assert [file.read_text() for file in (tmp_path / "css").iterdir()] == ["p {}"]
