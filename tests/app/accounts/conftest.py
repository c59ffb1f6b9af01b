"""The people and the application of tests/app/accounts/fixtures.py."""

from tests.app.accounts.fixtures import an_account, browser, units, web

__all__ = ["an_account", "browser", "units", "web"]
