"""Alembic's entry: run the steps of versions/ on the database that the configuration names."""

from alembic import context
from sqlalchemy import create_engine

from neutrino.store.tables import metadata

engine = create_engine(str(context.config.get_main_option("sqlalchemy.url")))
with engine.begin() as connection:
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
