"""What can be done on the page, by mouse and by keyboard; the API says whether it was done."""

import re

from playwright.sync_api import Locator, Page, expect
from tests.packets.scenario import eventually

from neutrino.stack.lab import Lab


def make(page: Page, what: str) -> Locator:
    """Open the form of something new."""
    page.locator("#new").click()
    page.locator("dialog .choices").get_by_role("button", name=re.compile(f"^{what}")).click()
    return page.locator("dialog form")


def done(page: Page, button: str = "Create") -> None:
    page.locator("dialog").get_by_role("button", name=button, exact=True).click()
    expect(page.locator("dialog")).to_have_count(0)


def delete_shown(page: Page) -> None:
    page.locator("#details .actions").get_by_role("button", name="Delete").click()
    done(page, "Delete")


def test_a_network_a_router_a_port_and_an_outside_address_come_and_go(page: Page, lab: Lab) -> None:
    title = page.locator("#detail-title")
    make(page, "Network").get_by_label("Name").fill("web")
    page.locator("dialog").get_by_label("Subnet").fill("10.9.0.0/24")
    done(page)
    expect(title).to_have_text("web")
    (network,) = lab.api.list("networks", name="web")
    (subnet,) = lab.api.list("subnets", network_id=network["id"])
    assert (subnet["cidr"], subnet["enable_dhcp"]) == ("10.9.0.0/24", True)

    make(page, "Router").get_by_label("Name").fill("edge")
    page.locator("dialog").get_by_label("First subnet").select_option(subnet["id"])
    done(page)
    expect(title).to_have_text("edge")
    (router,) = lab.api.list("routers", name="edge")
    (public,) = lab.api.list("networks", name="public")
    assert router["external_gateway_info"]["network_id"] == public["id"]
    assert [
        one["fixed_ips"][0]["subnet_id"]
        for one in lab.api.list("ports", device_id=router["id"], network_id=network["id"])
    ] == [subnet["id"]]

    make(page, "Port").get_by_label("Name").fill("www")
    page.locator("dialog").get_by_label("Network").select_option(network["id"])
    page.locator("dialog").get_by_label("Address").fill("10.9.0.80")
    done(page)
    expect(title).to_have_text("www")
    (port,) = lab.api.list("ports", name="www")
    assert port["fixed_ips"] == [{"subnet_id": subnet["id"], "ip_address": "10.9.0.80"}]

    page.locator("#details .actions").get_by_role("button", name="Floating IP").click()
    done(page)
    (floating,) = lab.api.list("floatingips", port_id=port["id"])
    expect(page.locator(f'[data-id="{port["id"]}"]')).to_contain_text(floating["floating_ip_address"])

    page.locator("#details").get_by_role("button", name=floating["floating_ip_address"]).click()
    delete_shown(page)
    page.locator(f'[data-id="{port["id"]}"]').click()
    expect(title).to_have_text("www")
    delete_shown(page)
    page.locator(f'[data-id="{router["id"]}"]').click()
    page.locator("#details").get_by_role("button", name="Disconnect").click()
    done(page, "Disconnect")
    expect(page.locator("#details").get_by_role("button", name="Disconnect")).to_have_count(0)
    delete_shown(page)
    page.locator(f'[data-id="{network["id"]}"]').click()
    delete_shown(page)
    expect(page.locator("#details")).to_be_hidden()
    for plural, found in (("networks", network), ("routers", router), ("ports", port), ("floatingips", floating)):
        assert lab.api.list(plural, id=found["id"]) == []


def test_what_the_api_refuses_is_said_in_its_words_and_leaves_nothing(page: Page, lab: Lab) -> None:
    make(page, "Network").get_by_label("Name").fill("crooked")
    page.locator("dialog").get_by_label("Subnet").fill("10.0.0.0/240")
    page.locator("dialog").get_by_role("button", name="Create").click()
    expect(page.locator("dialog .error")).to_contain_text("10.0.0.0/240")
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)
    assert lab.api.list("networks", name="crooked") == []


def test_details_go_down_to_the_rows_of_the_northbound_and_their_flows(page: Page, lab: Lab) -> None:
    (network,) = lab.api.list("networks", name="demo")
    port = lab.api.create("ports", "port", network_id=network["id"], name="rows")
    # The page asks once, when they are opened.
    assert eventually(lambda: port["mac_address"] in lab.exec("central", "ovn-sbctl", "lflow-list").stdout)
    page.locator(f'[data-id="{port["id"]}"]').click()
    page.locator("#details").get_by_text("Logical flows made from it").click()
    expect(page.locator("#details .flows pre")).to_contain_text(f"eth.dst == {port['mac_address']}")
    lab.api.delete("ports", port["id"])
    page.locator(f'[data-id="{network["id"]}"]').click()
    page.locator("#details").get_by_text("As OVN's Northbound has it").click()
    expect(page.locator("#details .rows pre")).to_contain_text(f"Logical_Switch {network['id']}")
    expect(page.locator("#details .rows pre")).to_contain_text(f"name: neutron-{network['id']}")


def test_all_of_it_by_keyboard(page: Page, lab: Lab) -> None:
    (network,) = lab.api.list("networks", name="demo")
    port = lab.api.create("ports", "port", network_id=network["id"], name="needle")
    shown = page.locator(f'[data-id="{port["id"]}"]')
    expect(shown).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type(port["mac_address"])
    expect(page.locator("#found")).to_have_text("1 match")
    expect(shown).to_have_class("port down chip match")
    page.keyboard.press("Enter")
    expect(page.locator("#detail-title")).to_have_text("needle")
    page.keyboard.press("Escape")  # leaves the search
    expect(page.locator(".match")).to_have_count(0)
    page.keyboard.press("Delete")
    expect(page.locator("dialog h2")).to_have_text("Delete port needle?")
    page.keyboard.press("Tab")  # Enter at once would be the way out
    page.keyboard.press("Enter")
    expect(shown).to_have_count(0)
    expect(page.locator("#details")).to_be_hidden()
    page.keyboard.press("ArrowDown")  # from nowhere: to the first
    first = page.evaluate("document.activeElement.dataset.id")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.dataset.id") not in (None, first)
    page.keyboard.press("?")
    expect(page.locator("dialog h2")).to_have_text("Keys")
