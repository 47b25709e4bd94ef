"""Ports: DHCP options, names, bindings at further hosts; address pairs as rows; what controllers observed."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_JSON = ("extra_dhcp_opts", "dns_assignment", "inactive_bindings", "virtual_parents")
_TEXT = ("dns_name", "dns_domain", "virtual_ip")


def upgrade() -> None:
    """Make it so."""
    op.create_table(
        "observed",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_observed")),
    )
    pairs = op.create_table(
        "ports_allowed_address_pairs",
        sa.Column("port_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("ip_address", sa.String(), nullable=False),
        sa.Column("mac_address", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["port_id"], ["ports.id"], name=op.f("fk_ports_allowed_address_pairs_port_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("port_id", "position", name=op.f("pk_ports_allowed_address_pairs")),
        sqlite_with_rowid=False,
    )
    for column in ("ip_address", "mac_address"):
        op.create_index(
            op.f(f"ix_ports_allowed_address_pairs_{column}"), "ports_allowed_address_pairs", [column], unique=False
        )
    old = sa.table("ports", sa.column("id"), sa.column("mac_address"), sa.column("allowed_address_pairs"))
    found = op.get_bind().execute(sa.select(old).where(old.c.allowed_address_pairs != "[]")).all()
    moved = [
        {"port_id": port, "position": position, **pair, "mac_address": pair.get("mac_address") or mac}
        for port, mac, text in found
        for position, pair in enumerate(json.loads(text))
    ]
    if moved:
        op.bulk_insert(pairs, moved)

    with op.batch_alter_table("ports", schema=None) as batch_op:
        batch_op.drop_column("allowed_address_pairs")
        for name in _JSON:
            batch_op.add_column(sa.Column(name, sa.Text(), nullable=False, server_default="[]"))
        for name in _TEXT:
            batch_op.add_column(sa.Column(name, sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("data_plane_status", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("trusted", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("hardware_offload_type", sa.String(), nullable=True))
    with op.batch_alter_table("networks", schema=None) as batch_op:
        batch_op.add_column(sa.Column("dns_domain", sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("subnets", schema=None) as batch_op:
        batch_op.add_column(sa.Column("dns_publish_fixed_ip", sa.Boolean(), nullable=False, server_default=sa.false()))

    with op.batch_alter_table("ports", schema=None) as batch_op:
        for name in (*_JSON, *_TEXT):
            batch_op.alter_column(name, server_default=None)
    with op.batch_alter_table("networks", schema=None) as batch_op:
        batch_op.alter_column("dns_domain", server_default=None)
    with op.batch_alter_table("subnets", schema=None) as batch_op:
        batch_op.alter_column("dns_publish_fixed_ip", server_default=None)
