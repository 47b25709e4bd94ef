"""The tables of the page are those of the declarations.

Written anew by: NEUTRINO_GOLDEN=write pytest tests/unit/stack/localconf/test_page.py
"""

import os
import re
from pathlib import Path

import pytest

from neutrino.stack.localconf.page import tables
from neutrino.stack.localconf.reading import read

PAGE = Path(__file__).parents[4] / "docs" / "local-conf.md"


@pytest.mark.parametrize("name", tables())
def test_the_page_has_the_table(name: str) -> None:
    between = re.compile(rf"(<!-- {name}: [^>]*-->\n).*?(<!-- end of {name} -->)", re.DOTALL)
    text = PAGE.read_text()
    wanted = between.sub(lambda found: f"{found[1]}{tables()[name]}\n{found[2]}", text)
    assert between.search(text)
    if os.environ.get("NEUTRINO_GOLDEN") == "write":
        PAGE.write_text(wanted)
    assert PAGE.read_text() == wanted


def test_the_examples_are_understood(tmp_path: Path) -> None:
    """Each example is read, and is told what the page says that it is told."""
    examples = re.findall(r"```ini\n(.*?)```\n(?:.*?```text\n(.*?)```)?", PAGE.read_text(), re.DOTALL)
    assert len(examples) >= 2
    for text, told in examples:
        file = tmp_path / "local.conf"
        file.write_text(text)
        said = "".join(f"{warning.removeprefix(f'{tmp_path}/')}\n" for warning in read(file, {}).warnings)
        assert said == told
