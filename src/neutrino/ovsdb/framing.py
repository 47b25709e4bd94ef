"""Cutting a stream of bytes into JSON objects.

Here: finding where each object ends, in time linear in the bytes, whatever the sizes of the chunks. Not here: decoding.

JSON-RPC over a stream has no length prefix (RFC 7047, section 4), so the end of an object is the brace that balances
its first one, outside of strings. A monitor's first answer can be 40 MB: looking at each token in Python would take
seconds. `Framer` first reduces a chunk, with a few passes at C speed, to the braces outside of strings, and looks at
tokens only in chunks where an object ends among others. A small chunk is most often one object, or a few side by side,
and is known by the same means.
"""

import re

from neutrino.ovsdb.errors import ProtocolError

MAX_MESSAGE_BYTES = 1 << 30

_TOKEN = re.compile(rb'[{}]|"[^"\\]*(?:\\.[^"\\]*)*("?)', re.DOTALL)
_REST_OF_STRING = re.compile(rb'[^"\\]*(?:\\.[^"\\]*)*("?)', re.DOTALL)
_SPACE = b" \t\r\n"
_NOT_STRUCTURE = bytes(byte for byte in range(256) if byte not in b'{}"')
_SKIP_FROM_BYTES = 1024
_AT_A_GLANCE_BYTES = 1 << 16
_MAX_NESTING = 16


class Framer:
    """Collects chunks and returns the complete JSON objects in them."""

    __slots__ = ("_depth", "_escaped", "_in_string", "_parts", "_size")

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0
        self._depth = 0
        self._in_string = False
        self._escaped = False

    def feed(self, data: bytes) -> list[bytes]:
        """Return the objects that *data* completes, each as its exact bytes, in order.

        Raises `ProtocolError` for bytes between objects that are not white space, and for an object of more than 1 GiB.
        """
        if self._size + len(data) > MAX_MESSAGE_BYTES:
            raise ProtocolError(f"a message of more than {MAX_MESSAGE_BYTES} bytes")
        if self._depth and len(data) >= _SKIP_FROM_BYTES and self._skip(data):
            self._keep(data)
            return []
        if not self._depth and len(data) <= _AT_A_GLANCE_BYTES and (objects := _at_a_glance(data)):
            return objects
        return self._scan(data)

    def _keep(self, data: bytes) -> None:
        self._parts.append(data)
        self._size += len(data)

    def _skip(self, data: bytes) -> bool:
        """Say whether no object ends inside *data*, and if so account for it."""
        body = data[1:] if self._escaped else data
        escaped = False
        if b"\\" in body:
            escaped = (len(body) - len(body.rstrip(b"\\"))) % 2 == 1
            body = body.replace(rb"\\", b"").replace(rb"\"", b"")
        marks = body.translate(None, _NOT_STRUCTURE)
        if self._in_string:
            marks = b'"' + marks
        in_string = marks.count(b'"') % 2 == 1
        # Two quotes side by side hold or separate nothing but string contents: dropping them keeps what is outside.
        outside = b"".join(marks.replace(b'""', b"").split(b'"')[::2])
        for _ in range(_MAX_NESTING):
            shorter = outside.replace(b"{}", b"")
            if len(shorter) == len(outside):
                break
            outside = shorter
        else:
            return False
        closed = outside.count(b"}")
        if closed >= self._depth:
            return False
        self._depth += len(outside) - 2 * closed
        self._in_string = in_string
        self._escaped = escaped
        return True

    def _scan(self, data: bytes) -> list[bytes]:
        objects: list[bytes] = []
        start = position = 0
        if self._in_string:
            position = self._string_end(data)
        while not self._in_string:
            if not self._depth:
                start = position = self._object_start(data, position)
            token = _TOKEN.search(data, position)
            if token is None:
                break
            position = token.end()
            match data[token.start()]:
                case 0x7B:
                    self._depth += 1
                case 0x7D:
                    self._depth -= 1
                    if not self._depth:
                        objects.append(b"".join((*self._parts, data[start:position])))
                        self._parts.clear()
                        self._size = 0
                        start = position
                case _ if not token[1]:
                    self._in_string = True
                    self._escaped = position < len(data)
        if self._depth and start < len(data):
            self._keep(data[start:])
        return objects

    def _string_end(self, data: bytes) -> int:
        """Return the place after the string that began in an earlier chunk, or the end of *data*."""
        token = _REST_OF_STRING.match(data, 1 if self._escaped and data else 0)
        if token is None or not data:
            return 0
        if token[1]:
            self._in_string = self._escaped = False
        else:
            self._escaped = token.end() < len(data)
        return token.end()

    @staticmethod
    def _object_start(data: bytes, position: int) -> int:
        """Return the place of the next object's brace or the end; anything but white space before it is an error."""
        found = data.find(b"{", position)
        end = len(data) if found < 0 else found
        between = data[position:end].strip(_SPACE)
        if between:
            raise ProtocolError(f"expected a JSON object, got {between[:40]!r}")
        return end


def _at_a_glance(data: bytes) -> list[bytes]:
    """Return the objects that *data* consists of, side by side; nothing where it takes a closer look.

    Between "}" and "{" lies the border of two objects, or both are inside a string, which then ends in no piece.
    """
    if b"\\" in data:
        return []
    pieces = data.split(b"}{")
    last = len(pieces) - 1
    objects = [b"{" * (i > 0) + piece + b"}" * (i < last) for i, piece in enumerate(pieces)] if last else pieces
    return objects if all(map(_is_object, objects)) else []


def _is_object(piece: bytes) -> bool:
    """Say whether *piece*, which has no escapes, is one object from its first byte to its last, and not nested deep."""
    if piece[:1] != b"{" or piece[-1:] != b"}":
        return False
    marks = piece.translate(None, _NOT_STRUCTURE)
    if marks.count(b'"') % 2:
        return False
    inside = b"".join(marks.replace(b'""', b"").split(b'"')[::2])[1:-1]
    for _ in range(_MAX_NESTING):
        if not inside:
            return True
        inside = inside.replace(b"{}", b"")
    return False
