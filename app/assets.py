"""Hashed names of the static files that Vite builds from app/frontend/ into app/static/dist/."""

from functools import cached_property
from pathlib import Path

from flask import Flask, url_for
from msgspec import DecodeError, Struct
from msgspec.json import decode

DIST = Path(__file__).parent / "static" / "dist"


class AssetsMissing(Exception):
    """The front end is not built, or has no such entry."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.folder = folder
        super().__init__(
            f"{name} is not in {folder}: build the front end first "
            "(npm ci --ignore-scripts && npm run build, in app/frontend)"
        )


class Entry(Struct):
    """One line of Vite's manifest; `css` are the sheets that a script brings along."""

    file: str
    css: list[str] = []


class Manifest:
    """Vite's manifest, read at the first question and kept: a deployed build never changes."""

    def __init__(self, folder: Path = DIST) -> None:
        self.folder = folder

    @cached_property
    def entries(self) -> dict[str, Entry]:
        """What Vite wrote, by source path such as `src/percorsi.js`.

        Raises AssetsMissing."""
        try:
            return decode((self.folder / "manifest.json").read_bytes(), type=dict[str, Entry])
        except (OSError, DecodeError) as error:
            raise AssetsMissing("manifest.json", self.folder) from error

    def entry(self, name: str) -> Entry:
        """The entry of `name` (such as `percorsi.js`). Raises AssetsMissing."""
        try:
            return self.entries[f"src/{name}"]
        except KeyError:
            raise AssetsMissing(name, self.folder) from None


def init_app(app: Flask, manifest: Manifest | None = None) -> None:
    """Give templates `asset("percorsi.js")`, its address, and `asset_styles("visore.js")`, the addresses
    of the sheets which that script needs."""
    files = manifest or Manifest()

    def asset(name: str) -> str:
        return url_for("static", filename=f"dist/{files.entry(name).file}")

    def asset_styles(name: str) -> list[str]:
        return [url_for("static", filename=f"dist/{sheet}") for sheet in files.entry(name).css]

    app.jinja_env.globals.update(asset=asset, asset_styles=asset_styles)
