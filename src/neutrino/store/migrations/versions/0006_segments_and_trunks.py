"""Trunks."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it so."""
    _trunks()


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
