"""index the tasks of a pratica so that the thousandth round finds its own as fast as the tenth.

Every step reads the open tasks of its root, the last person who did a step of a role in it, and the last who did
a given step of an instance; with only the root or the instance indexed, each read all that was ever done.
"""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

WIDE = {
    "instance": "ente_id, instance_id, element_id, closed_at",
    "root": "ente_id, root_id, status, ruolo, closed_at, closed_by",
}
NARROW = {"instance": "ente_id, instance_id", "root": "ente_id, root_id"}


def upgrade() -> None:
    _index(WIDE)


def downgrade() -> None:
    _index(NARROW)


def _index(columns: dict[str, str]) -> None:
    for name, listed in columns.items():
        op.execute(f"DROP INDEX ix_engine_task_{name}")
        op.execute(f"CREATE INDEX ix_engine_task_{name} ON engine_task ({listed})")
