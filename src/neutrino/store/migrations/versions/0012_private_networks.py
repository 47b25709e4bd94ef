"""Private networks, and the standing of their ports."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it so."""
    with op.batch_alter_table("networks", schema=None) as batch_op:
        batch_op.add_column(sa.Column("pvlan", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("networks", schema=None) as batch_op:
        batch_op.alter_column("pvlan", server_default=None)  # it was for the rows that there were
    with op.batch_alter_table("ports", schema=None) as batch_op:
        for column in ("pvlan_type", "pvlan_community"):
            batch_op.add_column(sa.Column(column, sa.String(), nullable=True))
