"""Flavors, logs, automatic topologies, whether new groups are stateful, default networks, gateways placed by hand."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_TEMPLATES = "default_security_group_rules"


def upgrade() -> None:
    """Make it so."""
    op.create_table(
        "auto_allocated_topologies",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("router_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_auto_allocated_topologies")),
    )
    with op.batch_alter_table("auto_allocated_topologies", schema=None) as batch_op:
        batch_op.create_index("uq_auto_allocated_topologies_project_id", ["project_id"], unique=True)

    op.create_table(
        "flavors",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("service_type", sa.String(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flavors")),
    )
    op.create_table(
        "security_groups_default_statefulness",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("project_id", sa.String(), nullable=True),
        sa.Column("stateful", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_security_groups_default_statefulness")),
    )
    with op.batch_alter_table("security_groups_default_statefulness", schema=None) as batch_op:
        batch_op.create_index("uq_security_groups_default_statefulness_project_id", ["project_id"], unique=True)

    op.create_table(
        "service_profiles",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("driver", sa.String(), nullable=False),
        sa.Column("metainfo", sa.String(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_profiles")),
    )
    op.create_table(
        "flavors_service_profiles",
        sa.Column("flavor_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("service_profile_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["flavor_id"], ["flavors.id"], name=op.f("fk_flavors_service_profiles_flavor_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["service_profile_id"],
            ["service_profiles.id"],
            name=op.f("fk_flavors_service_profiles_service_profile_id"),
        ),
        sa.PrimaryKeyConstraint("flavor_id", "position", name=op.f("pk_flavors_service_profiles")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("flavors_service_profiles", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_flavors_service_profiles_service_profile_id"), ["service_profile_id"], unique=False
        )

    op.create_table(
        "logs",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.Column("updated_at", sa.String(), nullable=False),
        sa.Column("revision_number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("resource_type", sa.String(), nullable=False),
        sa.Column("resource_id", sa.String(), nullable=True),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("target_id", sa.String(), nullable=True),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["resource_id"], ["security_groups.id"], name=op.f("fk_logs_resource_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_logs")),
    )
    with op.batch_alter_table("logs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_logs_project_id"), ["project_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_logs_resource_id"), ["resource_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_logs_target_id"), ["target_id"], unique=False)

    with op.batch_alter_table("networks", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_default", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.create_index(batch_op.f("ix_networks_is_default"), ["is_default"], unique=False)
    with op.batch_alter_table("networks", schema=None) as batch_op:
        batch_op.alter_column("is_default", server_default=None)  # it was for the rows that there were

    with op.batch_alter_table("routers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("flavor_id", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("placement", sa.Text(), nullable=True))
        batch_op.create_index(batch_op.f("ix_routers_flavor_id"), ["flavor_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_routers_flavor_id"), "flavors", ["flavor_id"], ["id"])

    # The rules that there were from the beginning say so, as upstream's do.
    for direction in ("egress", "ingress"):
        op.execute(
            f"UPDATE {_TEMPLATES} SET description = 'Legacy default SG rule for {direction} traffic' "  # noqa: S608
            f"WHERE direction = '{direction}' AND description = '' AND id LIKE '5b0f3b0c-52f4-4c3a-9d0e-0d6a1c5a7e%'"
        )
