"""DNS answers for a few names (RFC 1035): what a resolver of the world outside says.

Here: from a query's bytes to an answer's. Not here: sockets (world.py).
"""

import ipaddress
import struct
from collections.abc import Mapping, Sequence

HEADER = struct.Struct("!6H")
A, AAAA, ANY, IN = 1, 28, 255, 1
NO_ERROR, FORMAT_ERROR, NAME_ERROR, NOT_IMPLEMENTED = 0, 1, 3, 4
RESPONSE, AUTHORITATIVE, RECURSION_DESIRED, RECURSION_AVAILABLE = 0x8000, 0x0400, 0x0100, 0x0080
OPCODE = 0x7800
TTL_S = 60
POINTER_TO_QUESTION = 0xC000 | HEADER.size
LONGEST_LABEL = 63

Names = Mapping[str, Sequence[str]]
"""Addresses by name, in lower case and without the last dot."""


def answer(query: bytes, names: Names) -> bytes | None:
    """Return the answer to *query*, or None for what is no query: a client then hears nothing."""
    if len(query) < HEADER.size:
        return None
    identity, flags, questions, *_ = HEADER.unpack_from(query)
    if flags & RESPONSE:
        return None
    kept = RESPONSE | AUTHORITATIVE | RECURSION_AVAILABLE | (flags & (OPCODE | RECURSION_DESIRED))
    found = _question(query) if questions == 1 else None
    if flags & OPCODE or found is None:
        error = NOT_IMPLEMENTED if flags & OPCODE else FORMAT_ERROR
        return HEADER.pack(identity, kept | error, 0, 0, 0, 0)
    name, kind, end = found
    known = names.get(name)
    records = [_record(one) for one in known or () if kind in (ANY, _kind(one))]
    code = NAME_ERROR if known is None else NO_ERROR
    return HEADER.pack(identity, kept | code, 1, len(records), 0, 0) + query[HEADER.size : end] + b"".join(records)


def _question(query: bytes) -> tuple[str, int, int] | None:
    """Return name, type and end of the first question, or None where it cannot be read."""
    labels, at = [], HEADER.size
    while at < len(query) and (length := query[at]):
        if length > LONGEST_LABEL:
            return None
        labels.append(query[at + 1 : at + 1 + length])
        at += 1 + length
    if at + 5 > len(query):
        return None
    kind, group = struct.unpack_from("!2H", query, at + 1)
    if group != IN:
        return None
    return b".".join(labels).decode("ascii", "replace").lower(), kind, at + 5


def _kind(address: str) -> int:
    return AAAA if ":" in address else A


def _record(address: str) -> bytes:
    packed = ipaddress.ip_address(address).packed
    return struct.pack("!3HIH", POINTER_TO_QUESTION, _kind(address), IN, TTL_S, len(packed)) + packed
