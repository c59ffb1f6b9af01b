"""The social diary: entries are only ever added."""
