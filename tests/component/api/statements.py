"""Counting the statements that reach the database."""

from collections import Counter

from sqlalchemy import event
from sqlalchemy.engine import Engine

from neutrino.store.statements import Connection


class Statements:
    """What was sent, text and values of each, by SQLAlchemy or as it was remembered. Use it as a context."""

    def __init__(self):
        self.seen = []

    def __enter__(self):
        event.listen(Engine, "before_cursor_execute", self._by_sqlalchemy)
        Connection.observe = self._remembered
        return self

    def __exit__(self, *_):
        Connection.observe = None
        event.remove(Engine, "before_cursor_execute", self._by_sqlalchemy)

    def count(self, action):
        """Return how many statements *action* makes, and their kinds."""
        self.seen.clear()
        action()
        return len(self.seen), Counter(statement.split()[0] for statement, _ in self.seen)

    def _by_sqlalchemy(self, _connection, _cursor, statement, parameters, _context, many):
        self.seen.append((statement, parameters[0] if many else parameters))

    def _remembered(self, statement, parameters):
        self.seen.append((statement, parameters))
