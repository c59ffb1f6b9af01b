"""Settings read from environment variables: absent is allowed, malformed is not."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


class SettingInvalid(ValueError):
    """An environment variable whose value cannot be used; the Italian message names it and not its value."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name


def read_text(environ: Mapping[str, str], name: str, default: str = "") -> str:
    """The variable, or the content of the file that `<name>_FILE` names, without surrounding space."""
    path = environ.get(f"{name}_FILE")
    if path is None:
        return environ.get(name, default).strip()
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise SettingInvalid(f"{name}_FILE", "il file non si può leggere.") from None


def read_int(environ: Mapping[str, str], name: str, default: int, *, least: int, most: int) -> int:
    text = read_text(environ, name, str(default))
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise SettingInvalid(name, f"serve un numero intero da {least} a {most}.")
    return int(text)


def read_hosts(environ: Mapping[str, str], name: str) -> frozenset[str]:
    """Comma-separated `host` or `host:port`, lower case."""
    hosts = {host.strip().lower() for host in read_text(environ, name).split(",") if host.strip()}
    for host in hosts:
        if "/" in host or "@" in host or "*" in host or " " in host:
            raise SettingInvalid(
                name, "serve un elenco di host, o host:porta, divisi da virgole e senza «*»."
            )
    return frozenset(hosts)
