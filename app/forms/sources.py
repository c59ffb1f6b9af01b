"""What a form asks of its page: people to choose from, a place for files, earlier answers.

The page answers for rights: a form shows and accepts only what these give.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from werkzeug.datastructures import FileStorage

if TYPE_CHECKING:
    from .form import Form


@dataclass(frozen=True)
class Match:
    """A person one may choose: `detail` tells namesakes apart («nata il 14 marzo 1948, Rivarolo»)."""

    id: str
    name: str
    detail: str = ""


class People(Protocol):
    """The registry, as far as this operator may see it."""

    def search(self, text: str) -> Sequence[Match]: ...

    def find(self, persona_id: str) -> Match | None: ...


@dataclass(frozen=True)
class StoredFile:
    """A file already kept; `size` in bytes."""

    id: str
    name: str
    size: int


class UploadRefused(Exception):
    """The store refuses a file; `reason` is `virus`, `spazio` or `illeggibile`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Uploads(Protocol):
    """The store of this form's files. `find` must know only the files that this form may name."""

    def store(self, upload: FileStorage, name: str) -> str: ...

    def find(self, file_id: str) -> StoredFile | None: ...


@dataclass(frozen=True)
class Earlier:
    """The answers of an earlier step; with its form, coded answers are shown in words."""

    data: Mapping[str, Any]
    form: "Form | None" = None


@dataclass(frozen=True)
class Sources:
    people: People | None = None
    uploads: Uploads | None = None
    earlier: Mapping[str, Earlier] = field(default_factory=dict)
