"""docs/adding-an-attribute.md, performed on a copy of the sources, and its cost counted."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
MOST_FILES, MOST_LINES = 4, 15

USE = """
import asyncio, sys
from neutrino.api.bodies import for_create
from neutrino.api.queries import parse
from neutrino.model.network import Network
from neutrino.store.database import open_database
from neutrino.store.items import item
from neutrino.store.listing import rows

async def main():
    database = open_database("sqlite:///" + sys.argv[1])
    for name, contact in (("a", "ann"), ("b", "bob"), ("c", "ann")):
        (given,), _ = for_create(Network, {"network": {"name": name, "contact": contact}})
        values = given | {"id": name, "project_id": "p", "mtu": 1442}
        stamps = {"created_at": "", "updated_at": "", "revision_number": 1}
        await database.write(lambda tx: tx.insert(Network(**values, **stamps)))
    query = parse(Network, [("contact", "ann"), ("sort_key", "contact"), ("sort_key", "name"), ("sort_dir", "asc"),
                            ("sort_dir", "desc")], -1)
    shape = item(Network, ("name", "contact"))
    found = await database.read(lambda c: rows(c, Network, shape.statement, query))
    print(*(bytes(one).decode() for _, one in shape.each(found)))
    database.close()

asyncio.run(main())
"""
FOUND = '{"name":"c","contact":"ann"} {"name":"a","contact":"ann"}'


def _steps() -> dict[str, list[str]]:
    """Return the lines of the page's diff, by file."""
    (diff,) = re.findall(r"```diff\n(.*?)```", (ROOT / "docs/adding-an-attribute.md").read_text(), re.DOTALL)
    files: dict[str, list[str]] = {}
    for line in diff.splitlines():
        if line.startswith("+++ b/"):
            lines = files.setdefault(line.removeprefix("+++ b/"), [])
        elif not line.startswith(("---", "@@")):
            lines.append(line)
    return files


def _apply(path: Path, lines: list[str]) -> None:
    before = "".join(f"{line[1:]}\n" for line in lines if line.startswith(" "))
    after = "".join(f"{line[1:]}\n" for line in lines)
    text = path.read_text() if before else ""
    assert text.count(before) == 1 or not before
    path.write_text(text.replace(before, after) if before else after)


def test_the_page_works_as_written_and_costs_what_it_says(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "changelog.d").mkdir()
    steps = _steps()
    for name, lines in steps.items():
        _apply(tmp_path / name, lines)
    added = [line for lines in steps.values() for line in lines if line.startswith("+") and line.strip() != "+"]
    assert len(steps) <= MOST_FILES
    assert len(added) <= MOST_LINES

    done = subprocess.run(
        [sys.executable, "-c", USE, str(tmp_path / "db.sqlite")],
        env={"PYTHONPATH": str(tmp_path / "src"), "PATH": ""},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.stdout.strip(), done.returncode) == (FOUND, 0), done.stderr
