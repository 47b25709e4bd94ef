"""Further nouns and attributes, and the counters of quotas."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0001"
branch_labels = None
depends_on = None

_COUNTED = {
    "networks": "network",
    "subnets": "subnet",
    "ports": "port",
    "security_groups": "security_group",
    "security_group_rules": "security_group_rule",
}


def upgrade() -> None:
    """Make it so."""
    op.create_table(
        "quota_usages",
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("resource", sa.String(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("project_id", "resource", name=op.f("pk_quota_usages")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "quotas",
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("resource", sa.String(), nullable=False),
        sa.Column("limit", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("project_id", "resource", name=op.f("pk_quotas")),
        sqlite_with_rowid=False,
    )

    for table, name in _COUNTED.items():
        op.execute(
            f"INSERT INTO quota_usages (project_id, resource, used) "  # noqa: S608 - both are written above
            f"SELECT project_id, '{name}', count(*) FROM {table} GROUP BY project_id"
        )
