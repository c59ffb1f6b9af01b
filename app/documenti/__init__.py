"""Files that people bring and texts that steps write: kept, looked at, shown to who may read the pratica."""
