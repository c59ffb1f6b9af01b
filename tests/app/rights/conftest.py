"""The people of tests/app/accounts/fixtures.py."""

from tests.app.accounts.fixtures import an_account, units

__all__ = ["an_account", "units"]
