from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.e2e.system import ROOT, System, demo

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The running demo, one for all browser tests."""
    if not (ROOT / "frontend" / "dist" / "index.html").exists():
        pytest.fail("the page is not built: make page")
    folder = tmp_path_factory.mktemp("system") / "var"
    with demo(folder) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium where it is installed, else the one that Playwright brought.

    For one module: while Playwright runs, no other test of the process can run an event loop.
    """
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, system: System, tmp_path: Path) -> Iterator[Page]:
    """A fresh visitor at 1440 pixels; an error in the page's console fails the test."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, base_url=system.url)
    context.set_default_timeout(15_000)
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    yield page
    page.screenshot(path=str(tmp_path / "last.png"))
    context.close()
    assert not problems, problems
