"""QoS policies, their rules, and who is under one."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_RULES = {
    "bandwidth_limit_rules": ("max_kbps", "max_burst_kbps"),
    "dscp_marking_rules": ("dscp_mark",),
    "minimum_bandwidth_rules": ("min_kbps",),
    "minimum_packet_rate_rules": ("min_kpps",),
    "packet_rate_limit_rules": ("max_kpps", "max_burst_kpps"),
}
_UNDER = {
    "networks": "qos_policy_id",
    "ports": "qos_policy_id",
    "floatingips": "qos_policy_id",
    "routers": "gateway_qos_policy_id",
}


def upgrade() -> None:
    """Make it so."""
    op.create_table(
        "policies",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.Column("updated_at", sa.String(), nullable=False),
        sa.Column("revision_number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policies")),
    )
    with op.batch_alter_table("policies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_policies_project_id"), ["project_id"], unique=False)
        batch_op.create_index(
            "uq_policies_project_id",
            ["project_id"],
            unique=True,
            sqlite_where=sa.text("is_default"),
            postgresql_where=sa.text("is_default"),
        )
    op.create_table(
        "policies_tags",
        sa.Column("policy_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["policy_id"], ["policies.id"], name=op.f("fk_policies_tags_policy_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("policy_id", "position", name=op.f("pk_policies_tags")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("policies_tags", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_policies_tags_tag"), ["tag"], unique=False)

    for table, numbers in _RULES.items():
        has_direction = table != "dscp_marking_rules"
        op.create_table(
            table,
            sa.Column("id", sa.String(), nullable=False),
            sa.Column("qos_policy_id", sa.String(), nullable=False),
            *(sa.Column(name, sa.Integer(), nullable=False) for name in numbers),
            *([sa.Column("direction", sa.String(), nullable=False)] if has_direction else []),
            sa.ForeignKeyConstraint(["qos_policy_id"], ["policies.id"], name=op.f(f"fk_{table}_qos_policy_id")),
            sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        )
        columns = ["qos_policy_id", "direction"] if has_direction else ["qos_policy_id"]
        op.create_index(f"uq_{table}_{'_'.join(columns)}", table, columns, unique=True)

    for table, column in _UNDER.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column(column, sa.String(), nullable=True))
            batch_op.create_index(batch_op.f(f"ix_{table}_{column}"), [column], unique=False)
            batch_op.create_foreign_key(batch_op.f(f"fk_{table}_{column}"), "policies", [column], ["id"])
