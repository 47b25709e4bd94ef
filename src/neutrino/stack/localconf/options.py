"""The options that ``[[post-config|...]]`` sections may set: those that the daemons know.

Here: a look-up. Not here: the options (neutrino.runtime).
"""

from oslo_config import cfg

from neutrino.runtime import agent_config, config

KNOWN: dict[str, dict[str, list[cfg.Opt]]] = {
    "server": config.GROUPS,
    "agent": agent_config.GROUPS,
}
"""Options by section, of the API and the controller (``server``) and of the hosts' agents."""


def check(program: str, section: str, name: str, value: str) -> bool:
    """Tell whether *program* knows the option; raises ValueError for a value that it cannot have."""
    for option in KNOWN[program].get(section, ()):
        if name.replace("-", "_") == option.dest:
            option.type(value)
            return True
    return False
