"""What `percorsi <command>` does, one module per kind of command; app/cli.py reads the arguments."""
