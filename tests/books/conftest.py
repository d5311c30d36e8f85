"""Books are kept by the month: these tests begin on the tenth of one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.books.keeping import in_mid_month


@pytest.fixture(autouse=True)
def mid_month() -> Iterator[None]:
    with in_mid_month():
        yield
