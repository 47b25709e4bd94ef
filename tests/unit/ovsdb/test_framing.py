"""Cutting a stream into JSON objects."""

import json
import random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neutrino.ovsdb.errors import ProtocolError
from neutrino.ovsdb.framing import Framer

ADVERSARIAL = [
    "",
    "{",
    "}",
    '"',
    "\\",
    '\\"',
    '"}{"',
    '{"a":"}"}',
    "\\\\",
    '\\\\"',
    "}" * 40,
    "{" * 40,
    '"' * 7,
    "\\" * 9,
    "é{☃}\U0001f600",
    "\n\t\x01",
    "a\\",
    '{\\"}',
    "[]{}",
    "x" * 3000,
    '"\\' * 700,
]


def cut(stream, size):
    framer = Framer()
    return [frame for at in range(0, len(stream), size) for frame in framer.feed(stream[at : at + size])]


def objects():
    nested: object = {}
    for _ in range(60):
        nested = {"{": [nested, "}"]}
    return [
        {},
        {"id": 1, "result": ADVERSARIAL, "error": None},
        {text: {text: [text, {}]} for text in ADVERSARIAL},
        nested,
        {"big": [{text: text} for text in ADVERSARIAL] * 20},
        *({"text": text} for text in ADVERSARIAL),
    ]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 1023, 1024, 1500, 4096, 65536, 1 << 20])
@pytest.mark.parametrize("between", ["", "\n", " \r\n\t"])
def test_adversarial_strings_at_any_chunk_size(size, between):
    frames = [json.dumps(one, ensure_ascii=bool(index % 2)).encode() for index, one in enumerate(objects())]
    assert cut(between.encode().join(frames), size) == frames


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(alphabet='{}"\\[]a é\n', max_size=30),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(alphabet='{}"\\a', max_size=6), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(st.lists(st.dictionaries(st.text(max_size=3), JSON, max_size=4), max_size=5), st.integers(1, 90))
def test_any_objects(messages, size):
    assert [msgspec.json.decode(frame) for frame in cut(b"".join(map(msgspec.json.encode, messages)), size)] == messages


def test_the_fast_way_and_the_slow_way_agree_in_large_messages():
    chance = random.Random(1)
    texts = ["".join(chance.choices('{}"\\ab', k=chance.randrange(12))) for _ in range(20000)]
    frames = [json.dumps({"rows": [{text: [text]} for text in texts]}).encode() for _ in range(2)]
    for _ in range(20):
        framer, stream, got = Framer(), b"".join(frames), []
        while stream:
            size = chance.choice((1, 17, 1024, 5000, 70000, 300000))
            got += framer.feed(stream[:size])
            stream = stream[size:]
        assert got == frames


@pytest.mark.parametrize("stream", [b"nonsense", b"[1]", b'{"a":1}x', b'{"a":1},{"b":2}', b'"{}"', b"}"])
def test_nonsense_between_objects(stream):
    with pytest.raises(ProtocolError):
        cut(stream, 3)


def test_an_incomplete_object_is_kept_back():
    framer = Framer()
    assert framer.feed(b'{"a":"') == []
    assert framer.feed(b"") == []
    assert framer.feed(b'}"}{') == [b'{"a":"}"}']
    assert framer.feed(b"}") == [b"{}"]
