"""What an analyst must put right before a form can be published."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """A fault of a schema or of its UI schema.

    `pointer` is a JSON pointer into the file (`#/properties/eta`; `ui#/campi/eta` for the UI schema),
    `message` an Italian sentence.
    """

    pointer: str
    message: str
