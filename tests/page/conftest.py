"""The page of a real stack in a real browser; a page that complains on its console fails its test."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from neutrino.stack import browser as browsers
from neutrino.stack.lab import Lab

PATIENCE_MS = 20_000  # until a state that is waited for counts as not coming
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with Lab(tmp_path_factory.mktemp("v") / "s", hosts=2) as made:
        made.wait()
        network = made.api.create("networks", "network", name="demo")
        made.api.create("subnets", "subnet", network_id=network["id"], ip_version=4, cidr="10.0.0.0/24")
        made.public()
        yield made


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser; while there is one, its event loop runs, so it ends before the tests of others."""
    program = os.environ.get("NEUTRINO_BROWSER") or str(browsers.obtain())
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Open a page in a context of its own; in the end it must have had no fault, and no refusal of the policy."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def start(url: str, **options: Any) -> Page:
        context = chromium.new_context(**options)
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text) if _is_fault(message) else None)
        page.goto(url)
        return page

    yield start
    for context in contexts:
        context.close()
    assert faults == []


def _is_fault(message: Any) -> bool:
    # The browser itself notes answers that are refusals, and connections that break: both are provoked here.
    return message.type in ("error", "warning") and "Failed to load resource" not in message.text


@pytest.fixture
def page(lab: Lab, open_page: Callable[..., Page]) -> Page:
    opened = open_page(lab.endpoint)
    expect(opened.locator("#live")).to_have_text("live")
    expect(opened.locator("#networks .room", has_text="demo")).to_be_visible()
    return opened
