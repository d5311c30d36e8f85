"""The camera at the door, in a browser: which code it reads, and how dim a screen may be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import ON_POSTGRESQL, ON_SQLITE
from tests.browser.desks import Party, a_party, admitted, answer, film, sign_in
from tests.support.chromium import FLAGS, find_chromium
from tests.support.house import House
from tests.support.one_day import new_context


@contextmanager
def a_camera_that_sees(film_of: Path, browser: Browser, house: House) -> Iterator[Page]:
    """A phone whose camera sees this film for ever."""
    fake = (
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film_of}",
    )
    started = browser.browser_type.launch(executable_path=find_chromium(), args=[*FLAGS, *fake])
    context = new_context(
        started, viewport={"width": 360, "height": 740}, base_url=house.url, locale="en-GB", permissions=["camera"]
    )
    yield context.new_page()
    started.close()


@pytest.fixture
def filming(browser: Browser, house: House, tmp_path: Path) -> Iterator[tuple[Page, Party]]:
    """A phone whose camera sees a party's ticket."""
    family = a_party(house, 2)
    with a_camera_that_sees(film(family.typed, tmp_path / "ticket.y4m"), browser, house) as page:
        yield page, family


@ON_SQLITE
def test_of_two_codes_on_a_hardly_lit_screen_the_one_in_the_middle_is_read(
    browser: Browser, house: House, tmp_path: Path
) -> None:
    family, other = a_party(house, 2), a_party(house, 3)
    seen = film(family.typed, tmp_path / "two.y4m", beside=other.typed, greys=(40, 52))
    with a_camera_that_sees(seen, browser, house) as page:
        sign_in(page, house)
        page.goto("/staff/desk/scan")
        page.get_by_role("button", name="Use the camera").click()
        answer(page, "welcome")
        expect(page.locator(".answer-count")).to_have_text("2 people")
    assert (admitted(house, family), admitted(house, other)) == (2, 0)


@ON_POSTGRESQL
def test_a_browser_that_reads_codes_takes_the_middle_one_and_looks_again_at_dim_ones(
    browser: Browser, house: House, tmp_path: Path
) -> None:
    family = a_party(house, 2)
    with a_camera_that_sees(film(family.typed, tmp_path / "dim.y4m", greys=(40, 52)), browser, house) as page:
        # A detector as browsers have it: it finds nothing while the greys are close together.
        page.add_init_script(
            f"""window.BarcodeDetector = class {{
                static async getSupportedFormats() {{ return ["qr_code"]; }}
                async detect(source) {{
                    if (source instanceof HTMLVideoElement) return [];
                    const {{ data }} = source.getContext("2d").getImageData(0, 0, source.width, source.height);
                    const grey = data.filter((_, n) => n % 4 === 0);
                    if (Math.max(...grey.slice(0, 9999)) - Math.min(...grey.slice(86000, 86999)) < 200) return [];
                    return [
                        {{ rawValue: "https://example.org/", boundingBox: {{ x: 0, y: 0, width: 90, height: 90 }} }},
                        {{ rawValue: "{family.typed}", boundingBox: {{ x: 190, y: 130, width: 90, height: 90 }} }},
                    ];
                }}
            }};"""
        )
        sign_in(page, house)
        page.goto("/staff/desk/scan")
        page.get_by_role("button", name="Use the camera").click()
        answer(page, "welcome")
    assert admitted(house, family) == 2


@ON_SQLITE
def test_the_camera_reads_a_ticket_and_lets_the_party_in_once(filming: tuple[Page, Party], house: House) -> None:
    page, family = filming
    sign_in(page, house)
    page.goto("/staff/desk/scan")
    page.get_by_role("button", name="Use the camera").click()
    answer(page, "welcome")
    expect(page.locator(".answer-count")).to_have_text("2 people")
    page.wait_for_timeout(1500)  # the code is still before the camera: it counts as shown once
    answer(page, "welcome")
    page.get_by_role("button", name="Stop the camera").click()
    expect(page.locator("[data-camera-box]")).to_be_hidden()
    assert admitted(house, family) == 2


@ON_POSTGRESQL
def test_a_browser_that_reads_codes_itself_sends_no_pictures(filming: tuple[Page, Party], house: House) -> None:
    page, family = filming
    page.add_init_script(
        f"""window.BarcodeDetector = class {{
            static async getSupportedFormats() {{ return ["qr_code"]; }}
            async detect() {{ return [{{ rawValue: "{family.typed}" }}]; }}
        }};"""
    )
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    sign_in(page, house)
    page.goto("/staff/desk/scan")
    page.get_by_role("button", name="Use the camera").click()
    answer(page, "welcome")
    assert admitted(house, family) == 2
    assert not [url for url in sent if "/desk/read" in url]
