"""docs/parity.md: what works with each backend, proven by packet scenarios.

Here: the list of features (features.toml), which scenarios say that they prove one (mark ``proves``), what became of
them on each backend (results/), and the page made of these. Not here: the scenarios (tests/packets/).

Written anew by: python -m tests.parity.page [REPORT...], where each report is pytest's, in JUnit's format, of a part
of the scenarios; together they are what the backend of NEUTRINO_PROGRAMS does: `./stack test packets --parity`.
"""

import importlib
import json
import subprocess
import sys
import time
import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from neutrino.stack import programs

ROOT = Path(__file__).parents[2]
FOLDER = Path(__file__).parent
PAGE = ROOT / "docs" / "parity.md"
RESULTS = FOLDER / "results"
SCENARIOS = ROOT / "tests" / "packets"
BACKEND = "ovn"
VERSIONS = ("ovn-controller", "ovs-vswitchd")
"""Programs whose versions say on what the scenarios ran; the first one's is the column's."""
PASSES, FAILS, NOT_RUN = "passes", "fails", "not run"
HEAD = """\
<!-- python -m tests.parity.page -->
# What works, proven by packets

A scenario in `tests/packets/` is API calls, and expectations about what instances then see. A row here is something
that a user of the API counts on; each word in a cell leads to a scenario that proves it, and says what became of it on
that backend when all scenarios last ran. A row without a scenario says why.

"""


@dataclass(frozen=True)
class Feature:
    """Something that a user counts on: the mark's word for it, what it says, and why no scenario proves it."""

    name: str
    area: str
    says: str
    unproven: str = ""


def features() -> list[Feature]:
    """Return the list, in the order of the page."""
    areas = tomllib.loads((FOLDER / "features.toml").read_text())
    return [
        Feature(name, area, **({"says": said} if isinstance(said, str) else said))
        for area, listed in areas.items()
        for name, said in listed.items()
    ]


def scenarios() -> dict[str, list[str]]:
    """Return the features that each scenario says that it proves, by ``FILE::FUNCTION``."""
    found = {}
    for file in sorted(SCENARIOS.glob("test_*.py")):
        for name, one in vars(importlib.import_module(f"tests.packets.{file.stem}")).items():
            if name.startswith("test_"):
                marks = [mark for mark in getattr(one, "pytestmark", ()) if mark.name == "proves"]
                found[f"{file.name}::{name}"] = [feature for mark in marks for feature in mark.args]
    return found


def declared() -> dict[str, list[str]]:
    """Return for each feature the scenarios that say that they prove it."""
    found = defaultdict(list)
    for scenario, proven in scenarios().items():
        for feature in proven:
            found[feature].append(scenario)
    return dict(found)


def results() -> dict[str, dict[str, Any]]:
    """Return what was recorded, by column."""
    files = sorted(RESULTS.glob("*.json"), key=_newest_first)
    return {file.stem.replace("-", " "): json.loads(file.read_text()) for file in files}


def _newest_first(file: Path) -> tuple[str, list[int]]:
    backend, _, version = file.stem.partition("-")
    return backend, [-int(part) for part in version.split(".") if part]


def record(reports: Sequence[Path]) -> None:
    """Keep what *reports* say as the results of the programs that are in use."""
    outcomes: dict[str, str] = {}
    seconds = 0.0
    for report in reports:
        for suite in ElementTree.parse(report).iter("testsuite"):  # noqa: S314 - written by pytest just now
            seconds += float(suite.attrib["time"])
            for case in suite.iter("testcase"):
                file = case.attrib["classname"].rpartition(".")[2] + ".py"
                scenario = f"{file}::{case.attrib['name'].partition('[')[0]}"
                passed = case.find("failure") is None and case.find("error") is None and case.find("skipped") is None
                outcomes[scenario] = FAILS if not passed or outcomes.get(scenario) == FAILS else PASSES
    found = programs.obtain()
    said = (subprocess.run([found.path(name), "--version"], capture_output=True, text=True) for name in VERSIONS)
    versions = [one.stdout.splitlines()[0] for one in said]
    column = ".".join(versions[0].split()[-1].split(".")[:2])
    kept = {
        "measured": time.strftime("%Y-%m-%d", time.gmtime()),
        "versions": versions,
        "minutes": round(seconds / 60, 1),
        "scenarios": dict(sorted(outcomes.items())),
    }
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{BACKEND}-{column}.json").write_text(json.dumps(kept, indent=1) + "\n")


def page() -> str:
    """Return the page."""
    columns, proofs = results(), declared()
    lines = ["| | measured on | with | scenarios | of which pass | minutes |", "|---|---|---|---|---|---|"]
    for name, one in columns.items():
        outcomes = list(one["scenarios"].values())
        counts = f"{len(outcomes)} | {outcomes.count(PASSES)} | {one['minutes']}"
        lines.append(f"| {name} | {one['measured']} | {', '.join(one['versions'])} | {counts} |")
    area = ""
    for feature in features():
        if feature.area != area:
            area = feature.area
            lines += ["", f"## {area}", "", f"| | {' | '.join(columns)} |", "|---" * (1 + len(columns)) + "|"]
        proving = proofs.get(feature.name, [])
        cells = [", ".join(_cell(one, column["scenarios"]) for one in proving) for column in columns.values()]
        why = f" *No scenario: {feature.unproven}*" if feature.unproven else ""
        lines.append(f"| {feature.says}{why} | {' | '.join(cells)} |")
    return HEAD + "\n".join(lines) + "\n"


def _cell(scenario: str, outcomes: Mapping[str, str]) -> str:
    file, _, function = scenario.partition("::")
    said = function.removeprefix("test_").replace("_", " ")
    return f'[{outcomes.get(scenario, NOT_RUN)}](../tests/packets/{file} "{said}")'


if __name__ == "__main__":
    if sys.argv[1:]:
        record([Path(one) for one in sys.argv[1:]])
    PAGE.write_text(page())
