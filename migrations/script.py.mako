"""${message}: the reason, in one line.

Expand, then contract: add what the new code needs while the old one still runs; take away what no running code reads
in a later release. A new table with ente_id ends with protect(op, "table").
"""

import sqlalchemy as sa
from alembic import op

from migrations.rls import protect

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
