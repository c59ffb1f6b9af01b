"""Who did and who saw what: append-only, chained by hashes, written in the transaction of the deed."""
