"""Alembic's entry: run the steps of versions/ on the database that the configuration names, or has open already."""

from alembic import context
from sqlalchemy import Connection, create_engine

from neutrino.store.tables import metadata


def _run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


opened = context.config.attributes.get("connection")
if opened is not None:
    _run(opened)  # in the transaction that its owner began
else:
    engine = create_engine(str(context.config.get_main_option("sqlalchemy.url")))
    with engine.begin() as connection:
        _run(connection)
    engine.dispose()
