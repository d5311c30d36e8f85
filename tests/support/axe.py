"""Ask axe about a page: WCAG 2.2 A and AA and its best practices."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def findings(page: Page) -> list[str]:
    """What axe finds, a line for each place; empty is good."""
    violations = Axe().run(page, options=RULES).response["violations"]
    return [f"{page.url} {found['id']}: {node['html'][:160]}" for found in violations for node in found["nodes"]]
