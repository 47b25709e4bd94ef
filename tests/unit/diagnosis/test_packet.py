"""A packet in the words of ovn-trace and of ofproto/trace."""

import pytest

from neutrino.diagnosis.packet import Kind, Packet, PacketRefused, kind


@pytest.mark.parametrize(
    ("words", "meant"), [("tcp/80", Kind("tcp", 80)), ("UDP/53", Kind("udp", 53)), ("icmp", Kind("icmp"))]
)
def test_words_that_mean_a_packet(words: str, meant: Kind) -> None:
    assert kind(words) == meant
    assert str(meant) == words.lower()


@pytest.mark.parametrize("words", ["tcp", "tcp/0", "tcp/65536", "tcp/x", "icmp/8", "sctp/5", ""])
def test_words_that_mean_none_are_refused_with_those_that_do(words: str) -> None:
    with pytest.raises(PacketRefused, match=r"write tcp/80, udp/53 or icmp"):
        kind(words)


def test_the_same_packet_for_both() -> None:
    ends = {"source_mac": "fa:16:3e:00:00:01", "target_mac": "fa:16:3e:00:00:02"}
    four = Packet(kind=kind("tcp/80"), source="10.0.0.1", target="10.0.0.2", source_port=4000, **ends)
    assert four.microflow("p") == (
        'inport == "p" && eth.src == fa:16:3e:00:00:01 && eth.dst == fa:16:3e:00:00:02 && ip4.src == 10.0.0.1'
        " && ip4.dst == 10.0.0.2 && ip.ttl == 64 && tcp.src == 4000 && tcp.dst == 80"
    )
    six = Packet(kind=kind("icmp"), source="2001:db8::1", target="2001:db8::2", **ends)
    assert six.flow("7") == (
        "in_port=7,icmp6,dl_src=fa:16:3e:00:00:01,dl_dst=fa:16:3e:00:00:02,ipv6_src=2001:db8::1,ipv6_dst=2001:db8::2,"
        "nw_ttl=64,icmp_type=128"
    )
