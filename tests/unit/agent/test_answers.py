"""What the host's resolver knows by itself, by queries and answers as bytes."""

import dns.flags
import dns.message
import dns.opcode
import dns.rcode
import dns.rdataclass
import pytest

from neutrino.agent import answers

NAMES = {
    "web": "10.0.0.5 fd00::5",
    "web.cloud.example": "10.0.0.5 fd00::5",
    "many.cloud.example": " ".join(f"10.0.{n // 250}.{n % 250}" for n in range(600)),
    "5.0.0.10.in-addr.arpa": "web.cloud.example",
}
OURS = "QR AA RD RA"


def asked(name: str, kind: str = "A", *, is_stream: bool = False, **how: object) -> dns.message.Message | None:
    query = dns.message.make_query(name, kind, **how)
    found = answers.answer(query.to_wire(), NAMES, is_stream=is_stream)
    return None if found is None else dns.message.from_wire(found)


def data(said: dns.message.Message | None) -> list[str]:
    assert said is not None
    return [str(item) for one in said.answer for item in one]


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("web.cloud.example", "A", ["10.0.0.5"]),
        ("WEB.Cloud.Example", "AAAA", ["fd00::5"]),
        ("web", "ANY", ["10.0.0.5", "fd00::5"]),
        ("web", "MX", []),
        ("5.0.0.10.in-addr.arpa", "PTR", ["web.cloud.example."]),
        ("5.0.0.10.in-addr.arpa", "A", []),
    ],
)
def test_names_of_the_network(name: str, kind: str, expected: list[str]) -> None:
    said = asked(name, kind)
    assert said is not None
    assert (said.rcode(), dns.flags.to_text(said.flags), data(said)) == (dns.rcode.NOERROR, OURS, expected)


def test_edns_is_spoken_with_who_speaks_it() -> None:
    plain, new = asked("web"), asked("web", use_edns=0, payload=4096)
    assert plain is not None
    assert new is not None
    assert (plain.edns, new.edns, new.payload) == (-1, 0, answers.PAYLOAD_BYTES)
    newer = asked("web", use_edns=1)
    assert newer is not None
    assert newer.rcode() == dns.rcode.BADVERS


def test_what_does_not_fit_is_asked_for_again_over_tcp() -> None:
    for how, room in (({}, 512), ({"use_edns": 0, "payload": 100}, 512), ({"use_edns": 0, "payload": 4096}, 1232)):
        query = dns.message.make_query("many.cloud.example", "A", **how)
        found = answers.answer(query.to_wire(), NAMES, is_stream=False)
        assert found is not None
        assert len(found) <= room
        assert dns.message.from_wire(found).flags & dns.flags.TC
    said = asked("many.cloud.example", is_stream=True)
    assert said is not None
    assert not said.flags & dns.flags.TC
    assert len(data(said)) == 600


def test_others_know_the_rest() -> None:
    assert asked("www.example.org") is None
    assert asked("cloud.example", "SOA") is None
    assert asked("6.0.0.10.in-addr.arpa", "PTR") is None


def test_what_is_refused() -> None:
    codes = {kind: asked("web", kind, is_stream=True) for kind in ("AXFR", "IXFR")}
    assert all(said is not None and said.rcode() == dns.rcode.REFUSED for said in codes.values())
    chaos = asked("version.bind", "TXT", rdclass=dns.rdataclass.CH)
    assert chaos is not None
    assert chaos.rcode() == dns.rcode.REFUSED
    update = dns.message.make_query("web", "A")
    update.set_opcode(dns.opcode.NOTIFY)
    found = answers.answer(update.to_wire(), NAMES, is_stream=False)
    assert found is not None
    assert dns.message.from_wire(found).rcode() == dns.rcode.NOTIMP
    empty = dns.message.Message()
    found = answers.answer(empty.to_wire(), NAMES, is_stream=False)
    assert found is not None
    assert dns.message.from_wire(found).rcode() == dns.rcode.FORMERR


def test_what_is_no_query_is_not_answered_and_what_cannot_be_read_is_said_so() -> None:
    said = dns.message.make_response(dns.message.make_query("web", "A"))
    assert answers.answer(said.to_wire(), NAMES, is_stream=False) == b""
    assert answers.answer(b"", NAMES, is_stream=False) == b""
    assert answers.answer(b"x" * 11, NAMES, is_stream=False) == b""
    query = dns.message.make_query("web", "A").to_wire()
    for broken in (query[:-1], query[:12] + b"\xc0\xff" + query[14:], query[:4] + b"\0\7" + query[6:]):
        found = answers.answer(broken, NAMES, is_stream=False)
        assert found is not None
        assert dns.message.from_wire(found).rcode() == dns.rcode.FORMERR
        assert found[:2] == query[:2]


def test_a_failure_is_said_with_the_question() -> None:
    query = dns.message.make_query("www.example.org", "A", use_edns=0)
    said = dns.message.from_wire(answers.failure(query.to_wire()))
    assert (said.rcode(), said.id, said.question, said.edns) == (dns.rcode.SERVFAIL, query.id, query.question, 0)
