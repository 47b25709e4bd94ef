"""Metering labels and their rules."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it so."""
    op.create_table(
        "metering_labels",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metering_labels")),
    )
    with op.batch_alter_table("metering_labels", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_metering_labels_project_id"), ["project_id"], unique=False)
    op.create_table(
        "metering_label_rules",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("metering_label_id", sa.String(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("excluded", sa.Boolean(), nullable=False),
        sa.Column("remote_ip_prefix", sa.String(), nullable=True),
        sa.Column("source_ip_prefix", sa.String(), nullable=True),
        sa.Column("destination_ip_prefix", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["metering_label_id"], ["metering_labels.id"], name=op.f("fk_metering_label_rules_metering_label_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metering_label_rules")),
    )
    with op.batch_alter_table("metering_label_rules", schema=None) as batch_op:
        for column in ("metering_label_id", "project_id"):
            batch_op.create_index(batch_op.f(f"ix_metering_label_rules_{column}"), [column], unique=False)
