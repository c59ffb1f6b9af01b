"""The installation's settings, from environment variables; connectors read their own themselves."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Literal, cast

from app.database import place, url
from app.startup import StartupRefused

Environment = Literal["development", "production", "test"]
ENVIRONMENTS = ("development", "production", "test")
LogLevel = Literal["info", "warning"]
LOG_LEVELS = ("info", "warning")
SHORTEST_SECRET = 32  # characters


class SettingRefused(StartupRefused):
    """A variable whose value cannot be used; the message names it, and never shows the value of a secret."""

    def __init__(self, variable: str, reason: str) -> None:
        super().__init__(f"{variable}: {reason}")
        self.variable = variable


@dataclass(frozen=True)
class Settings:
    """Everything that differs between installations. Addresses and keys stay out of its `repr`."""

    environment: Environment
    home: Path
    host: str
    port: int
    secret_key: str = field(repr=False)
    database_url: str | None = field(repr=False)
    database_owner_url: str | None = field(repr=False)
    log_level: LogLevel = "warning"
    metrics_token: str | None = field(default=None, repr=False)
    metrics_port: int | None = None
    database_direct_url: str | None = field(default=None, repr=False)

    @property
    def session_url(self) -> str:
        """The database for what needs a session of its own, which no pooler in transaction mode gives."""
        return self.database_direct_url or self.database_url or ""

    @property
    def is_production(self) -> bool:
        return self.environment == "production"

    @property
    def embeds_database(self) -> bool:
        """Whether PostgreSQL is ours to start: nobody named another."""
        return self.database_url is None

    @property
    def address(self) -> str:
        """Where a browser on this machine finds the application."""
        host = f"[{self.own_host}]" if ":" in self.own_host else self.own_host
        return f"http://{host}:{self.port}"

    @property
    def own_host(self) -> str:
        """The host by which this machine reaches itself."""
        if not ip_address(self.host).is_unspecified:
            return self.host
        return "::1" if ":" in self.host else "127.0.0.1"

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """Read the environment. Raises SettingRefused on the first value that cannot be used."""
        environment = _environment(environ)
        home = _home(environ)
        database_url, owner_url = _database(environ)
        metrics_token, metrics_port = _metrics(environ)
        return cls(
            environment=environment,
            home=home,
            host=_host(environ),
            port=_port(environ),
            secret_key=_secret_key(environ, environment, home),
            database_url=database_url,
            database_owner_url=owner_url,
            log_level=_log_level(environ, environment),
            metrics_token=metrics_token,
            metrics_port=metrics_port,
            database_direct_url=_direct(environ, database_url),
        )


def _environment(environ: Mapping[str, str]) -> Environment:
    value = environ.get("PERCORSI_ENV", "development")
    if value not in ENVIRONMENTS:
        raise SettingRefused("PERCORSI_ENV", f"«{value}» non va bene: scegli tra {', '.join(ENVIRONMENTS)}.")
    return cast(Environment, value)


def _home(environ: Mapping[str, str]) -> Path:
    """PERCORSI_HOME, or where the XDG specification puts a user's data."""
    value = environ.get("PERCORSI_HOME")
    if value is None:
        data = environ.get("XDG_DATA_HOME") or "~/.local/share"
        return Path(data).expanduser() / "percorsi"
    if not value.strip() or "\0" in value:
        raise SettingRefused("PERCORSI_HOME", "è vuota: indica la cartella in cui tenere i dati.")
    return Path(value).expanduser().absolute()


def _host(environ: Mapping[str, str]) -> str:
    value = environ.get("PERCORSI_HOST", "127.0.0.1")
    try:
        return str(ip_address(value))
    except ValueError:
        raise SettingRefused(
            "PERCORSI_HOST", f"«{value}» non è un indirizzo IP: usa 127.0.0.1, o 0.0.0.0 per tutte le reti."
        ) from None


def _port(environ: Mapping[str, str], variable: str = "PORT", default: str = "8000") -> int:
    value = environ.get(variable, default)
    if not (value.isascii() and value.isdigit() and 1 <= int(value) <= 65535):
        raise SettingRefused(variable, f"«{value}» non è una porta: serve un numero da 1 a 65535.")
    return int(value)


