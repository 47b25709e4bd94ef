"""What the host's resolver knows by itself: a network's own names (RFC 1035, RFC 3596, RFC 6891).

Here: from a query's bytes to an answer's, or to the word that others may know. Not here: who they are (`forwarding`).
"""

from collections.abc import Mapping
from ipaddress import ip_address

import dns.exception
import dns.flags
import dns.message
import dns.opcode
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset
from dns.rdatatype import RdataType

TTL_S = 30
PAYLOAD_BYTES = 1232
"""The longest answer in one datagram (DNS flag day 2020); what is longer is asked for again over TCP."""
_SHORTEST = 12
_WITHOUT_EDNS_BYTES = 512
_REFUSED_TYPES = (RdataType.AXFR, RdataType.IXFR)
_REVERSE = (".in-addr.arpa", ".ip6.arpa")


def answer(query: bytes, names: Mapping[str, str], *, is_stream: bool) -> bytes | None:
    """Return the answer to *query* from *names*; b"" for what is no query, None where others may know."""
    try:
        asked = dns.message.from_wire(query, ignore_trailing=True)
    except dns.exception.DNSException:
        return _malformed(query)
    if asked.flags & dns.flags.QR:
        return b""
    said = dns.message.make_response(asked, recursion_available=True, our_payload=PAYLOAD_BYTES)
    code = _refusal(asked)
    if code is not None:
        said.set_rcode(code)
    else:
        (question,) = asked.question
        name = question.name.to_text(omit_final_dot=True).lower()
        if name not in names:
            return None
        said.flags |= dns.flags.AA
        found = [one for one in _records(name, names[name]) if question.rdtype in (one[0], RdataType.ANY)]
        for kind in dict.fromkeys(kind for kind, _ in found):
            texts = [text for other, text in found if other == kind]
            said.answer.append(dns.rrset.from_text_list(question.name, TTL_S, dns.rdataclass.IN, kind, texts))
    room = max(_WITHOUT_EDNS_BYTES, min(asked.payload, PAYLOAD_BYTES)) if asked.edns >= 0 else _WITHOUT_EDNS_BYTES
    return said.to_wire(max_size=0xFFFF if is_stream else room, prefer_truncation=True)


def failure(query: bytes) -> bytes:
    """Return the answer to *query*, which `answer` could read, that nobody who may know has answered."""
    said = dns.message.make_response(
        dns.message.from_wire(query, ignore_trailing=True), recursion_available=True, our_payload=PAYLOAD_BYTES
    )
    said.set_rcode(dns.rcode.SERVFAIL)
    return said.to_wire()


def _refusal(asked: dns.message.Message) -> dns.rcode.Rcode | None:
    if asked.edns > 0:
        return dns.rcode.BADVERS
    if asked.opcode() != dns.opcode.QUERY:
        return dns.rcode.NOTIMP
    if len(asked.question) != 1:
        return dns.rcode.FORMERR
    (question,) = asked.question
    if question.rdclass != dns.rdataclass.IN or question.rdtype in _REFUSED_TYPES:
        return dns.rcode.REFUSED
    return None


def _records(name: str, value: str) -> list[tuple[RdataType, str]]:
    """Return types and texts of what *value*, as OVN has it, says of *name*."""
    if name.endswith(_REVERSE):
        return [(RdataType.PTR, f"{value.removesuffix('.')}.")]
    return [(RdataType.A if ip_address(one).version == 4 else RdataType.AAAA, one) for one in value.split()]


def _malformed(query: bytes) -> bytes:
    """Return the answer to what cannot be read (RFC 1035, 4.1.1); b"" where not even a header is there."""
    if len(query) < _SHORTEST or query[2] & 0x80:
        return b""
    opcode_and_recursion = query[2] & 0x79
    return query[:2] + bytes((0x80 | opcode_and_recursion, 0x80 | dns.rcode.FORMERR)) + bytes(8)
