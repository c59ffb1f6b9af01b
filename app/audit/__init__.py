"""Who did and who saw what: append-only, chained by hashes, written in the transaction of the deed."""

from app.audit.chain import verify
from app.audit.journal import record
from app.audit.reads import saw

__all__ = ["record", "saw", "verify"]
