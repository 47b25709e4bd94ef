"""RBAC policies, which are what says that something is shared, or that a network is external."""

import uuid
from collections import Counter

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# Truth values of before, and the entry that each becomes: table, column, object type, action.
_MOVED = (
    ("networks", "shared", "network", "access_as_shared"),
    ("networks", "router_external", "network", "access_as_external"),
    ("subnetpools", "shared", "subnetpool", "access_as_shared"),
    ("address_scopes", "shared", "address_scope", "access_as_shared"),
)


def upgrade() -> None:
    """Make it so."""
    op.create_table(
        "rbac_policies",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("object_type", sa.String(), nullable=False),
        sa.Column("object_id", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("target_tenant", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rbac_policies")),
    )
    with op.batch_alter_table("rbac_policies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rbac_policies_project_id"), ["project_id"], unique=False)
        batch_op.create_index(
            "uq_rbac_policies_object_id_action_target_tenant", ["object_id", "action", "target_tenant"], unique=True
        )
    _move()
    for table, column, _, _ in _MOVED:
        op.drop_column(table, column)


def _move() -> None:
    connection = op.get_bind()
    entries, counts = [], Counter[str]()
    for table, column, object_type, action in _MOVED:
        of = sa.table(table, sa.column("id"), sa.column("project_id"), sa.column(column, sa.Boolean()))
        for row in connection.execute(sa.select(of.c.id, of.c.project_id).where(of.c[column].is_(True))).all():
            counts[row.project_id] += 1
            entries.append(
                {
                    "id": str(uuid.uuid4()),
                    "project_id": row.project_id,
                    "object_type": object_type,
                    "object_id": row.id,
                    "action": action,
                    "target_tenant": "*",
                }
            )
    if entries:
        names = ("id", "project_id", "object_type", "object_id", "action", "target_tenant")
        connection.execute(sa.insert(sa.table("rbac_policies", *map(sa.column, names))), entries)
        usages = sa.table("quota_usages", *map(sa.column, ("project_id", "resource", "used")))
        used = [{"project_id": one, "resource": "rbac_policy", "used": count} for one, count in counts.items()]
        connection.execute(sa.insert(usages), used)
