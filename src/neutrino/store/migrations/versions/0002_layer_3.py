"""Routers, floating IPs, and networks that are external."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it so."""
    op.create_table(
        "routers",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.Column("updated_at", sa.String(), nullable=False),
        sa.Column("revision_number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("admin_state_up", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("routes", sa.Text(), nullable=False),
        sa.Column("gw_port_id", sa.String(), nullable=True),
        sa.Column("enable_snat", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["gw_port_id"], ["ports.id"], name=op.f("fk_routers_gw_port_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routers")),
    )
    with op.batch_alter_table("routers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_routers_gw_port_id"), ["gw_port_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_routers_project_id"), ["project_id"], unique=False)

    op.create_table(
        "floatingips",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.Column("updated_at", sa.String(), nullable=False),
        sa.Column("revision_number", sa.Integer(), nullable=False),
        sa.Column("floating_network_id", sa.String(), nullable=False),
        sa.Column("floating_ip_address", sa.String(), nullable=True),
        sa.Column("port_id", sa.String(), nullable=True),
        sa.Column("fixed_ip_address", sa.String(), nullable=True),
        sa.Column("router_id", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("floating_port_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["floating_network_id"], ["networks.id"], name=op.f("fk_floatingips_floating_network_id")
        ),
        sa.ForeignKeyConstraint(["floating_port_id"], ["ports.id"], name=op.f("fk_floatingips_floating_port_id")),
        sa.ForeignKeyConstraint(["port_id"], ["ports.id"], name=op.f("fk_floatingips_port_id")),
        sa.ForeignKeyConstraint(["router_id"], ["routers.id"], name=op.f("fk_floatingips_router_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_floatingips")),
    )
    with op.batch_alter_table("floatingips", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_floatingips_floating_ip_address"), ["floating_ip_address"], unique=False)
        batch_op.create_index(batch_op.f("ix_floatingips_floating_network_id"), ["floating_network_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_floatingips_floating_port_id"), ["floating_port_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_floatingips_port_id"), ["port_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_floatingips_project_id"), ["project_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_floatingips_router_id"), ["router_id"], unique=False)

    op.create_table(
        "routers_tags",
        sa.Column("router_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["router_id"], ["routers.id"], name=op.f("fk_routers_tags_router_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("router_id", "position", name=op.f("pk_routers_tags")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("routers_tags", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_routers_tags_tag"), ["tag"], unique=False)

    op.create_table(
        "floatingips_tags",
        sa.Column("floatingip_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["floatingip_id"], ["floatingips.id"], name=op.f("fk_floatingips_tags_floatingip_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("floatingip_id", "position", name=op.f("pk_floatingips_tags")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("floatingips_tags", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_floatingips_tags_tag"), ["tag"], unique=False)

    with op.batch_alter_table("networks", schema=None) as batch_op:
        batch_op.add_column(sa.Column("router_external", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("networks", schema=None) as batch_op:
        batch_op.alter_column("router_external", server_default=None)  # it was for the rows that there were
