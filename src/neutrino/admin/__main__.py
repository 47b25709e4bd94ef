"""``python -m neutrino.admin``: the command ``neutrino``."""

import sys

from neutrino.admin.command import main

sys.exit(main())
