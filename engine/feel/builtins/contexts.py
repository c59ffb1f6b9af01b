"""get value, get entries, context, context put, context merge."""

from engine.feel.builtins.registry import builtin
from engine.feel.errors import Nulled
from engine.feel.scope import Run
from engine.feel.values import Value

Context = dict[str, Value]


@builtin("get value(m: context, key: string)")
def get_value(run: Run, m: Context, key: str) -> Value:
    return m.get(key)


@builtin("get value(context: context, keys: list)")
def get_value_at(run: Run, context: Context, keys: list[Value]) -> Value:
    """The value at the end of a path of keys; null where the path breaks."""
    if not keys:
        raise Nulled("la lista delle chiavi è vuota")
    value: Value = context
    for key in keys:
        value = value.get(key) if isinstance(value, dict) and isinstance(key, str) else None
    return value


@builtin("get entries(m: context)")
def get_entries(run: Run, m: Context) -> list[Context]:
    run.meter.grow(3 * len(m))
    return [{"key": key, "value": value} for key, value in m.items()]


@builtin("context(entries: list)")
def context(run: Run, entries: list[Value]) -> Context:
    """The context of a list of `{key: …, value: …}`. A repeated key is an error."""
    made: Context = {}
    run.meter.grow(len(entries))
    for entry in entries:
        if not isinstance(entry, dict) or not isinstance(entry.get("key"), str) or "value" not in entry:
            raise Nulled("ogni voce vuole «key», una stringa, e «value»")
        if entry["key"] in made:
            raise Nulled(f"la chiave «{entry['key']}» è ripetuta")
        made[entry["key"]] = entry["value"]
    return made


@builtin("context put(context: context, key: string, value: any?)")
def context_put(run: Run, context: Context, key: str, value: Value) -> Context:
    run.meter.grow(len(context) + 1)
    return {**context, key: value}


@builtin("context put(context: context, keys: list, value: any?)")
def context_put_at(run: Run, context: Context, keys: list[Value], value: Value) -> Context:
    """With the value at the end of a path of keys; the path must go through contexts."""
    if not keys or not isinstance(keys[0], str):
        raise Nulled("ogni chiave vuole essere una stringa")
    if len(keys) == 1:
        return context_put(run, context, keys[0], value)
    inside = context.get(keys[0])
    if not isinstance(inside, dict):
        raise Nulled(f"«{keys[0]}» non è un contesto")
    return context_put(run, context, keys[0], context_put_at(run, inside, keys[1:], value))


@builtin("context merge(contexts: list)")
def context_merge(run: Run, contexts: list[Value]) -> Context:
    """All the entries; of the same key, the last."""
    merged: Context = {}
    for each in contexts:
        if not isinstance(each, dict):
            raise Nulled("la lista non è di soli contesti")
        run.meter.grow(len(each))
        merged |= each
    return merged
