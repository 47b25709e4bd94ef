"""Further nouns and attributes, and the counters of quotas."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_COUNTED = {
    "networks": "network",
    "subnets": "subnet",
    "ports": "port",
    "security_groups": "security_group",
    "security_group_rules": "security_group_rule",
    "routers": "router",
    "floatingips": "floatingip",
}
# What upstream gives to new groups: all may go out; members of a default group may reach each other.
_TEMPLATES = (
    ("5b0f3b0c-52f4-4c3a-9d0e-0d6a1c5a7e01", "egress", "IPv4", None, True),
    ("5b0f3b0c-52f4-4c3a-9d0e-0d6a1c5a7e02", "egress", "IPv6", None, True),
    ("5b0f3b0c-52f4-4c3a-9d0e-0d6a1c5a7e03", "ingress", "IPv4", "PARENT", False),
    ("5b0f3b0c-52f4-4c3a-9d0e-0d6a1c5a7e04", "ingress", "IPv6", "PARENT", False),
)


def upgrade() -> None:
    """Make it so."""
    op.create_table(
        "address_groups",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.Column("updated_at", sa.String(), nullable=False),
        sa.Column("revision_number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("addresses", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_groups")),
    )
    with op.batch_alter_table("address_groups", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_address_groups_project_id"), ["project_id"], unique=False)

    op.create_table(
        "address_scopes",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("ip_version", sa.Integer(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_scopes")),
    )
    with op.batch_alter_table("address_scopes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_address_scopes_project_id"), ["project_id"], unique=False)

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
    op.create_table(
        "default_security_group_rules",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("ethertype", sa.String(), nullable=False),
        sa.Column("protocol", sa.String(), nullable=True),
        sa.Column("port_range_min", sa.Integer(), nullable=True),
        sa.Column("port_range_max", sa.Integer(), nullable=True),
        sa.Column("remote_ip_prefix", sa.String(), nullable=True),
        sa.Column("remote_group_id", sa.String(), nullable=True),
        sa.Column("remote_address_group_id", sa.String(), nullable=True),
        sa.Column("used_in_default_sg", sa.Boolean(), nullable=False),
        sa.Column("used_in_non_default_sg", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["remote_address_group_id"],
            ["address_groups.id"],
            name=op.f("fk_default_security_group_rules_remote_address_group_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_default_security_group_rules")),
    )
    with op.batch_alter_table("default_security_group_rules", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_default_security_group_rules_remote_address_group_id"),
            ["remote_address_group_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_default_security_group_rules_used_in_default_sg"), ["used_in_default_sg"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_default_security_group_rules_used_in_non_default_sg"),
            ["used_in_non_default_sg"],
            unique=False,
        )

    op.create_table(
        "subnetpools",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.Column("updated_at", sa.String(), nullable=False),
        sa.Column("revision_number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("prefixes", sa.Text(), nullable=False),
        sa.Column("ip_version", sa.Integer(), nullable=False),
        sa.Column("default_prefixlen", sa.String(), nullable=False),
        sa.Column("min_prefixlen", sa.String(), nullable=False),
        sa.Column("max_prefixlen", sa.String(), nullable=False),
        sa.Column("default_quota", sa.Integer(), nullable=True),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("address_scope_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["address_scope_id"], ["address_scopes.id"], name=op.f("fk_subnetpools_address_scope_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subnetpools")),
    )
    with op.batch_alter_table("subnetpools", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_subnetpools_address_scope_id"), ["address_scope_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_subnetpools_project_id"), ["project_id"], unique=False)

    op.create_table(
        "subnetpools_tags",
        sa.Column("subnetpool_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subnetpool_id"], ["subnetpools.id"], name=op.f("fk_subnetpools_tags_subnetpool_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("subnetpool_id", "position", name=op.f("pk_subnetpools_tags")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("subnetpools_tags", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_subnetpools_tags_tag"), ["tag"], unique=False)

    with op.batch_alter_table("networks", schema=None) as batch_op:
        batch_op.add_column(sa.Column("availability_zone_hints", sa.Text(), nullable=False, server_default="[]"))

    with op.batch_alter_table("ports", schema=None) as batch_op:
        batch_op.add_column(sa.Column("ip_allocation", sa.String(), nullable=False, server_default="immediate"))
        batch_op.add_column(
            sa.Column("propagate_uplink_status", sa.Boolean(), nullable=False, server_default=sa.true())
        )
        batch_op.add_column(sa.Column("device_profile", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("numa_affinity_policy", sa.String(), nullable=True))

    with op.batch_alter_table("security_group_rules", schema=None) as batch_op:
        batch_op.add_column(sa.Column("remote_address_group_id", sa.String(), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_security_group_rules_remote_address_group_id"), ["remote_address_group_id"], unique=False
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_security_group_rules_remote_address_group_id"),
            "address_groups",
            ["remote_address_group_id"],
            ["id"],
        )

    with op.batch_alter_table("subnets", schema=None) as batch_op:
        batch_op.add_column(sa.Column("subnetpool_id", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("service_types", sa.Text(), nullable=False, server_default="[]"))
        batch_op.create_index(batch_op.f("ix_subnets_subnetpool_id"), ["subnetpool_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_subnets_subnetpool_id"), "subnetpools", ["subnetpool_id"], ["id"])

    with op.batch_alter_table("networks", schema=None) as batch_op:
        batch_op.alter_column("availability_zone_hints", server_default=None)

    with op.batch_alter_table("ports", schema=None) as batch_op:
        batch_op.alter_column("ip_allocation", server_default=None)
        batch_op.alter_column("propagate_uplink_status", server_default=None)

    with op.batch_alter_table("subnets", schema=None) as batch_op:
        batch_op.alter_column("service_types", server_default=None)

    for table, name in _COUNTED.items():
        op.execute(
            f"INSERT INTO quota_usages (project_id, resource, used) "  # noqa: S608 - both are written above
            f"SELECT project_id, '{name}', count(*) FROM {table} GROUP BY project_id"
        )
    rules = sa.table(
        "default_security_group_rules",
        *(sa.column(name) for name in ("id", "description", "direction", "ethertype", "remote_group_id")),
        *(sa.column(name, sa.Boolean()) for name in ("used_in_default_sg", "used_in_non_default_sg")),
    )
    names = ("id", "direction", "ethertype", "remote_group_id", "used_in_non_default_sg")
    rows = [dict(zip(names, one, strict=True)) for one in _TEMPLATES]
    op.bulk_insert(rules, [row | {"description": "", "used_in_default_sg": True} for row in rows])
