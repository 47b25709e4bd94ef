"""NDP proxies, and the routers that have them."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it so."""
    op.create_table(
        "ndp_proxies",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.Column("updated_at", sa.String(), nullable=False),
        sa.Column("revision_number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("router_id", sa.String(), nullable=False),
        sa.Column("port_id", sa.String(), nullable=False),
        sa.Column("ip_address", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["router_id"], ["routers.id"], name=op.f("fk_ndp_proxies_router_id")),
        sa.ForeignKeyConstraint(["port_id"], ["ports.id"], name=op.f("fk_ndp_proxies_port_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ndp_proxies")),
    )
    with op.batch_alter_table("ndp_proxies", schema=None) as batch_op:
        for column in ("port_id", "project_id", "router_id"):
            batch_op.create_index(batch_op.f(f"ix_ndp_proxies_{column}"), [column], unique=False)
    with op.batch_alter_table("routers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("enable_ndp_proxy", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("routers", schema=None) as batch_op:
        batch_op.alter_column("enable_ndp_proxy", server_default=None)  # it was for the rows that there were
