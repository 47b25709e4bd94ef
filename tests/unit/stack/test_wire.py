"""Frames that a virtual machine gets are whole: the kernel takes VLAN tags off and hands them over beside."""

from neutrino.stack.wire import AUXDATA, HAS_PROTOCOL, HAS_TAG, PACKET_AUXDATA, SOL_PACKET, whole

MACS, REST = bytes(range(12)), b"\x08\x00rest"


def beside(status: int, tag: int, protocol: int) -> list[tuple[int, int, bytes]]:
    return [(SOL_PACKET, PACKET_AUXDATA, AUXDATA.pack(status, 18, 18, 0, 14, tag, protocol))]


def test_a_tag_is_put_back() -> None:
    assert whole(MACS + REST, beside(HAS_TAG | HAS_PROTOCOL, 42, 0x88A8)) == MACS + b"\x88\xa8\x00\x2a" + REST
    assert whole(MACS + REST, beside(HAS_TAG, 0x2001, 0)) == MACS + b"\x81\x00\x20\x01" + REST


def test_a_frame_without_a_tag_is_as_it_is() -> None:
    assert whole(MACS + REST, beside(0, 0, 0)) == MACS + REST
    assert whole(MACS + REST, []) == MACS + REST
