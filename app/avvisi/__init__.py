"""Letters: written from the templates of a release, kept as they were sent."""
