"""Puts the tests' shared `topology` on the path."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2]))
