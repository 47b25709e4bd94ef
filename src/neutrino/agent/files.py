"""Files through which the agent tells the programs beside it: whole or not at all, and for nobody else's eyes."""

from pathlib import Path


def read(path: Path) -> str | None:
    """Return what the file at *path* holds; None where there is none."""
    try:
        return path.read_text()
    except FileNotFoundError:
        return None


def write(path: Path, text: str) -> None:
    """Write *text* so that a reader sees all of it or what was there before, and nobody else sees it."""
    fresh = path.with_suffix(".new")
    fresh.touch(0o600)
    fresh.write_text(text)
    fresh.replace(path)
