"""Port forwardings; routers with several gateways, distributed routers, zones of routers."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_FLAGS = ("enable_default_route_ecmp", "enable_default_route_bfd", "distributed")


def upgrade() -> None:
    """Make it so."""
    op.create_table(
        "port_forwardings",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("floatingip_id", sa.String(), nullable=False),
        sa.Column("external_port", sa.Integer(), nullable=True),
        sa.Column("internal_port", sa.Integer(), nullable=True),
        sa.Column("external_port_range", sa.String(), nullable=False),
        sa.Column("internal_port_range", sa.String(), nullable=False),
        sa.Column("protocol", sa.String(), nullable=False),
        sa.Column("internal_port_id", sa.String(), nullable=False),
        sa.Column("internal_ip_address", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["floatingip_id"], ["floatingips.id"], name=op.f("fk_port_forwardings_floatingip_id")),
        sa.ForeignKeyConstraint(["internal_port_id"], ["ports.id"], name=op.f("fk_port_forwardings_internal_port_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_port_forwardings")),
    )
    with op.batch_alter_table("port_forwardings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_port_forwardings_floatingip_id"), ["floatingip_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_port_forwardings_internal_port_id"), ["internal_port_id"], unique=False)

    with op.batch_alter_table("routers", schema=None) as batch_op:
        for name in _FLAGS:
            batch_op.add_column(sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("ha", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.add_column(sa.Column("availability_zone_hints", sa.Text(), nullable=False, server_default="[]"))

    with op.batch_alter_table("routers", schema=None) as batch_op:
        for name in (*_FLAGS, "ha", "availability_zone_hints"):
            batch_op.alter_column(name, server_default=None)
