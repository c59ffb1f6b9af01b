"""Who may do what: the one place that answers, for a page, a list, the engine and the API."""
