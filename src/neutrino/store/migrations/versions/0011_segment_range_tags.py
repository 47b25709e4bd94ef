"""Network segment ranges have tags."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it so."""
    op.create_table(
        "network_segment_ranges_tags",
        sa.Column("network_segment_range_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["network_segment_range_id"],
            ["network_segment_ranges.id"],
            name=op.f("fk_network_segment_ranges_tags_network_segment_range_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("network_segment_range_id", "position", name=op.f("pk_network_segment_ranges_tags")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_network_segment_ranges_tags_tag"), "network_segment_ranges_tags", ["tag"])
