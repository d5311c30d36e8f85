"""Forgetting in batches that a test can fill."""

from __future__ import annotations

import pytest

from booking.kernel import forgetting


def forget_in_batches_of(many: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """So many at a time, by statements that are made each time: those made ready have the number in them."""
    monkeypatch.setattr(forgetting, "BATCH", many)
    monkeypatch.setattr(forgetting.Rows, "__call__", forgetting.Reckoned.__call__)
