"""The typed rows of OVN are what the generator makes of the schemas beside them."""

import subprocess
import sys
from pathlib import Path

import pytest

OVN = Path(__file__).parents[2] / "src/neutrino/backends/ovn"


@pytest.mark.parametrize(("schema", "module"), [("ovn-nb.ovsschema", "nb.py"), ("ovn-sb.ovsschema", "sb.py")])
def test_rows_are_as_generated(schema: str, module: str) -> None:
    made = subprocess.run(
        [sys.executable, "-m", "neutrino.ovsdb.generate", str(OVN / "schemas" / schema)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert made.stdout == (OVN / module).read_text()
