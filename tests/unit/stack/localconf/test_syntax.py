"""What the shell would make of a line is what is read; what only a shell could do is refused with its line."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neutrino.stack.localconf.syntax import Assignment, Command, Refused, Section, Statement, sections, statements

KNOWN = {"KNOWN": "10.1.0.0/16", "EMPTY": ""}


def read(text: str) -> list[Statement]:
    values = dict(KNOWN)
    found = []
    for one in statements(Section("local", "localrc", 0, text), values.get):
        found.append(one)
        if isinstance(one, Assignment):
            values[one.name] = values.get(one.name, "") + one.value if one.appends else one.value
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("# a comment\n\n  \n", []),
        ("A=1", [Assignment(1, "A", "1")]),
        ("  A=1  # a comment", [Assignment(1, "A", "1")]),
        ("A=1#2", [Assignment(1, "A", "1#2")]),
        ("A=", [Assignment(1, "A", "")]),
        ("A+=1", [Assignment(1, "A", "1", appends=True)]),
        ("export A=1", [Assignment(1, "A", "1")]),
        ("A=1 B=2; C=3\nD=4", [Assignment(line, *pair) for line, pair in ((1, "A1"), (1, "B2"), (1, "C3"), (2, "D4"))]),
        ("A='1 $B'", [Assignment(1, "A", "1 $B")]),
        ('A="1 # $KNOWN"', [Assignment(1, "A", "1 # 10.1.0.0/16")]),
        ("A=$KNOWN,${KNOWN}", [Assignment(1, "A", "10.1.0.0/16,10.1.0.0/16")]),
        ("A=${NOTHING:-x}${EMPTY:-y}${KNOWN:-z}", [Assignment(1, "A", "xy10.1.0.0/16")]),
        ("A=${NOTHING-x}${EMPTY-y}", [Assignment(1, "A", "x")]),
        ("A=$NOTHING", [Assignment(1, "A", "")]),
        ("A=1\nB=$A", [Assignment(1, "A", "1"), Assignment(2, "B", "1")]),
        ("A=1\\\n2\nB=3", [Assignment(1, "A", "12"), Assignment(3, "B", "3")]),
        ("A='1\n2'\nB=3", [Assignment(1, "A", "1\n2"), Assignment(3, "B", "3")]),
        ("A=(1 'two three'\n 4)\nB=5", [Assignment(1, "A", "1 two three 4"), Assignment(3, "B", "5")]),
        ("A=a\\ b\\$c", [Assignment(1, "A", "a b$c")]),
        ('A="\\$b\\c"', [Assignment(1, "A", "$b\\c")]),
        ("enable_service q-svc  $KNOWN", [Command(1, ("enable_service", "q-svc", "10.1.0.0/16"))]),
        ("enable_plugin x https://h/y#z", [Command(1, ("enable_plugin", "x", "https://h/y#z"))]),
    ],
)
def test_statements(text: str, expected: list[Statement]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("A=1\nB=$(date)", 2, "$( is not understood"),
        ("A=`date`", 1, "` is not understood"),
        ('A="`date`"', 1, "` is not understood"),
        ("A=${B/x/y}", 1, "${ is not understood"),
        ("A=1 | cat", 1, "| is not understood"),
        ("\nA=1 command", 2, "command"),
        ("A = 1", 1, "A: no blanks may stand around ="),
        ("\n\nA='1\n2", 3, "the quote ' that opens here"),
        ("A=(1\n2", 1, "the bracket that opens here"),
    ],
)
def test_refused(text: str, line: int, words: str) -> None:
    with pytest.raises(Refused, match=re.escape(words)) as refused:
        read(text)
    assert refused.value.line == line


def test_sections_follow_each_other() -> None:
    text = "# all\n[[local|localrc]]\nA=1\n\n[[post-config|$NEUTRON_CONF]]\n[DEFAULT]\nx = [[y]]\n"
    assert sections(text) == [
        Section("local", "localrc", 2, "A=1\n\n"),
        Section("post-config", "$NEUTRON_CONF", 5, "[DEFAULT]\nx = [[y]]\n"),
    ]


@pytest.mark.parametrize(("text", "line"), [("A=1", 1), ("#\n[[local]]", 2), ("[[local|localrc]]\n[[a|b]", 2)])
def test_what_is_in_no_section_is_refused(text: str, line: int) -> None:
    with pytest.raises(Refused) as refused:
        sections(text)
    assert refused.value.line == line


PLAIN = st.text("ab1/.:,-_%@[]{}~*?!", max_size=6)
PARTS = st.one_of(
    PLAIN,
    st.text('ab \t#;|&$`"\\\n', max_size=6).map(lambda text: f"'{text}'"),
    st.text("ab \t#;|&'*\n", max_size=6).map(lambda text: f'"{text}"'),
    st.sampled_from(["$KNOWN", "${KNOWN}", '"$KNOWN"', "${NOTHING:-d}", '"${EMPTY-d}x"', "\\ ", "\\$", '\\"', '"\\$"']),
)


@given(st.lists(PARTS, min_size=1, max_size=5).map("".join))
def test_a_value_is_what_the_shell_makes_of_it(word: str) -> None:
    if word.startswith("~") or ":~" in word:  # a home: nobody's range of addresses
        return
    (read_here,) = (one.value for one in read(f"A={word}\n") if isinstance(one, Assignment))
    script = f"A={word}\nprintf '%s' \"$A\""
    done = subprocess.run(["bash", "-c", script], env={**KNOWN, "PATH": os.defpath}, capture_output=True, check=True)
    assert done.stdout.decode() == read_here


def test_a_file_of_devstack_s_own_is_understood(tmp_path: Path) -> None:
    text = "[[local|localrc]]\nDEST=/opt/stack\nLOGFILE=$DEST/logs/stack.sh.log\nSERVICE_TOKEN=$ADMIN_PASSWORD\n"
    (section,) = sections(text)
    assert [one.line for one in statements(section, lambda _: "")] == [2, 3, 4]
