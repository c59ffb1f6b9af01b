"""Pages for who administers an ente: people and roles, programs with a token, units, parameters of the paths."""
