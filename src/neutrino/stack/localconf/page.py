"""The tables of docs/local-conf.md, from the declarations.

Here: Markdown. Not here: the words around the tables.
"""

from collections.abc import Sequence

from neutrino.stack.localconf import services
from neutrino.stack.localconf.reading import PASSWORDS, WITHOUT_MEANING
from neutrino.stack.localconf.settings import DECLARED, OPENVSWITCH_ONLY, Settings


def tables() -> dict[str, str]:
    """Return the tables by name."""
    return {"variables": _variables(), "services": _services(), "without meaning": _without_meaning()}


def _variables() -> str:
    rows = []
    for name, variable in DECLARED.items():
        default = str(getattr(Settings(), name.lower()))
        sets = f" Sets `[{variable.option[0]}] {variable.option[1]}`." if variable.option else ""
        rows.append((f"`{name}`", f"`{default}`" if default else "", f"{variable.meaning}{sets}"))
    for name, users in PASSWORDS.items():
        rows.append((f"`{name}`", "by chance", f"Password of {' and '.join(f'`{user}`' for user in users)}."))
    return _table(("variable", "default", "here"), rows)


def _services() -> str:
    rows = [
        (_named(names), f"{what}: always there; without it, nothing starts") for what, names in services.NEEDED.items()
    ]
    rows += [
        (_named(services.KEYSTONE), "Keystone; disabled, the API believes everybody"),
        (_named(services.METADATA), "the hosts' metadata agents; all disabled, there are none"),
        (_named(services.ALWAYS), "parts of the API, always there"),
        (_named(services.OPENVSWITCH), f"refused: {OPENVSWITCH_ONLY}"),
        ("any other", "enabled: named in a warning; disabled: so it is"),
    ]
    return _table(("service", "here"), rows)


def _without_meaning() -> str:
    return _table(("variable", "why"), [(f"`{name}`", why) for name, why in WITHOUT_MEANING.items()])


def _named(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)
