"""From the default rules and an operator's policy.yaml to the rules that hold.

Here: reading and checking. Not here: the rules (rules/), what they mean for a caller (authority.py).
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from oslo_policy import _checks, _parser

from neutrino.api.policy.rules import DEFAULTS, SCOPED
from neutrino.runtime.config import ConfigError

if TYPE_CHECKING:
    from oslo_policy.policy import RuleDefault

_FALLBACK = "default"  # the rule that holds where there is none of the name


class Checks(dict[str, _checks.BaseCheck]):
    """Checks by the rule's name; for a name that there is not, the default rule."""

    def __missing__(self, _name: str) -> _checks.BaseCheck:
        return self[_FALLBACK]


class Rules(msgspec.Struct, frozen=True):
    """The rules that hold: each name's check, and which names an operator gave another check."""

    checks: Checks
    changed: frozenset[str]
    enforces_scope: bool = True


def load(files: Sequence[Path] = (), *, enforces_scope: bool = True) -> Rules:
    """Return the default rules, those of *files* over them, later files over earlier ones.

    Raises:
        ConfigError: A file cannot be read, or a rule in it has no meaning.
    """
    own: dict[str, str] = {}
    for file in files:
        own |= _read(file)
    parsed = _parsed_defaults() | _parsed(own.values())
    checks = Checks({name: parsed[text] for name, text in {**DEFAULTS, **own}.items()})
    for name, text in own.items():
        if isinstance(checks[name], _checks.FalseCheck) and text.strip() != "!":
            raise ConfigError(f"policy rule {name!r}: {text!r} cannot be understood")
    for name in own:
        _check_ends(checks, name, ())
    changed = frozenset(name for name, text in own.items() if DEFAULTS.get(name) != text)
    return Rules(checks, changed, enforces_scope)


def _parsed(texts: Iterable[str]) -> dict[str, _checks.BaseCheck]:
    """Return the check of each text; rules that say the same are one."""
    return {text: _parser.parse_rule(text) for text in set(texts)}


def _parsed_defaults() -> dict[str, _checks.BaseCheck]:
    """Return the check of each text of the default rules, without a look for kinds of checks that others installed.

    To look for them loads what oslo.policy has of its own, an HTTP client among it; only operators' rules have them.
    """
    looked_for, _checks.extension_checks = _checks.extension_checks, {}
    try:
        return _parsed(DEFAULTS.values())
    finally:
        _checks.extension_checks = looked_for


def _read(file: Path) -> dict[str, str]:
    from oslo_policy import policy  # slow to load

    try:
        found = policy.parse_file_contents(file.read_text())
    except (OSError, ValueError) as error:
        raise ConfigError(f"policy file {file}: {error}") from error
    if not isinstance(found, dict):
        raise ConfigError(f"policy file {file}: {found!r} is not a mapping of rule names to checks")
    for name, text in found.items():
        if not isinstance(name, str) or not isinstance(text, str):
            raise ConfigError(f"policy file {file}: rule {name!r}: {text!r} is not a text")
    return found


def _check_ends(checks: Checks, name: str, above: tuple[str, ...]) -> None:
    if name in above:
        raise ConfigError(f"policy rule {above[0]!r} refers to itself: {' > '.join((*above, name))}")
    for other in _references(checks[name]):
        _check_ends(checks, other, (*above, name))


def _references(check: _checks.BaseCheck) -> list[str]:
    match check:
        case _checks.RuleCheck():
            return [check.match]
        case _checks.NotCheck():
            return _references(check.rule)
        case _checks.AndCheck() | _checks.OrCheck():
            return [name for part in check.rules for name in _references(part)]
    return []


def description(name: str) -> str:
    """Return what the rule *name* is about, in words."""
    action, _, attribute = name.partition(":")
    verb, _, noun = action.partition("_")
    if name not in SCOPED:
        return f"{name}: a part of other rules"
    said = f"{verb} {noun.replace('_', ' ')}".strip()
    return f"{said}, its {attribute}" if attribute else said


def list_rules() -> "Sequence[RuleDefault]":
    """Return the default rules for oslo.policy's own tools, as its entry point ``oslo.policy.policies`` asks."""
    from oslo_policy.policy import RuleDefault  # slow to load

    return [
        RuleDefault(name, text, description=description(name), scope_types=["project"] if name in SCOPED else None)
        for name, text in DEFAULTS.items()
    ]


def changes(rules: Rules) -> Mapping[str, str]:
    """Return the rules that an operator changed, as text, for the log."""
    return {name: str(rules.checks[name]) for name in sorted(rules.changed)}
