"""A part of upstream's own suites: what passes on upstream passes here."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

CLASSES = (
    *("allowed_address_pair", "dhcp_ipv6", "extensions", "floating_ips", "floating_ips_negative"),
    *("networks_negative", "ports", "routers", "routers_negative", "security_groups", "tags", "versions"),
)
BUILT = rf"^tempest\.api\.network\.test_({'|'.join(CLASSES)})\."


@pytest.mark.timeout(400)
def test_what_passes_on_upstream_passes_here(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "neutrino.cli", "--dir", str(tmp_path), "conformance", "--json", "--only", BUILT]
    done = subprocess.run(words, capture_output=True, text=True, timeout=390, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout)
    assert found["regressed"] == []
    assert found["here"]["tempest.api.network"]["passed"] >= found["upstream"]["tempest.api.network"]["passed"] > 60
    assert (tmp_path / "conformance" / "results.jsonl").exists()
