"""The resolver of the world outside answers for its names, and says so for others."""

import struct
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neutrino.stack.dns import HEADER, answer

NAMES = {"outside.test": ("172.24.4.1", "2001:db8::2")}
A = (1, bytes((172, 24, 4, 1)))
AAAA = (28, bytes.fromhex("20010db8000000000000000000000002"))


def query(name: str, kind: int, flags: int = 0x0100, more: bytes = b"") -> bytes:
    labels = b"".join(bytes((len(label),)) + label.encode() for label in name.split("."))
    return HEADER.pack(7, flags, 1, 0, 0, 1 if more else 0) + labels + struct.pack("!BHH", 0, kind, 1) + more


def read(said: bytes) -> tuple[int, list[tuple[int, bytes]]]:
    """Return the code and the records, which name the question."""
    identity, flags, questions, answers, authorities, more = HEADER.unpack_from(said)
    assert (identity, questions, authorities, more, flags & 0xF800) == (7, 1, 0, 0, 0x8000)
    at = HEADER.size
    while said[at]:
        at += 1 + said[at]
    at += 5
    found = []
    for _ in range(answers):
        pointer, kind, group, ttl, length = struct.unpack_from("!3HIH", said, at)
        assert (pointer, group) == (0xC000 | HEADER.size, 1)
        assert ttl > 0
        found.append((kind, said[at + 12 : at + 12 + length]))
        at += 12 + length
    assert at == len(said)
    return flags & 0xF, found


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("outside.test", 1, (0, [A])),
        ("OutSide.Test", 28, (0, [AAAA])),
        ("outside.test", 255, (0, [A, AAAA])),
        ("outside.test", 15, (0, [])),
        ("elsewhere.test", 1, (3, [])),
    ],
)
def test_answers(name: str, kind: int, expected: tuple[int, list[tuple[int, bytes]]]) -> None:
    said = answer(query(name, kind), NAMES)
    assert said is not None
    assert read(said) == expected


def test_what_comes_with_the_question_is_passed_over() -> None:
    options = bytes.fromhex("0000291000000000000000")  # EDNS (RFC 6891)
    said = answer(query("outside.test", 1, more=options), NAMES)
    assert said is not None
    assert read(said) == (0, [A])


def test_an_update_is_not_implemented_and_an_answer_is_not_answered() -> None:
    said = answer(query("outside.test", 1, flags=0x2800), NAMES)
    assert said is not None
    assert HEADER.unpack(said)[1] & 0xF == 4
    assert answer(query("outside.test", 1, flags=0x8000), NAMES) is None


@given(st.binary(max_size=64))
def test_any_bytes_are_answered_or_passed_over(data: bytes) -> None:
    said = answer(data, {**NAMES, str(uuid.UUID(int=0)): ()})
    assert said is None or said[:2] == data[:2]
