"""Reads the types of `instance of` and of parameters."""

from engine.feel.cursor import Cursor
from engine.feel.names import Lexicon
from engine.feel.types import ANY, BASIC, ContextType, FunctionType, ListType, NamedType, RangeType, Type

BASIC_NAMES = Lexicon(BASIC, keywords_too=True)


def read_type(cursor: Cursor) -> Type:
    """A type: basic, `list<T>`, `range<T>`, `context<k: T>`, `function<T> -> T`, or a name of the model."""
    cursor.deeper()
    found = _read(cursor)
    cursor.depth -= 1
    return found


def _read(cursor: Cursor) -> Type:
    known = BASIC_NAMES.longest(cursor.tokens, cursor.index)
    if known is None or cursor.run_of_words() > known[1]:
        return NamedType(_model_name(cursor))
    name, cursor.index = known
    if not cursor.accept("<"):
        return BASIC[name]
    if name in ("list", "range"):
        inner = read_type(cursor)
        cursor.expect(">")
        return ListType(inner) if name == "list" else RangeType(inner)
    if name == "context":
        return _context(cursor)
    if name == "function":
        return _function(cursor)
    raise cursor.error(f"il tipo «{name}» non ha parametri")


def _model_name(cursor: Cursor) -> str:
    name = cursor.name()
    while cursor.accept("."):
        name += "." + cursor.name()
    return name


def _context(cursor: Cursor) -> Type:
    entries: list[tuple[str, Type]] = []
    while not cursor.accept(">"):
        if entries:
            cursor.expect(",")
        name = cursor.name_before(":")
        if name is None:
            raise cursor.error("manca il nome di una voce del contesto")
        cursor.expect(":")
        entries.append((name, read_type(cursor)))
    return ContextType(tuple(entries))


def _function(cursor: Cursor) -> Type:
    parameters: list[Type] = []
    while not cursor.accept(">"):
        if parameters:
            cursor.expect(",")
        parameters.append(read_type(cursor))
    result = read_type(cursor) if cursor.accept("->") else ANY
    return FunctionType(tuple(parameters), result)
