"""Forms: JSON Schema 2020-12 checked with exact numbers, RE2 patterns and no way to the outside.

`FormSchema(schema, {"common/persona.json": …})` offers `.problems(ui)` before publishing and
`.errors(answers)`, a list such as `[FieldError(path=("motivo",), keyword="required")]`.
"""

from .effective import EACH, Effective
from .field_error import FieldError, Path
from .problem import Problem
from .schema import FormRefused, FormSchema
from .ui import WIDGETS

__all__ = [
    "EACH",
    "WIDGETS",
    "Effective",
    "FieldError",
    "FormRefused",
    "FormSchema",
    "Path",
    "Problem",
]
