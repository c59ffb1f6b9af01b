"""Write the table of engine/README.md."""

from tests.engine.coverage.table import write

write()
