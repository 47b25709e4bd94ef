"""Local IPs, and the ports that they stand for."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it so."""
    op.create_table(
        "local_ips",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.Column("updated_at", sa.String(), nullable=False),
        sa.Column("revision_number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("local_port_id", sa.String(), nullable=True),
        sa.Column("network_id", sa.String(), nullable=True),
        sa.Column("local_ip_address", sa.String(), nullable=True),
        sa.Column("ip_mode", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["local_port_id"], ["ports.id"], name=op.f("fk_local_ips_local_port_id")),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_local_ips_network_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_local_ips")),
    )
    with op.batch_alter_table("local_ips", schema=None) as batch_op:
        for column in ("local_port_id", "network_id", "project_id"):
            batch_op.create_index(batch_op.f(f"ix_local_ips_{column}"), [column], unique=False)
        batch_op.create_index(
            "uq_local_ips_local_port_id_local_ip_address", ["local_port_id", "local_ip_address"], unique=True
        )
    op.create_table(
        "port_associations",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("local_ip_id", sa.String(), nullable=False),
        sa.Column("fixed_port_id", sa.String(), nullable=False),
        sa.Column("fixed_ip", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["local_ip_id"], ["local_ips.id"], name=op.f("fk_port_associations_local_ip_id")),
        sa.ForeignKeyConstraint(["fixed_port_id"], ["ports.id"], name=op.f("fk_port_associations_fixed_port_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_port_associations")),
    )
    with op.batch_alter_table("port_associations", schema=None) as batch_op:
        for column in ("fixed_port_id", "local_ip_id"):
            batch_op.create_index(batch_op.f(f"ix_port_associations_{column}"), [column], unique=False)
        batch_op.create_index(
            "uq_port_associations_local_ip_id_fixed_port_id", ["local_ip_id", "fixed_port_id"], unique=True
        )
