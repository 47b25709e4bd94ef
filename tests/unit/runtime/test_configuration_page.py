"""docs/configuration.md has every option, and its examples are read as it says.

Written anew by: NEUTRINO_GOLDEN=write pytest tests/unit/runtime/test_configuration_page.py
"""

import os
import re
from pathlib import Path
from typing import Any

import pytest
from oslo_config import cfg

from neutrino.runtime import agent_config, config

PAGE = Path(__file__).parents[3] / "docs" / "configuration.md"
FILES = {"neutrino.conf": config.GROUPS, "agent.conf": agent_config.GROUPS}


def table(groups: dict[str, list[cfg.Opt]]) -> str:
    """Return a table for each section."""
    out = []
    for group, options in groups.items():
        out += [f"### `[{group}]`", "", "| option | default | meaning |", "| --- | --- | --- |"]
        out += [f"| `{one.name}` | {shown(one.default)} | {meaning(one)} |" for one in options]
        out.append("")
    return "\n".join(out).rstrip()


def shown(default: Any) -> str:
    if default in (None, "", [], {}):
        return ""
    return f"`{','.join(map(str, default)) if isinstance(default, list) else default}`"


def meaning(option: cfg.Opt) -> str:
    choices = getattr(option.type, "choices", None)
    words = [str(one) for one in choices or () if one not in option.help]
    text = f"{option.help} One of {', '.join(words)}." if words else str(option.help)
    return text.replace("|", "\\|").replace("*", "\\*")


@pytest.mark.parametrize("name", FILES)
def test_the_page_has_every_option(name: str) -> None:
    between = re.compile(rf"(<!-- {name}: [^>]*-->\n).*?(<!-- end of {name} -->)", re.DOTALL)
    text = PAGE.read_text()
    wanted = between.sub(lambda found: f"{found[1]}{table(FILES[name])}\n{found[2]}", text)
    assert between.search(text)
    if os.environ.get("NEUTRINO_GOLDEN") == "write":
        PAGE.write_text(wanted)
    assert PAGE.read_text() == wanted


def test_every_option_says_what_it_means() -> None:
    for groups in FILES.values():
        assert [one.name for options in groups.values() for one in options if not (one.help or "").endswith(".")] == []


def test_the_example_is_read_and_what_it_names_is_there(tmp_path: Path) -> None:
    (example,) = re.findall(r"```ini\n(.*?)```", PAGE.read_text(), re.DOTALL)
    (file := tmp_path / "neutrino.conf").write_text(example)
    read = config.load(["--config-file", str(file)])
    assert read.identity is not None
    assert (read.identity.auth_url, read.ovn_nb_connection) == ("https://keystone.example/v3", "tcp:192.0.2.10:6641")
    section = ""
    for line in example.splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif line:
            assert line.partition(" ")[0] in [one.name for one in config.GROUPS[section]]


def test_the_refusal_is_as_the_page_says(tmp_path: Path) -> None:
    (file := tmp_path / "wrong.conf").write_text("[ovn]\novn_nb_connection = ssl:192.0.2.10:6641\n")
    with pytest.raises(config.ConfigError) as refused:
        config.load(["--config-file", str(file)])
    assert f"neutrino-api: {refused.value}\n" in PAGE.read_text()


@pytest.mark.parametrize("names", [config.NB_TLS, config.SB_TLS])
def test_each_file_of_a_certificate_is_named_where_it_is_missing(tmp_path: Path, names: tuple[str, ...]) -> None:
    database = names[0].removesuffix("_private_key")
    given = {f"{database}_connection": "ssl:192.0.2.10:6641"}
    for number, name in enumerate(names):
        given[name] = str(tmp_path / name)
        (file := tmp_path / "some.conf").write_text("[ovn]\n" + "".join(f"{k} = {v}\n" for k, v in given.items()))
        with pytest.raises(config.ConfigError, match=rf"\[ovn\] {name}: cannot read {given[name]} \(No such file"):
            config.load(["--config-file", str(file)])
        (tmp_path / name).write_text("")
        if number + 1 < len(names):
            with pytest.raises(config.ConfigError, match=rf"\[ovn\] {names[number + 1]}: needed for ssl: connections"):
                config.load(["--config-file", str(file)])
    assert config.load(["--config-file", str(file)]) is not None


def test_an_agent_s_certificates_are_checked_too(tmp_path: Path) -> None:
    (file := tmp_path / "agent.conf").write_text("[ovs]\novsdb_connection = ssl:127.0.0.1:6640\n")
    with pytest.raises(config.ConfigError, match=r"\[ovs\] ssl_key_file: needed for ssl: connections"):
        agent_config.load(["--config-file", str(file)])
