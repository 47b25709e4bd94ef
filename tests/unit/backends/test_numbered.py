"""Which networks have more ports than OVN numbers."""

from tests.topology import network, port

from neutrino.backends.ovn.numbered import MOST, Overfull, overfull

BLUE, GREEN = network("blue"), network("green")


def test_a_network_with_a_port_too_many_is_named() -> None:
    ports = [port(f"b{number}", BLUE) for number in range(3)] + [port(f"g{number}", GREEN) for number in range(2)]
    ports += [port(f"f{number}", GREEN, device_owner="network:floatingip") for number in range(9)]
    assert list(overfull([BLUE, GREEN], ports, most=2)) == [Overfull(BLUE.id, "blue", 3)]
    assert list(overfull([BLUE, GREEN], ports)) == []


def test_the_sentence_says_what_becomes_of_the_others() -> None:
    said = "network blue has 40,000 ports, and OVN serves 32,767 of a network: the others are never ACTIVE"
    assert (str(Overfull(BLUE.id, "blue", 40_000)), MOST) == (said, 2**15 - 1)
