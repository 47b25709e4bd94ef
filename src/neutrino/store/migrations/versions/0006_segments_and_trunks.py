"""Segments are rows of their own, with their ranges; trunks."""

import uuid

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it so."""
    _segments()
    _ranges()
    _trunks()


def _segments() -> None:
    segments = op.create_table(
        "segments",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.Column("updated_at", sa.String(), nullable=False),
        sa.Column("revision_number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("network_id", sa.String(), nullable=False),
        sa.Column("segment_index", sa.Integer(), nullable=False),
        sa.Column("network_type", sa.String(), nullable=False),
        sa.Column("physical_network", sa.String(), nullable=True),
        sa.Column("segmentation_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_segments_network_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segments")),
    )
    op.create_index(op.f("ix_segments_segmentation_id"), "segments", ["segmentation_id"])
    op.create_index("uq_segments_network_id_segment_index", "segments", ["network_id", "segment_index"], unique=True)
    for columns, where in (
        (["network_type", "segmentation_id"], "physical_network IS NULL"),
        (["physical_network", "segmentation_id"], "network_type = 'vlan'"),
        (["physical_network"], "network_type = 'flat'"),
    ):
        op.create_index(
            f"uq_segments_{'_'.join(columns)}",
            "segments",
            columns,
            unique=True,
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )
    assert segments is not None  # noqa: S101 - there is no other dialect
    names = ("network_type", "physical_network", "segmentation_id")
    networks = sa.table(
        "networks",
        *(sa.column(name) for name in ("id", "project_id", "created_at", "updated_at")),
        *(sa.column(f"provider_{name}") for name in names),
    )
    rows = op.get_bind().execute(sa.select(networks)).mappings().all()
    op.bulk_insert(
        segments,
        [
            {name: row[f"provider_{name}"] for name in names}
            | {
                "id": str(uuid.uuid4()),
                "project_id": row["project_id"],
                "description": "",
                "created_at": row["created_at"],
                "updated_at": row["updated_at"],
                "revision_number": 1,
                "name": None,
                "network_id": row["id"],
                "segment_index": 0,
            }
            for row in rows
        ],
    )
    for index in ("network_type_provider_segmentation_id", "physical_network_provider_segmentation_id"):
        op.drop_index(f"uq_networks_provider_{index}", table_name="networks")
    op.drop_index("uq_networks_provider_physical_network", table_name="networks")
    for name in names:
        op.execute(f"ALTER TABLE networks DROP COLUMN provider_{name}")
    for name in ("vlan_transparent", "qinq"):
        op.add_column("networks", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("networks", schema=None) as batch_op:
        for name in ("vlan_transparent", "qinq"):
            batch_op.alter_column(name, server_default=None)
    with op.batch_alter_table("subnets", schema=None) as batch_op:
        batch_op.add_column(sa.Column("segment_id", sa.String(), nullable=True))
        batch_op.create_index(batch_op.f("ix_subnets_segment_id"), ["segment_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_subnets_segment_id"), "segments", ["segment_id"], ["id"])


def _ranges() -> None:
    op.create_table(
        "network_segment_ranges",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.Column("updated_at", sa.String(), nullable=False),
        sa.Column("revision_number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("default", sa.Boolean(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("network_type", sa.String(), nullable=False),
        sa.Column("physical_network", sa.String(), nullable=True),
        sa.Column("minimum", sa.Integer(), nullable=False),
        sa.Column("maximum", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_network_segment_ranges")),
    )
    for name in ("network_type", "project_id"):
        op.create_index(op.f(f"ix_network_segment_ranges_{name}"), "network_segment_ranges", [name])


def _trunks() -> None:
    op.create_table(
        "trunks",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.Column("updated_at", sa.String(), nullable=False),
        sa.Column("revision_number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("admin_state_up", sa.Boolean(), nullable=False),
        sa.Column("port_id", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["port_id"], ["ports.id"], name=op.f("fk_trunks_port_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trunks")),
    )
    op.create_index(op.f("ix_trunks_project_id"), "trunks", ["project_id"])
    op.create_index("uq_trunks_port_id", "trunks", ["port_id"], unique=True)
    op.create_table(
        "trunks_tags",
        sa.Column("trunk_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["trunk_id"], ["trunks.id"], name=op.f("fk_trunks_tags_trunk_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("trunk_id", "position", name=op.f("pk_trunks_tags")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_trunks_tags_tag"), "trunks_tags", ["tag"])
    op.create_table(
        "trunks_sub_ports",
        sa.Column("trunk_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("port_id", sa.String(), nullable=False),
        sa.Column("segmentation_type", sa.String(), nullable=False),
        sa.Column("segmentation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["port_id"], ["ports.id"], name=op.f("fk_trunks_sub_ports_port_id")),
        sa.ForeignKeyConstraint(
            ["trunk_id"], ["trunks.id"], name=op.f("fk_trunks_sub_ports_trunk_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("trunk_id", "position", name=op.f("pk_trunks_sub_ports")),
        sqlite_with_rowid=False,
    )
    for column in ("port_id", "segmentation_id", "segmentation_type"):
        op.create_index(op.f(f"ix_trunks_sub_ports_{column}"), "trunks_sub_ports", [column])
    op.create_index("uq_trunks_sub_ports_port_id", "trunks_sub_ports", ["port_id"], unique=True)
