"""Alembic's entry: runs the migrations on the connection that ``store/schema.py`` passes in."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(connection=connection, version_table_schema="export_jobs", transaction_per_migration=True)
with context.begin_transaction():
    context.run_migrations()
