"""The format of ``local.conf``: sections ``[[PHASE|FILE]]``, and the part of the shell's language that is in them.

DevStack runs its ``[[local|localrc]]`` section as a shell script. Here it is read, not run: assignments, quotes,
``$NAME``, ``${NAME}``, ``${NAME:-default}`` and commands are understood, and anything else is refused with its line.
Not here: what the names mean (settings.py, reading.py).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from neutrino.stack.fault import StackFault

HEADER = re.compile(r"\[\[\s*([^\[\]|]+?)\s*\|\s*([^\[\]]+?)\s*\]\]\s*(#.*)?")
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
ASSIGNS = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(\+?)=")
REFERS = re.compile(r"\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)(?:(:?-)((?:[^{}$`])*))?\})")
BLANK = " \t"
ENDS = "\n;"
REFUSED = "`|&<>()"
"""What the shell would do more with, outside of quotes."""

LookUp = Callable[[str], str | None]
"""Return the value of a variable, None where it is not set."""


class Refused(StackFault):
    """A line that cannot be used; *line* is its number."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(why)
        self.line = line


@dataclass(frozen=True)
class Section:
    """What stands under one header; *line* is the header's number."""

    phase: str
    file: str
    line: int
    text: str


@dataclass(frozen=True)
class Assignment:
    """``NAME=value``, or ``NAME+=value`` where it *appends*."""

    line: int
    name: str
    value: str
    appends: bool = False


@dataclass(frozen=True)
class Command:
    """A command and its words."""

    line: int
    words: tuple[str, ...]


Statement = Assignment | Command


def sections(text: str) -> list[Section]:
    """Return the sections in their order; raises Refused for text that is in none."""
    found: list[Section] = []
    phase, file, began, lines = "", "", 0, list[str]()
    for number, line in enumerate(text.splitlines(), 1):
        header = HEADER.fullmatch(line)
        if header is None and line.startswith("[["):
            raise Refused(number, f"{line.strip()} is no header: write [[local|localrc]], or [[post-config|FILE]]")
        if header is not None:
            if began:
                found.append(Section(phase, file, began, "".join(lines)))
            phase, file, began, lines = header[1], header[2], number, []
        elif began:
            lines.append(f"{line}\n")
        elif line.strip() and not line.lstrip().startswith("#"):
            raise Refused(number, "this is in no section: begin with the line [[local|localrc]]")
    if began:
        found.append(Section(phase, file, began, "".join(lines)))
    return found


def statements(section: Section, look_up: LookUp) -> Iterator[Statement]:
    """Yield the statements of a section one by one, so that *look_up* may know what those before it have said."""
    scanner = _Scanner(section.text, section.line + 1, look_up)
    while not scanner.is_done:
        yield from scanner.statement()


def expanded(text: str, look_up: LookUp) -> str:
    """Return *text* with its variables, as between double quotes."""
    return REFERS.sub(lambda found: _value(found, look_up), text)


def _value(found: re.Match[str], look_up: LookUp) -> str:
    name, operator, default = found[1] or found[2], found[3], found[4] or ""
    value = look_up(name)
    return default if value is None or (operator == ":-" and not value) else value


class _Scanner:
    """Reads text from left to right."""

    def __init__(self, text: str, line: int, look_up: LookUp) -> None:
        self._text = text
        self._at = 0
        self._line = line
        self._look_up = look_up

    @property
    def is_done(self) -> bool:
        return self._at >= len(self._text)

    @property
    def _next(self) -> str:
        return self._text[self._at : self._at + 1]

    def _take(self) -> str:
        taken = self._next
        self._at += 1
        self._line += taken == "\n"
        return taken

    def statement(self) -> list[Statement]:
        """Read up to the end of a statement: its assignments, or its one command."""
        assignments: list[Statement] = []
        words: list[str] = []
        began = self._line
        while self._skip_blanks():
            assigns = None if words and words != ["export"] else ASSIGNS.match(self._text, self._at)
            if assigns is None:
                began = began if words else self._line
                words.append(self._word())
                continue
            line = self._line
            self._at = assigns.end()
            value = self._array() if self._next == "(" else self._word()
            assignments.append(Assignment(line, assigns[1], value, bool(assigns[2])))
        self._take()
        if words[1:] and words[1].startswith("=") and NAME.fullmatch(words[0]):
            raise Refused(began, f"{words[0]}: no blanks may stand around =")
        if assignments and words not in ([], ["export"]):
            raise Refused(began, f"{' '.join(words)}: a command with variables of its own is not understood here")
        return assignments or ([Command(began, tuple(words))] if words else [])

    def _skip_blanks(self) -> bool:
        """Go to the next word of the statement; tell whether there is one."""
        while self._next and (self._next in BLANK or self._text.startswith("\\\n", self._at)):
            self._take()
        if self._next == "#":
            while self._next not in ("", "\n"):
                self._take()
        return self._next != "" and self._next not in ENDS

    def _word(self, ends: str = BLANK + ENDS) -> str:
        parts: list[str] = []
        while self._next and self._next not in ends:
            one = self._next
            if one in "'\"":
                parts.append(self._quoted(one))
            elif one == "\\":
                self._take()
                parts.append(self._take().strip("\n"))
            elif one == "$":
                parts.append(self._reference())
            elif one in REFUSED:
                raise Refused(self._line, f"{one} is not understood here: this file is read, not run by a shell")
            else:
                parts.append(self._take())
        return "".join(parts)

    def _array(self) -> str:
        """Read ``(one two)``: its words with blanks between."""
        began = self._line
        self._take()
        words: list[str] = []
        while True:
            while self._next and self._next in BLANK + "\n":
                self._take()
            if self._next == ")":
                self._take()
                return " ".join(words)
            if not self._next:
                raise Refused(began, "the bracket that opens here is never closed")
            words.append(self._word(BLANK + "\n)"))

    def _quoted(self, quote: str) -> str:
        began = self._line
        self._take()
        parts: list[str] = []
        while self._next != quote:
            if not self._next:
                raise Refused(began, f"the quote {quote} that opens here is never closed")
            if quote == '"' and self._next == "$":
                parts.append(self._reference())
            elif quote == '"' and self._next == "\\" and self._text[self._at + 1 : self._at + 2] in tuple('$`"\\\n'):
                self._take()
                parts.append(self._take().strip("\n"))
            elif quote == '"' and self._next == "`":
                raise Refused(self._line, "` is not understood here: this file is read, not run by a shell")
            else:
                parts.append(self._take())
        self._take()
        return "".join(parts)

    def _reference(self) -> str:
        found = REFERS.match(self._text, self._at)
        if found is not None:
            self._at = found.end()
            return _value(found, self._look_up)
        after = self._text[self._at + 1 : self._at + 2]
        if after in ("(", "{"):
            raise Refused(self._line, f"${after} is not understood here: write the value, $NAME or ${{NAME:-default}}")
        return self._take()
