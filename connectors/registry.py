"""Which connectors exist. A new outside body is one more line here: nothing is scanned or guessed."""

from __future__ import annotations

from collections.abc import Mapping

from connectors.base import Connector
from connectors.inps.connector import Inps

CONNECTORS: tuple[type[Connector], ...] = (Inps,)


def build(environ: Mapping[str, str]) -> dict[str, Connector]:
    """Every connector by its slug, built from the environment. Raises SettingInvalid on a malformed value.

    A connector whose settings are missing is built all the same: `check_config` says what it lacks and
    its operations raise Broken, so that the rest of the installation works.
    """
    return {connector.slug: connector.from_env(environ) for connector in CONNECTORS}
