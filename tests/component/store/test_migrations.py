"""What a database holds is still there, and counted, after each step to newer tables."""

import sqlite3
from contextlib import closing

from alembic import command
from alembic.config import Config

from neutrino.store.schema import MIGRATIONS, upgrade

STANDARD = {"description": "", "created_at": "t", "updated_at": "t", "revision_number": 1, "project_id": "p"}
NETWORK = STANDARD | {
    "id": "n",
    "name": "blue",
    "admin_state_up": 1,
    "status": "ACTIVE",
    "mtu": 1442,
    "port_security_enabled": 1,
    "provider_network_type": "geneve",
    "provider_segmentation_id": 1,
}
MOVED = ("provider_network_type", "provider_segmentation_id", "allowed_address_pairs")  # to tables of their own
SUBNET = STANDARD | {
    "id": "s",
    "name": "",
    "network_id": "n",
    "ip_version": 4,
    "cidr": "10.0.0.0/24",
    "allocation_pools": "[]",
    "enable_dhcp": 1,
    "dns_nameservers": "[]",
    "host_routes": "[]",
}
PORT = STANDARD | {
    "id": "o",
    "name": "",
    "network_id": "n",
    "admin_state_up": 1,
    "mac_address": "fa:16:3e:00:00:01",
    "device_id": "",
    "device_owner": "",
    "status": "DOWN",
    "port_security_enabled": 1,
    "allowed_address_pairs": '[{"ip_address":"10.0.0.9","mac_address":"fa:16:3e:00:00:01"},'
    '{"ip_address":"10.0.1.0/24"}]',
    "binding_host_id": "",
    "binding_vnic_type": "normal",
    "binding_profile": "{}",
    "binding_vif_type": "unbound",
    "binding_vif_details": "{}",
}
FIXED_IP = {
    "port_id": "o",
    "position": 0,
    "subnet_id": "s",
    "ip_address": "10.0.0.2",
    "ip_address_key": "0a000002",
}


def test_the_first_tables_with_rows_become_the_newest(path):
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("sqlalchemy.url", f"sqlite:///{path}")
    command.upgrade(config, "0001")
    before = {"shared": 1}  # what became an RBAC policy
    rows = (("networks", NETWORK | before), ("subnets", SUBNET), ("ports", PORT), ("ports_fixed_ips", FIXED_IP))
    with closing(sqlite3.connect(path)) as connection, connection:
        for table, row in rows:
            names, marks = ", ".join(row), ", ".join("?" * len(row))
            connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(row.values()))  # noqa: S608
    upgrade(str(path))
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        for table, row in rows:
            (found,) = connection.execute(f"SELECT * FROM {table}")  # noqa: S608
            kept = {name: value for name, value in row.items() if name not in before and name not in MOVED}
            assert {name: found[name] for name in kept} == kept
        pairs = [
            tuple(row) for row in connection.execute("SELECT * FROM ports_allowed_address_pairs ORDER BY position")
        ]
        mac = PORT["mac_address"]  # of a pair that names none
        assert pairs == [("o", 0, "10.0.0.9", mac), ("o", 1, "10.0.1.0/24", mac)]
        (segment,) = connection.execute("SELECT * FROM segments")
        assert (segment["network_id"], segment["network_type"], segment["segmentation_id"]) == ("n", "geneve", 1)
        used = [tuple(row) for row in connection.execute("SELECT * FROM quota_usages ORDER BY resource")]
        assert used == [("p", "network", 1), ("p", "port", 1), ("p", "rbac_policy", 1), ("p", "subnet", 1)]
        shared = [tuple(row)[1:] for row in connection.execute("SELECT * FROM rbac_policies")]
        assert shared == [("p", "network", "n", "access_as_shared", "*")]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
