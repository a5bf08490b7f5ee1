"""What a visitor of the page does, and what an accessibility checker says of it, on whichever page."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.e2e.system import ROOT

ADMIN, USER = "admin@example.org", "demo@example.org"  # the demo's people; System.password is that of both
logged_in: dict[tuple[str, str], list] = {}
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"


def log_in(page: Page, address: str, password: str) -> None:
    """By the form once, then by the cookies of that time: whoever fills it in too often has to wait."""
    who = address, password
    if who not in logged_in:
        page.goto("/login")
        enter(page, address, password)
        logged_in[who] = page.context.cookies()
    page.context.add_cookies(logged_in[who])


def enter(page: Page, address: str, password: str) -> None:
    """Fill in the log-in form that is shown."""
    page.get_by_label("E-mail address").fill(address)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Log in").click()
    expect(page).not_to_have_url(re.compile("/login"))


def complaints(page: Page) -> list[str]:
    """What axe finds by WCAG 2.2 AA and its best practices."""
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run(document)")["violations"]
    return [f"{one['id']}: {node['html'][:200]}" for one in found for node in one["nodes"]]
