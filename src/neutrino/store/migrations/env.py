"""Alembic's entry: run the steps of versions/ on the database that the configuration names, or has open already.

All steps are one transaction: a process that is killed, or a machine that loses power, leaves the tables as they were.
"""

from alembic import context
from sqlalchemy import Connection, create_engine, event

from neutrino.store.tables import metadata


def _run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


opened = context.config.attributes.get("connection")
if opened is not None:
    _run(opened)  # in the transaction that its owner began
else:
    url = str(context.config.get_main_option("sqlalchemy.url"))
    engine = create_engine(url, connect_args={"isolation_level": None})  # Python's begins none for tables

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    with engine.begin() as connection:
        _run(connection)
    engine.dispose()
