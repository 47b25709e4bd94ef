"""The types of errors beside upstream's: same names, same HTTP status, or a reviewed difference (faults.toml)."""

import importlib
import inspect
import pkgutil
import tomllib
import warnings
from pathlib import Path

import neutrino.api.app  # noqa: F401 - has every fault that the API gives
from neutrino.model import faults

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from neutron_lib import exceptions
    from neutron_lib.api.faults import FAULT_MAP

REVIEWED = Path(__file__).with_name("faults.toml")
DEFECT = 500


def _upstream() -> dict[str, int]:
    """Return the status of each of neutron-lib's exceptions, by name."""
    names = [info.name for info in pkgutil.iter_modules(exceptions.__path__)]
    modules = [exceptions, *(importlib.import_module(f"{exceptions.__name__}.{name}") for name in names)]
    found: dict[str, int] = {}
    for module in modules:
        for name, cls in inspect.getmembers(module, inspect.isclass):
            if issubclass(cls, exceptions.NeutronException):
                status = next((FAULT_MAP[base].code for base in cls.__mro__ if base in FAULT_MAP), DEFECT)
                found.setdefault(name, status)
    return found


def _reviewed() -> set[tuple[str, int]]:
    groups = tomllib.loads(REVIEWED.read_text())["group"]
    assert all(group["reason"].strip() for group in groups)
    return {(name, int(status)) for group in groups for status, names in group["types"].items() for name in names}


def test_every_fault_is_one_of_upstreams() -> None:
    upstream = _upstream()
    differing = {(cls.__name__, cls.status) for cls in faults.kinds() if upstream.get(cls.__name__) != cls.status}
    assert sorted(differing - _reviewed()) == []
    assert sorted(_reviewed() - differing) == []
