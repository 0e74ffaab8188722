"""Alembic environment that migrates inside the transaction of the caller."""

from __future__ import annotations

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes.get("metadata"),
    # SQLite alters a table by recreating it.
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()
