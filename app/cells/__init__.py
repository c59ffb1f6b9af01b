"""Moving an ente from a database («cella») to another: close it here, write it down, read it there, compare, open."""
