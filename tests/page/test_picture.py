"""What the page shows, and that it follows what is so."""

from collections.abc import Callable

import httpx
from playwright.sync_api import Locator, Page, expect
from tests.packets.scenario import eventually

from neutrino.stack.lab import Lab

MANY = 1000


def room(page: Page, name: str) -> Locator:
    return page.locator(".room", has=page.locator(".head .name", has_text=name))


def test_status_follows_what_ovn_says(page: Page, lab: Lab) -> None:
    (network,) = lab.api.list("networks", name="demo")
    count = 1 + sum(one["binding:host_id"] == "h1" for one in lab.api.list("ports"))  # other tests share the lab
    port = lab.port("seen", network["id"], "h1")
    shown = page.locator(f'[data-id="{port["id"]}"]')
    expect(shown).to_have_class("port down chip")
    lab.plug("seen", port)
    expect(shown).to_have_class("port up chip")
    expect(shown).to_contain_text(lab.address("seen"))
    expect(page.locator('[data-host="h1"]')).to_contain_text(f"{count} of {count} up")
    lab.api.update("ports", "port", port["id"], admin_state_up=False)
    expect(shown).to_have_class("port off chip")
    lab.delete_instance("seen")
    expect(shown).to_have_count(0)


def test_what_is_chosen_stays_marked_when_it_changes(page: Page, lab: Lab) -> None:
    (network,) = lab.api.list("networks", name="demo")
    port = lab.port("marked", network["id"], "h1")
    shown = page.locator(f'[data-id="{port["id"]}"]')
    shown.click()
    expect(shown).to_have_class("port down chip chosen")
    lab.api.update("ports", "port", port["id"], admin_state_up=False)
    expect(shown).to_have_class("port off chip chosen")
    page.keyboard.press("Escape")
    expect(shown).to_have_class("port off chip")
    lab.api.delete("ports", port["id"])


def test_networks_and_ports_come_in_the_order_of_their_names(page: Page, lab: Lab) -> None:
    networks = [lab.api.create("networks", "network", name=f"n{number}")["id"] for number in range(12)]
    ports = [lab.api.create("ports", "port", network_id=networks[0], name=name)["id"] for name in ("", "p10", "p9")]
    expect(room(page, "n0").locator(".port")).to_have_count(3)  # told last
    rooms = page.locator("#networks .room").evaluate_all("all => all.map((one) => one.dataset.room)")
    assert [one for one in rooms if one in networks] == networks
    shown = room(page, "n0").locator(".port").evaluate_all("all => all.map((one) => one.dataset.id)")
    assert shown == ports[::-1]
    for one in ports:
        lab.api.delete("ports", one)
    for one in networks:
        lab.api.delete("networks", one)


def test_the_page_comes_back_after_the_api(page: Page, lab: Lab) -> None:
    lab.restart("neutrino-api")
    made = lab.api.create("networks", "network", name="meanwhile")
    expect(room(page, "meanwhile")).to_be_visible()
    expect(page.locator("#live")).to_have_text("live")
    lab.api.delete("networks", made["id"])
    expect(room(page, "meanwhile")).to_have_count(0)


def test_names_are_text(page: Page, lab: Lab) -> None:
    name = '<img src=x onerror="alert(1)"><b>bold</b>'
    made = lab.api.create("networks", "network", name=name)
    expect(room(page, name)).to_be_visible()
    assert page.locator(".room img, .room b").count() == 0
    lab.api.delete("networks", made["id"])


def test_on_a_phone_nothing_is_wider_than_it(lab: Lab, open_page: Callable[..., Page]) -> None:
    page = open_page(lab.endpoint, viewport={"width": 375, "height": 700}, has_touch=True)
    room(page, "demo").locator(".head").tap()
    expect(page.locator("#details")).to_be_visible()
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 375
    assert page.evaluate("document.getElementById('picture').scrollWidth") <= 375


def test_light_and_dark(lab: Lab, open_page: Callable[..., Page]) -> None:
    grounds = {}
    for scheme in ("light", "dark"):
        page = open_page(lab.endpoint, color_scheme=scheme)
        grounds[scheme] = page.evaluate("getComputedStyle(document.body).backgroundColor")
        page.locator("#theme").click()
        grounds[f"{scheme}, turned"] = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert grounds["light"] != grounds["dark"]
    assert (grounds["light, turned"], grounds["dark, turned"]) == (grounds["dark"], grounds["light"])


def test_a_thousand_ports_are_drawn_and_a_change_touches_one(page: Page, lab: Lab) -> None:
    lab.api.update("quotas", "quota", "noauth", port=-1)
    network = lab.api.create("networks", "network", name="big")
    lab.api.create("subnets", "subnet", network_id=network["id"], ip_version=4, cidr="10.64.0.0/16")
    names = [f"vm-{number}" for number in range(MANY)]
    for first in range(0, MANY, 250):
        ports = [{"network_id": network["id"], "name": name} for name in names[first : first + 250]]
        answer = httpx.post(f"{lab.endpoint}/v2.0/ports", json={"ports": ports}, timeout=60, trust_env=False)
        assert answer.status_code == 201, answer.text
    dots = room(page, "big").locator(".ports .port")
    expect(dots).to_have_count(MANY)
    assert dots.first.bounding_box()["y"] > room(page, "demo").bounding_box()["y"]  # no line runs to others behind it
    page.evaluate(
        """() => { window.touched = new Set(); new MutationObserver((all) => { for (const one of all) {
            const port = one.target.closest?.(".port"); if (port) window.touched.add(port.dataset.id);
        } }).observe(document.getElementById("picture"), { subtree: true, childList: true, attributes: true }); }"""
    )
    (port,) = lab.api.list("ports", name="vm-500")
    lab.api.update("ports", "port", port["id"], admin_state_up=False)
    expect(page.locator(f'[data-id="{port["id"]}"]')).to_have_class("port off dot")
    assert page.evaluate("[...window.touched]") == [port["id"]]
    page.keyboard.press("/")
    page.keyboard.type("vm-77")
    expect(page.locator("#found")).to_have_text("11 matches")  # vm-77, vm-770 to vm-779
    page.set_viewport_size({"width": 375, "height": 700})
    page.keyboard.press("Enter")
    details, chosen = page.locator("#details"), page.locator("#picture .chosen")
    expect(details).to_be_visible()
    assert eventually(lambda: chosen.bounding_box()["y"] < details.bounding_box()["y"])  # not below them
