"""How many statements MariaDB was sent: asked over its socket, by the peer's own interpreter, which has the driver.

Run as a program it answers each line on its input with the counter (``Questions``) as it is then, its own excluded.
"""

import subprocess
import sys
from pathlib import Path


class Statements:
    """The counter of the MariaDB behind *socket*."""

    def __init__(self, python: Path, socket: Path) -> None:
        self._asked = subprocess.Popen(
            [str(python), __file__, str(socket)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def count(self) -> int:
        """Return the number of statements so far."""
        assert self._asked.stdin is not None
        assert self._asked.stdout is not None
        self._asked.stdin.write("\n")
        self._asked.stdin.flush()
        return int(self._asked.stdout.readline())

    def close(self) -> None:
        """End the program that asks."""
        self._asked.communicate()


def _answer(socket: str) -> None:
    import pymysql  # type: ignore[import-not-found]  # the peer's environment has it, ours has not

    with pymysql.connect(unix_socket=socket, autocommit=True).cursor() as cursor:
        for asked, _ in enumerate(sys.stdin):
            cursor.execute("SHOW GLOBAL STATUS LIKE 'Questions'")
            sys.stdout.write(f"{int(cursor.fetchone()[1]) - asked}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    _answer(sys.argv[1])
