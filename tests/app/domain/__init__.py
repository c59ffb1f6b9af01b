"""The domain, through its operations and on a real database."""
