"""How a value meets a declared type: conformance and implicit conversions (DMN 1.5, 10.3.2.9.4)."""

from __future__ import annotations

from engine import feel
from engine.dmn.item import ItemTypes
from engine.feel import types
from engine.feel.moments import Date, DateTime, Time

MIDNIGHT_UTC = Time(0, 0, 0, offset=0)
_TEMPORAL = {
    "date": feel.parse("date(text)"),
    "time": feel.parse("time(text)"),
    "date and time": feel.parse("date and time(text)"),
    "days and time duration": feel.parse("duration(text)"),
    "years and months duration": feel.parse("duration(text)"),
}


def take(item_types: ItemTypes, wanted: types.Type, value: object) -> tuple[bool, object]:
    """Whether the value conforms to the type, and the value as the type takes it.

    A list of one becomes its item, an item a list of one, a date the date and time of its midnight (UTC),
    where that is what the type asks for.
    """
    if item_types.admits(wanted, value):
        return True, value
    for converted in _conversions(item_types.shape(wanted), value):
        if item_types.admits(wanted, converted):
            return True, converted
    return False, None


def _conversions(shape: types.Type, value: object) -> list[object]:
    if isinstance(value, Date):
        return [DateTime(value, MIDNIGHT_UTC), [value]]
    if isinstance(value, list):
        return [] if _is_list(shape) or len(value) != 1 else [value[0]]
    return [[value]] if _is_list(shape) else []


def _is_list(shape: types.Type) -> bool:
    return isinstance(shape, types.ListType) or shape == types.BASIC["list"]


def from_json(item_types: ItemTypes, wanted: types.Type, value: object) -> object:
    """A JSON value as FEEL reads it where its type is known: texts that are dates, times or durations
    become such; a structure gets the entries it lacks, as null. What does not fit stays as it is."""
    shape = item_types.shape(wanted)
    if isinstance(shape, types.Basic) and isinstance(value, str) and shape.name in _TEMPORAL:
        return _TEMPORAL[shape.name].evaluate({"text": value}) or value
    if isinstance(shape, types.ListType) and isinstance(value, list):
        return [from_json(item_types, shape.item, item) for item in value]
    if isinstance(shape, types.ContextType) and isinstance(value, dict):
        read = {name: from_json(item_types, entry, value.get(name)) for name, entry in shape.entries}
        return {**value, **read}
    return value
