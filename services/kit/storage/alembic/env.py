"""Alembic's environment, shared by all services: connection and metadata come from `kit.storage.migrate`."""

from alembic import context

from services.kit.storage import append_only

attributes = context.config.attributes
context.configure(
    connection=attributes["connection"],
    target_metadata=attributes["metadata"],
    render_as_batch=True,
    compare_type=True,
    transactional_ddl=True,
    process_revision_directives=append_only.add_lines,
)
with context.begin_transaction():
    context.run_migrations()
