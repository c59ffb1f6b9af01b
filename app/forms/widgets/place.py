"""A municipality, or for `belfiore` also a suppressed one or a foreign state."""

from collections.abc import Sequence
from typing import Any

from ..comune import Comune, by_belfiore, by_istat, named, search
from ..field import Field
from .base import Widget


class Place(Widget):
    """The code in the data, «Genova (GE)» on the page; without script a name that is not one place's
    comes back with the list of those it may be."""

    def understand(self, field: Field, text: str) -> Any:
        found = named(text, birthplace=is_birthplace(field))
        living = [place for place in found if not place.abolished_on] or found
        return code(field, living[0]) if len({place.belfiore for place in living}) == 1 else text

    def show(self, field: Field, value: Any) -> str:
        place = lookup(field, value)
        return place.label if place else super().show(field, value)

    def proposals(self, field: Field, value: Any) -> Sequence[Comune]:
        """Places to choose from when `value` is a text that was not understood."""
        if not isinstance(value, str) or not value or lookup(field, value):
            return ()
        birthplace = is_birthplace(field)
        return named(value, birthplace=birthplace) or search(value, birthplace=birthplace)


def is_birthplace(field: Field) -> bool:
    return field.expected.get("format") == "belfiore"


def code(field: Field, place: Comune) -> str:
    return place.belfiore if is_birthplace(field) else place.istat


def lookup(field: Field, value: Any) -> Comune | None:
    if not isinstance(value, str):
        return None
    return by_belfiore(value) if is_birthplace(field) else by_istat(value)
