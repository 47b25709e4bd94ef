"""A packet followed on the page: asked for by mouse and by keyboard, told hop by hop, drawn along the picture."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect
from tests.packets.scenario import eventually

from neutrino.stack.lab import Lab


@pytest.fixture(scope="module")
def ends(lab: Lab) -> dict[str, str]:
    """Two instances that a router connects, by name: ``guarded`` lets nothing in."""
    (demo,) = lab.api.list("networks", name="demo")
    (subnet,) = lab.api.list("subnets", network_id=demo["id"])
    other = lab.api.create("networks", "network", name="other")
    further = lab.api.create("subnets", "subnet", network_id=other["id"], ip_version=4, cidr="10.3.0.0/24")
    router = lab.api.create("routers", "router", name="between")
    for one in (subnet, further):
        lab.api.act("routers", router["id"], "add_router_interface", subnet_id=one["id"])
    group = lab.api.create("security-groups", "security_group", name="closed")
    sender = lab.instance("sender", demo["id"], "h1")
    guarded = lab.instance("guarded", other["id"], "h2", security_groups=[group["id"]])
    made = {"sender": sender["id"], "guarded": guarded["id"], "router": router["id"], "other": other["id"]}

    def is_told_everywhere() -> bool:
        """Say whether the sender's host, too, knows the way to the other."""
        found = traced(lab, made, "icmp")
        is_dropped = found["verdict"]["rule"] == "port_group neutron_pg_drop"
        return is_dropped and any(hop["tunnel_to"] for hop in found["hops"])

    assert eventually(is_told_everywhere)
    return made


def traced(lab: Lab, ends: dict[str, str], packet: str) -> dict[str, Any]:
    """Return what is found of a packet between the two, as the page asks for it."""
    asked = {"source": ends["sender"], "target": ends["guarded"], "packet": packet}
    answer = httpx.post(f"{lab.endpoint}/trace", json=asked, timeout=60, trust_env=False)
    return dict(answer.raise_for_status().json())


def ask(page: Page, source: str, target: str, protocol: str = "icmp", port: str = "") -> None:
    page.locator(f'[data-id="{source}"]').click()
    page.get_by_role("button", name="Trace a packet").click()
    page.locator("dialog [name=target]").select_option(target)
    page.locator("dialog [name=protocol]").select_option(protocol)
    page.locator("dialog [name=port]").fill(port)
    page.locator("dialog").get_by_role("button", name="Trace").click()


def test_a_dropped_packet_is_told_and_drawn_to_where_it_ends(page: Page, lab: Lab, ends: dict[str, str]) -> None:
    ask(page, ends["sender"], ends["guarded"], "tcp", "80")
    expect(page.locator("#trace-verdict")).to_have_text(
        "tcp/80 from sender to guarded is dropped at guarded: no ingress rule of its security groups (closed) lets"
        f" tcp/80 in from {lab.address('sender')}."
    )
    places = page.locator("#trace ol.hops > li > .place")
    expect(places).to_have_text(
        ["port sender", "network demo", "router between", "network other", "switch of h1", "real packet "]
    )
    assert page.locator("#trace .hops > li > .flows > li.end .then").all_text_contents() == ["→ drop"]
    assert page.locator("#trace .flows summary").first.text_content() == "OpenFlow table 16"  # of ls_in_acl_eval
    assert page.locator("#way text").all_text_contents() == ["1", "2", "3", "4", "✕"]
    expect(page.locator("#wires .tunnel.used")).to_have_count(1)
    crossed = page.evaluate(
        """() => { const mark = document.querySelector("#way circle.end").getBoundingClientRect();
            const [x, y] = [mark.left + mark.width / 2, mark.top + mark.height / 2];
            return [...document.querySelectorAll("[data-of=ports]")].filter((one) => {
                const at = one.getBoundingClientRect();
                return at.left - 1 <= x && x <= at.right && at.top - 1 <= y && y <= at.bottom;
            }).map((one) => one.dataset.id); }"""
    )
    assert crossed == [ends["guarded"]]
    # A hop leads to its details, and from there back to the trace.
    page.locator("#trace").get_by_role("button", name="between").click()
    expect(page.locator("#detail-title")).to_have_text("between")
    expect(page.locator("#trace")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.locator("#trace")).to_be_visible()
    # What it asks for again is what is so now.
    (group,) = lab.api.list("security-groups", name="closed")
    rule = lab.api.create(
        "security-group-rules",
        "security_group_rule",
        security_group_id=group["id"],
        direction="ingress",
        protocol="tcp",
    )
    assert eventually(lambda: "arrives at guarded on h2" in traced(lab, ends, "tcp/80")["verdict"]["sentence"])
    page.get_by_role("button", name="Again").click()
    expect(page.locator("#trace-verdict")).to_contain_text(
        f"arrives at guarded on h2, let in by security group rule {rule['id']}"
    )
    expect(page.locator("#way circle.arrival")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("#trace")).to_be_hidden()
    expect(page.locator("#way text")).to_have_count(0)


def test_by_keyboard_and_what_cannot_be_followed_is_said(page: Page, ends: dict[str, str]) -> None:
    page.keyboard.press("t")
    page.locator("dialog [name=source]").focus()
    page.keyboard.type("sender")
    page.keyboard.press("Tab")
    page.keyboard.type("guarded")
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.type("tcp")
    page.keyboard.press("Tab")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("70000")
    page.keyboard.press("Enter")
    expect(page.locator("dialog .error")).to_have_text("tcp/70000 is no packet: write tcp/80, udp/53 or icmp")
    page.locator("dialog [name=port]").focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("443")
    page.keyboard.press("Enter")
    expect(page.locator("#trace-verdict")).to_contain_text("tcp/443 from sender to guarded")
    assert page.evaluate("document.activeElement.id") == "trace"


def test_a_phone_shows_it_too(lab: Lab, ends: dict[str, str], open_page: Callable[..., Page]) -> None:
    page = open_page(lab.endpoint, viewport={"width": 375, "height": 700}, has_touch=True)
    ask(page, ends["sender"], "outside")
    expect(page.locator("#trace-verdict")).to_contain_text("icmp from sender to outside")
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 375
    assert page.evaluate("document.getElementById('picture').scrollWidth") <= 375
