"""Answers chosen from a few: radio buttons, selects, checkboxes."""

from collections.abc import Sequence
from typing import Any

from ..field import Choice, Field, choices_of, key_of
from .base import Widget

YES_NO = (Choice("si", True, "Sì"), Choice("no", False, "No"))


class OneOf(Widget):
    def offered(self, field: Field) -> tuple[Choice, ...]:
        return field.choices

    def understand(self, field: Field, text: str) -> Any:
        return next((choice.value for choice in self.offered(field) if choice.key == text), text)

    def show(self, field: Field, value: Any) -> str:
        return "" if value is None else key_of(value)

    def describe(self, field: Field, value: Any) -> str:
        key = self.show(field, value)
        return next((choice.title for choice in self.offered(field) if choice.key == key), key)


class YesNo(OneOf):
    def offered(self, field: Field) -> tuple[Choice, ...]:
        return YES_NO


class Scale(OneOf):
    """Grades in a row: the schema's choices, or every integer from `minimum` to `maximum`."""

    MOST = 21

    def offered(self, field: Field) -> tuple[Choice, ...]:
        if field.choices:
            return field.choices
        lowest, highest = int(field.expected.get("minimum", 0)), int(field.expected.get("maximum", 5))
        grades = range(lowest, min(highest, lowest + self.MOST - 1) + 1)
        return tuple(Choice(str(grade), grade, str(grade)) for grade in grades)


class Tick(Widget):
    """One checkbox. Left empty it means no; but where only yes is an answer (a consent), no answer."""

    def read(self, field: Field, texts: Sequence[str]) -> Any:
        if any(texts):
            return True
        return None if field.expected.get("const") is True else False

    def show(self, field: Field, value: Any) -> str:
        return "si" if value is True else ""

    def describe(self, field: Field, value: Any) -> str:
        return "Sì" if value is True else "No"


class Ticks(Widget):
    """Several checkboxes; the answers keep the schema's order."""

    def offered(self, field: Field) -> tuple[Choice, ...]:
        return choices_of(field.expected.get("items") or {})

    def read(self, field: Field, texts: Sequence[str]) -> Any:
        offered = self.offered(field)
        known = [choice.value for choice in offered if choice.key in texts]
        keys = {choice.key for choice in offered}
        unknown = list(dict.fromkeys(text for text in texts if text and text not in keys))
        return known + unknown or ([] if field.required else None)

    def describe(self, field: Field, value: Any) -> str:
        chosen = {key_of(each) for each in value} if isinstance(value, list) else set()
        return ", ".join(choice.title for choice in self.offered(field) if choice.key in chosen)
