"""Runs the checks of one consumer, one after another: ``worker.py CHECKS.py ACCESS.json``, in its environment.

Each line of the output is JSON: first which versions and checks there are, then one result each. A file of checks
has PACKAGES, ``prepare(access)``, whose value each check is given, and CHECKS; what a check needs of an earlier one
is kept there. Not here: what the results mean (verdict.py), and anything of this project: it runs in another
environment.
"""

import faulthandler
import importlib.metadata
import importlib.util
import json
import os
import sys
import time
import traceback
import warnings
from pathlib import Path
from typing import Any

LONGEST_REASON = 600
CHECK_WITHIN_S = 300.0
"""A check that takes longer ends the worker; where it hung is in the log."""


def load(path: Path) -> Any:
    """Return the module in *path*, whose name may be that of a package that it imports."""
    spec = importlib.util.spec_from_file_location(f"checks_{path.stem}", path)
    assert spec is not None and spec.loader is not None  # noqa: S101 - it is a file of Python
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def run(check: Any, site: Any) -> dict[str, Any]:
    """Return what one check came to."""
    began = time.monotonic()
    status, reason = "passed", ""
    try:
        check(site)
    except Exception as error:  # noqa: BLE001 - told, whatever it is
        traceback.print_exc()
        status, reason = "failed", said(error, check.__code__.co_filename)
    return {"check": check.__name__, "status": status, "seconds": round(time.monotonic() - began, 3), "reason": reason}


def said(error: BaseException, checks: str) -> str:
    """Return the error, and the line of *checks* where it came."""
    text = " ".join("".join(traceback.format_exception_only(error)).split())[:LONGEST_REASON]
    lines = [one for one in traceback.extract_tb(error.__traceback__) if one.filename == checks]
    return f"{text} (line {lines[0].lineno}: {lines[0].line})" if lines else text


def main() -> None:
    """Run."""
    checks, access = Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text())
    del sys.argv[1:]
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what consumers print is no answer
    warnings.simplefilter("ignore")
    module = load(checks)
    versions = {name: importlib.metadata.version(name) for name in module.PACKAGES}
    names = {one.__name__: one.__doc__.partition("\n")[0] for one in module.CHECKS}
    site = module.prepare(access)
    answers.write(json.dumps({"versions": versions, "checks": names}) + "\n")
    for check in module.CHECKS:
        faulthandler.dump_traceback_later(CHECK_WITHIN_S, exit=True)
        answers.write(json.dumps(run(check, site)) + "\n")
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # threads of a consumer hold up nothing


if __name__ == "__main__":
    main()
