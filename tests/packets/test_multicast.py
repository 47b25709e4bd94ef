"""Multicast where networks look who asked for it, which the operator decides."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.packets.scenario import Instance, Site, eventually

from neutrino.stack.lab import Lab

GROUP, PORT = "239.1.2.3", 8001


@pytest.fixture(scope="module")
def snooping(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A lab of its own: whether networks look is an option of the controller."""
    with Lab(tmp_path_factory.mktemp("p") / "lab", hosts=2, settings="[ovs]\nigmp_snooping_enable = True\n") as made:
        yield made


def is_overheard(caller: Instance, others: list[Instance], by: Instance) -> bool:
    """Say whether *by*, which has not joined the group, hears what *others* are called."""
    addresses = [one.address for one in others]
    with ThreadPoolExecutor(max_workers=1) as beside:
        heard = beside.submit(by.probe, "overhears", "eth0", GROUP, str(PORT))
        called = []
        while not heard.done():
            called.append(caller.probe("call", GROUP, str(PORT), *addresses))
    assert any(called)  # on a busy machine not each is answered at once
    return heard.result()


@pytest.mark.proves("multicast-snooping", "multicast")
@pytest.mark.parametrize("looks", [False, True])
def test_who_did_not_ask_hears_nothing(request: pytest.FixtureRequest, looks: bool) -> None:
    site = Site(request.getfixturevalue("snooping" if looks else "lab"), f"mc{looks}".lower())
    try:
        network = site.network()
        a, b, d = (site.instance(name, network, "h1") for name in "abd")
        c = site.instance("c", network, "h2")
        for one in (b, c):
            one.listen(GROUP, PORT)
        assert eventually(lambda: a.probe("call", GROUP, str(PORT), b.address, c.address))
        assert eventually(lambda: is_overheard(a, [b, c], d) != looks)
    finally:
        site.close()
