"""The page of a stack with Keystone."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from neutrino.stack.lab import Lab


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with Lab(tmp_path_factory.mktemp("l") / "s", hosts=1, auth="keystone") as made:
        made.wait()
        yield made


def test_people_log_in_see_what_is_theirs_and_log_out(closed: Lab, open_page: Callable[..., Page]) -> None:
    assert closed.identity is not None
    closed.api.create("networks", "network", name="of the administrator")
    shared = closed.api.create("networks", "network", name="for all", shared=True)
    page = open_page(closed.endpoint)
    form = page.locator("dialog")
    form.get_by_label("User").fill("demo")
    form.get_by_label("Project").fill("demo")
    form.get_by_label("Password").fill("not this")
    form.get_by_role("button", name="Log in").click()
    expect(form.locator(".error")).to_have_text("Keystone knows no such user, password and project.")
    password = closed.identity.passwords()["demo"]
    form.get_by_label("Password").fill(password)
    form.get_by_role("button", name="Log in").click()
    expect(page.locator("#live")).to_have_text("live")
    expect(page.locator(".room .head .name")).to_have_text(["for all"])
    expect(page.locator(".host")).to_have_count(0)
    page.locator(f'[data-id="{shared["id"]}"]').click()
    expect(page.locator("#detail-title")).to_have_text("for all")
    expect(page.locator("#details .rows")).to_have_count(0)  # the backend's rows are for administrators
    asked = """async (path) => (await fetch(path, { headers: {
        "X-Auth-Token": JSON.parse(sessionStorage.getItem("neutrino.session")).token } })).status"""
    for path in (f"/realised/networks/{shared['id']}", f"/realised/networks/{shared['id']}/flows"):
        assert page.evaluate(asked, path) == 403
    page.keyboard.press("Escape")
    page.keyboard.press("t")
    expect(page.locator("#said")).to_contain_text("No packet can be traced here")
    page.reload()
    expect(page.locator(".room .head .name")).to_have_text(["for all"])
    assert page.evaluate("JSON.stringify([{...localStorage}, document.cookie, location.href])") == (
        f'[{{}},"","{closed.endpoint}/"]'
    )
    page.locator("#leave").click()
    expect(form).to_be_visible()
    expect(page.locator(".room")).to_have_count(0)
    assert page.evaluate("sessionStorage.length") == 0
    log = closed.run / "log" / "neutrino-api.log"
    assert password not in log.read_text()


def test_the_administrator_sees_hosts_and_all_networks(closed: Lab, open_page: Callable[..., Page]) -> None:
    assert closed.identity is not None
    page = open_page(closed.endpoint)
    form = page.locator("dialog")
    for label, text in (("User", "admin"), ("Project", "admin"), ("Password", closed.identity.passwords()["admin"])):
        form.get_by_label(label).fill(text)
    page.keyboard.press("Enter")
    expect(page.locator('[data-host="h1"]')).to_be_visible()
    expect(page.locator(".room .head .name").filter(has_text="of the administrator")).to_be_visible()
    (network,) = closed.api.list("networks", name="of the administrator")
    closed.api.create("subnets", "subnet", network_id=network["id"], ip_version=4, cidr="10.4.0.0/24")
    port = closed.instance("traced", network["id"], "h1")
    page.locator(f'[data-id="{port["id"]}"]').click()
    page.get_by_role("button", name="Trace a packet").click()
    page.locator("dialog [name=address]").fill("10.4.0.77")
    page.locator("dialog").get_by_role("button", name="Trace").click()
    expect(page.locator("#trace-verdict")).to_contain_text("no port of network of the administrator has 10.4.0.77")
