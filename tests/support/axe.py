"""Ask axe about a page: WCAG 2.2 A and AA and its best practices; and whether it fits the screens that people have."""

from __future__ import annotations

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
# Only what is wrong comes back: carrying over all that is well takes longer than the looking.
LOOK = "options => axe.run(options).then(found => found.violations)"
PHONE = {"width": 360, "height": 740}
TABLET = {"width": 768, "height": 1024}
DESK = {"width": 1280, "height": 900}


def findings(page: Page) -> list[str]:
    """What axe finds on the page as it stands, a line for each place; empty is good."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE_SCRIPT)
    violations = page.evaluate(LOOK, RULES)
    return [
        f"{page.url} {violation['id']}: {node['html'][:160]}" for violation in violations for node in violation["nodes"]
    ]


def sticks_out(page: Page) -> bool:
    """Whether the page is wider than its screen; waits for the page that is just coming in its place.

    Not by `wait_for_function`: it looks once as the debugger, which may, and then as the page, whose policy forbids it.
    """
    page.wait_for_load_state()
    return bool(page.locator("html").evaluate("html => html.scrollWidth > html.clientWidth"))


def faults(page: Page) -> list[str]:
    """What is wrong on a phone in the dark and on a big screen by day, and what sticks out of these and of a tablet.

    The page is looked at as it stands, without loading it again; its screen is the same afterwards.
    """
    page.wait_for_load_state()
    before, lines = page.viewport_size, []
    for size, scheme in ((TABLET, None), (PHONE, "dark"), (DESK, "light")):
        page.set_viewport_size(size)  # type: ignore[arg-type]  # a width and a height
        if scheme:
            # no colour is measured on its way to another
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]  # one of the two
            lines += [f"{scheme}, {line}" for line in findings(page)]
        lines += [f"{page.url} sticks out at {size['width']}"] if sticks_out(page) else []
    if before and before != page.viewport_size:
        page.set_viewport_size(before)
    return lines
