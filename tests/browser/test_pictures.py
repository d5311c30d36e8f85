"""A picture from the photographer's file to a phone: pointed at, described, light, and nothing on the page moves."""

from __future__ import annotations

import gzip
import re

from playwright.sync_api import Page, Response, expect

from booking.staff.models import Role
from tests.browser.conftest import DESK, ON_SQLITE, PHONE, Opener
from tests.browser.desks import sign_in
from tests.pictures.photos import a_file, noise
from tests.support.axe import faults
from tests.support.house import House

pytestmark = ON_SQLITE

MOVED = """() => new Promise((resolve) => {
  let moved = 0;
  new PerformanceObserver((list) => list.getEntries().forEach((entry) => { moved += entry.value; }))
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => resolve(moved), 500);
})"""


def test_a_programme_gets_a_picture_and_a_phone_shows_it_light_and_still(open_page: Opener, house: House) -> None:
    page = open_page(viewport=DESK, locale="en-GB")
    sign_in(page, house, Role.ADMIN)
    page.goto("/staff/activities")
    unwell = faults(page)
    page.get_by_role("link", name="Picture of “The robot and the maze”").click()
    unwell += faults(page)
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#file-error")).to_contain_text("Choose a file.")
    expect(page.locator("#alt-lv-error")).to_contain_text("in Latviešu too")
    unwell += faults(page)
    bring(page)
    unwell += faults(page)
    assert unwell == []
    on_a_phone(open_page(viewport=PHONE, device_scale_factor=2))
    page.get_by_text("Take it away", exact=True).click()
    page.get_by_role("button", name="Yes, take it away").click()
    expect(page.get_by_text("There is no picture yet.")).to_be_visible()
    expect(page.locator("main img.motif")).to_have_js_property("complete", True)


def bring(page: Page) -> None:
    """Choose a file, press on what matters, say what is to be seen."""
    file = {"name": "robot.jpg", "mimeType": "image/jpeg", "buffer": a_file(noise(1700, 2000))}
    page.locator("#file").set_input_files(file)  # type: ignore[arg-type]  # a mapping will do
    canvas = page.locator(".focus-stage canvas")
    expect(canvas).to_be_visible()
    box = canvas.bounding_box()
    assert box is not None
    canvas.click(position={"x": box["width"] * 0.5, "y": box["height"] * 0.1})
    expect(page.locator("#across")).to_have_value("50")
    expect(page.locator("#down")).to_have_value("10")
    for lang in ("nb", "nn", "en", "lv"):
        page.locator(f"#alt-{lang}").fill(f"En robot i en labyrint ({lang})")
    page.locator("#credit").fill("Ola Foto")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("Saved.")
    expect(page.locator("figure img")).to_have_attribute("alt", "En robot i en labyrint (en)")
    expect(page.locator("figcaption")).to_have_text("Photo: Ola Foto")


def on_a_phone(page: Page) -> None:
    """What it weighs, and that nothing moves when it comes."""
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto("/nb/school/roboten")
    image = page.locator("main picture img")
    expect(image).to_have_attribute("alt", "En robot i en labyrint (nb)")
    image.scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    assert re.search(r"/picture/[0-9a-f]{16}-[0-9]+\.avif$", str(image.evaluate("node => node.currentSrc")))
    shown = image.evaluate("node => [node.naturalWidth, node.clientWidth, node.clientHeight]")
    assert shown[0] > 0 and abs(shown[1] / shown[2] - 1.5) < 0.02
    assert page.evaluate(MOVED) < 0.01
    pictures = [answer for answer in answers if "/picture/" in answer.url]
    others = [answer for answer in answers if "/picture/" not in answer.url]
    assert len(pictures) == 1
    assert sum(len(answer.body()) for answer in pictures) < 120_000
    assert sum(len(gzip.compress(answer.body())) for answer in others) < 60_000  # as the proxy sends them
    assert faults(page) == []
