"""Alembic's entry: migrates over the connection that `storage.schema` hands in.

SQLite's driver would commit each `CREATE TABLE` by itself; begun here, all is one transaction,
and an upgrade that is cut off leaves the database as it was.
"""

from alembic import context

from storage.tables import Base

connection = context.config.attributes["connection"]
if connection.dialect.name == "sqlite":
    connection.exec_driver_sql("BEGIN IMMEDIATE")
context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
