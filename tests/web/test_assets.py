"""Style sheets that are put together when the app starts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

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
    assert [file.read_text() for file in (tmp_path / "css").glob("*.css")] == ["p {}"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_browser_gets_the_styles_compressed_and_those_of_another_version_plain(client: FlaskClient) -> None:
    page = client.get("/nb/tickets").get_data(as_text=True)
    address = re.search(r'href="(/static/[^"]+visitor\.css)"', page)
    assert address
    plain = client.get(address[1])
    assert "Content-Encoding" not in plain.headers
    for takes, form in (("gzip", "gzip"), ("br, gzip", "br")):
        sent = client.get(address[1], headers={"Accept-Encoding": takes})
        assert sent.headers["Content-Encoding"] == form
        assert len(sent.data) * 3 < len(plain.data)
        assert "Accept-Encoding" in sent.headers["Vary"]
    of_another = re.sub(r"/static/\w{12}/", "/static/000000000000/", address[1])
    other = client.get(of_another, headers={"Accept-Encoding": "br"})
    assert other.data == plain.data