def _log_level(environ: Mapping[str, str], environment: Environment) -> LogLevel:
    """PERCORSI_LOG; a trial tells only what goes wrong, or its address would be lost among the lines."""
    value = environ.get("PERCORSI_LOG", "info" if environment == "production" else "warning")
    if value not in LOG_LEVELS:
        raise SettingRefused("PERCORSI_LOG", f"«{value}» non va bene: scegli tra {', '.join(LOG_LEVELS)}.")
    return cast(LogLevel, value)


def _metrics(environ: Mapping[str, str]) -> tuple[str | None, int | None]:
    """PERCORSI_METRICS_TOKEN, without which nobody reads /metrics, and where worker and clock show theirs."""
    token = _secret(environ, "PERCORSI_METRICS_TOKEN")
    if token is not None and (len(token) < SHORTEST_SECRET or not token.isascii()):
        raise SettingRefused(
            "PERCORSI_METRICS_TOKEN", f"è troppo corto: servono almeno {SHORTEST_SECRET} caratteri casuali."
        )
    if "PERCORSI_METRICS_PORT" not in environ:
        return token, None
    if token is None:
        raise SettingRefused(
            "PERCORSI_METRICS_TOKEN", "manca: PERCORSI_METRICS_PORT serve solo con un token."
        )
    return token, _port(environ, "PERCORSI_METRICS_PORT")


def _database(environ: Mapping[str, str]) -> tuple[str | None, str | None]:
    """DATABASE_URL (the application's role) and DATABASE_OWNER_URL (the owner's, only for migrations)."""
    application = _database_url(environ, "DATABASE_URL")
    owner = _database_url(environ, "DATABASE_OWNER_URL")
    if owner is not None and application is None:
        raise SettingRefused("DATABASE_URL", "manca: DATABASE_OWNER_URL serve solo insieme a DATABASE_URL.")
    return application, owner


def _direct(environ: Mapping[str, str], application: str | None) -> str | None:
    """DATABASE_DIRECT_URL: the same database and role, without the pooler that DATABASE_URL goes through."""
    direct = _database_url(environ, "DATABASE_DIRECT_URL")
    if direct is not None and (application is None or url.role(direct) != url.role(application)):
        raise SettingRefused(
            "DATABASE_DIRECT_URL", "serve solo insieme a DATABASE_URL, e deve entrare con lo stesso ruolo."
        )
    return direct


def _database_url(environ: Mapping[str, str], variable: str) -> str | None:
    value = _secret(environ, variable)
    if value is None:
        return None
    try:
        return url.normalised(value)
    except ValueError:
        raise SettingRefused(
            variable,
            "non è l'indirizzo di un database PostgreSQL (postgresql://ruolo:password@host:5432/nome).",
        ) from None


def _secret_key(environ: Mapping[str, str], environment: Environment, home: Path) -> str:
    """SECRET_KEY, the same on every machine; for a trial, one made once and kept in `home`."""
    value = _secret(environ, "SECRET_KEY")
    if value is None:
        if environment == "production":
            raise SettingRefused("SECRET_KEY", "manca: indica il file che la contiene con SECRET_KEY_FILE.")
        return _kept_key(home / "secret_key")
    if len(value) < SHORTEST_SECRET:
        raise SettingRefused(
            "SECRET_KEY", f"è troppo corta: servono almeno {SHORTEST_SECRET} caratteri casuali."
        )
    return value


def _kept_key(path: Path) -> str:
    """The key in `path`; a new one is written aside and linked, so that nobody ever reads half of it."""
    try:
        place.make_home(path.parent)
        if not path.exists():
            descriptor, made = tempfile.mkstemp(dir=path.parent)
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(32))
            with suppress(FileExistsError):
                path.hardlink_to(made)
            Path(made).unlink()
        return path.read_text().strip()
    except OSError as error:
        raise SettingRefused(
            "PERCORSI_HOME", f"non posso scrivere in «{path.parent}»: {error.strerror}."
        ) from error


def _secret(environ: Mapping[str, str], variable: str) -> str | None:
    """A variable's value, or what stands in the file that `<variable>_FILE` names; None without either."""
    path = environ.get(f"{variable}_FILE")
    if path is None:
        return environ.get(variable) or None
    if environ.get(variable):
        raise SettingRefused(variable, f"è indicata due volte, anche con {variable}_FILE: lasciane una.")
    try:
        content = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise SettingRefused(f"{variable}_FILE", f"il file «{path}» non si può leggere.") from None
    if not content:
        raise SettingRefused(f"{variable}_FILE", f"il file «{path}» è vuoto.")
    return content
