"""What has a name is found by it; what is shared, by whom with."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_NAMED = (
    *(
        "address_groups",
        "address_scopes",
        "local_ips",
        "logs",
        "metering_labels",
        "ndp_proxies",
        "network_segment_ranges",
    ),
    *("networks", "policies", "ports", "routers", "security_groups", "segments", "subnetpools", "subnets", "trunks"),
)


def upgrade() -> None:
    """Make it so."""
    for table in _NAMED:
        op.create_index(f"ix_{table}_name", table, ["name", "project_id"])
    op.create_index("ix_flavors_name", "flavors", ["name"])
    for column in ("action", "target_tenant"):
        op.create_index(f"ix_rbac_policies_{column}", "rbac_policies", [column])
