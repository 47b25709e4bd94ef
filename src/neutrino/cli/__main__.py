"""``python -m neutrino.cli``."""

from neutrino.cli.app import main

main()
