"""No index of a column with which a unique one begins: that one finds by it too."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_INDEXES = (
    ("ports", "network_id"),
    ("ports_fixed_ips", "subnet_id"),
    ("local_ips", "local_port_id"),
    ("port_associations", "local_ip_id"),
    ("trunks_sub_ports", "port_id"),
)


def upgrade() -> None:
    """Make it so."""
    for table, column in _INDEXES:
        op.drop_index(f"ix_{table}_{column}", table_name=table)
