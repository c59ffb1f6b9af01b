"""Needs: what people ask for, and what the service finds."""
