"""Accounts, login, sessions and roles of the people who work here."""
