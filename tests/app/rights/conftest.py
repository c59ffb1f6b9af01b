"""The people and the application of tests/app/accounts/fixtures.py."""

from tests.app.accounts.fixtures import an_account, browser, quick_hashes, units, web

__all__ = ["an_account", "browser", "quick_hashes", "units", "web"]
