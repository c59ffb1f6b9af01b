"""Contacts: who asked for help, how, and what was answered."""
