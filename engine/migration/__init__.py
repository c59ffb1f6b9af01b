"""Moving running instances from one release of a path to another.

`plan` says beforehand what would become of each (nothing is loaded: see `positions`); `batch` writes a migration down
with its instances and moves them one by one, each in a transaction of its own; `undo` puts back those in which
nothing new was done. Until it is moved an instance stays on its own release.
"""
