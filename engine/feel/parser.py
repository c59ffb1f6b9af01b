"""Parses FEEL: precedence climbing over tokens. Raises FeelSyntaxError, whatever the text."""

from collections.abc import Callable

from engine.feel import syntax
from engine.feel.constructs import CONSTRUCTS
from engine.feel.cursor import Cursor
from engine.feel.errors import FeelSyntaxError
from engine.feel.iso import parse_at_literal
from engine.feel.lexer import unescape
from engine.feel.numbers import parse_number
from engine.feel.syntax import Node
from engine.feel.type_syntax import read_type

COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
LEVELS = {"or": 1, "and": 2, "in": 3, "between": 3, "+": 4, "-": 4, "*": 5, "/": 5, "**": 6}
LEVELS |= dict.fromkeys(COMPARISONS, 3)
LOWEST, COMPARISON, SUM = 1, 3, 4
NEVER_FIRST = frozenset(["then", "else", "return", "satisfies", "and", "or", "in", "between"])
MAX_STEPS = 100
MAX_LINKS = 50
CONSTANTS = {"true": True, "false": False, "null": None}


def parse_text(text: str, names: frozenset[str], properties: frozenset[str] = frozenset()) -> Node:
    """The tree of an expression."""
    return _guarded(Parser.whole_expression, text, names, properties)


def parse_tests_text(text: str, names: frozenset[str]) -> syntax.UnaryTestsNode:
    """The tree of unary tests: `-`, `not(…)`, or tests separated by commas."""
    node: syntax.UnaryTestsNode = _guarded(Parser.whole_tests, text, names)
    return node


def _guarded(rule: Callable[["Parser"], Node], text: str, *names: frozenset[str]) -> Node:
    try:
        return rule(Parser(text, *names))
    except RecursionError:
        raise FeelSyntaxError(0, "espressione troppo annidata", text) from None


class Parser(Cursor):
    """One method per construct; each starts at its first token and stops after its last."""

    def whole_expression(self) -> Node:
        node = self.expression()
        self.expect_end()
        return node

    def whole_tests(self) -> syntax.UnaryTestsNode:
        if self.at("-") and self.tokens[1].kind == "end":
            return syntax.UnaryTestsNode(0, ())
        if self.at("not") and self.tokens[1].text == "(":
            negated = self._negated_tests()
            if negated is not None:
                return negated
        tests = self._tests_list()
        self.expect_end()
        return syntax.UnaryTestsNode(0, tests)

    def _negated_tests(self) -> syntax.UnaryTestsNode | None:
        """`not(tests)` filling the whole text; None when it is only the start of an expression."""
        self.index = 2
        try:
            tests = self._tests_list()
            self.expect(")")
            self.expect_end()
        except FeelSyntaxError:
            self.index = self.depth = 0
            del self.lexicons[1:]
            return None
        return syntax.UnaryTestsNode(0, tests, negated=True)

    def _tests_list(self) -> tuple[syntax.Test, ...]:
        tests = [self._test(LOWEST)]
        while self.accept(","):
            tests.append(self._test(LOWEST))
        return tuple(tests)

    def _test(self, level: int) -> syntax.Test:
        start, first = self.token.start, self.index
        operator = None
        if self.at(*COMPARISONS):
            operator = self.token.text
            self.index += 1
            level = SUM
        operand = self.expression(level)
        return syntax.Test(start, operator, operand, self._mentions_input(first))

    def expression(self, level: int = LOWEST, left: Node = None) -> Node:
        """An expression whose operators bind at least as tightly as `level`."""
        self.deeper()
        if left is None:
            left = self._operand()
        links = 0
        while True:
            operator = self._operator()
            found = LEVELS.get(operator, 0)
            if found < level:
                break
            left = self._combine(left, operator, found)
            links += 1
            if links > MAX_LINKS:
                raise self.error("troppi confronti in catena")
        self.depth -= 1
        return left

    def _operator(self) -> str:
        token = self.token
        return token.text if token.kind in ("operator", "name") else ""

    def _combine(self, left: Node, operator: str, level: int) -> Node:
        token = self.token
        if level > COMPARISON:
            return self._arithmetic(left, level)
        if level < COMPARISON:
            return self._junction(left, operator, level)
        self.index += 1
        if operator == "in":
            return syntax.In(token.start, left, self._in_tests())
        if operator == "between":
            low = self.expression(SUM)
            self.expect("and")
            return syntax.Between(token.start, left, low, self.expression(SUM))
        return syntax.Comparison(token.start, operator, left, self.expression(SUM))

    def _arithmetic(self, first: Node, level: int) -> Node:
        start = self.token.start
        rest = []
        while LEVELS.get(self._operator()) == level:
            token = self.token
            self.index += 1
            rest.append((token.text, self.expression(level + 1), token.start))
        return syntax.Arithmetic(start, first, tuple(rest))

    def _junction(self, first: Node, operator: str, level: int) -> Node:
        start = self.token.start
        operands = [first]
        while self.accept(operator):
            operands.append(self.expression(level + 1))
        return syntax.Junction(start, operator, tuple(operands))

    def _in_tests(self) -> tuple[syntax.Test, ...]:
        if not self.at("("):
            return (self._test(SUM),)
        start, first = self.token.start, self.index
        found = self._parenthesis(tests_allowed=True)
        if isinstance(found, tuple):
            return found
        operand = self.expression(SUM, self._steps(found))
        return (syntax.Test(start, None, operand, self._mentions_input(first)),)

    def _mentions_input(self, first: int) -> bool:
        """Whether `?` stands between that token and here: then the test's own answer is the result."""
        return any(token.text == "?" for token in self.tokens[first : self.index])

    def _operand(self) -> Node:
        """A value with its minus signs. `instance of` binds tighter, except than the sign of a literal."""
        minuses = []
        while self.at("-"):
            minuses.append(self.token.start)
            self.index += 1
            if len(minuses) > MAX_LINKS:
                raise self.error("troppi segni meno in fila")
        signed = minuses and self.token.kind == "number"
        node = self._steps(self._primary())
        if signed:
            node = syntax.Negation(minuses.pop(), node)
        node = self._instance_of(node)
        for start in reversed(minuses):
            node = syntax.Negation(start, node)
        return node

    def _instance_of(self, node: Node) -> Node:
        if not self.at_instance_of():
            return node
        start = self.token.start
        self.index += 2
        return syntax.InstanceOf(start, node, read_type(self))

    def _steps(self, node: Node) -> Node:
        """What follows a value: `.name`, `[filter]`, `(arguments)`, any number of times."""
        for _ in range(MAX_STEPS):
            start = self.token.start
            if self.accept("."):
                node = syntax.Path(start, node, self._property())
            elif self.at("(") and self._callable(node):
                node = self._call(node)
            elif self.at("[") and self._starts_expression(self.index + 1):
                self.index += 1
                self.declare_properties()
                node = syntax.Filter(start, node, self.expression())
                self.undeclare()
                self.expect("]")
            else:
                return node
        raise self.error("troppi passaggi in catena")

    def _property(self) -> str:
        self.declare_properties()
        name = self.name()
        self.undeclare()
        return name

    def _callable(self, node: Node) -> bool:
        return not isinstance(node, syntax.Literal)

    def _starts_expression(self, index: int) -> bool:
        """Tells a filter from the open end of a range such as `[1..10[`."""
        token = self.tokens[index]
        if token.kind == "operator":
            return token.text in ("(", "[", "{", "-", "@")
        if token.kind == "name":
            instance = token.text == "instance" and self.tokens[index + 1].text == "of"
            return token.text not in NEVER_FIRST and not instance
        return token.kind != "end"

    def _call(self, function: Node) -> Node:
        start = self.expect("(").start
        arguments: list[Node] = []
        names: list[str] = []
        while not self.accept(")"):
            if arguments:
                self.expect(",")
            token = self.token
            name = self.name_before(":")
            if arguments and (name is None) != (not names):
                raise self.error("argomenti con nome e senza nome insieme", token)
            if name is not None:
                self.expect(":")
                names.append(name)
            arguments.append(self.expression())
        return syntax.Call(start, function, tuple(arguments), tuple(names) if names else None)

    def _primary(self) -> Node:
        token = self.token
        if token.kind == "number":
            return self._number()
        if token.kind == "string":
            self.index += 1
            return syntax.Literal(token.start, unescape(token, self.text))
        if token.kind == "name":
            return self._word()
        rule = {"(": self._parenthesis, "[": self._bracket, "]": self._open_range, "{": self._context}.get(
            token.text
        )
        if rule is not None:
            return rule()
        if self.accept("@"):
            return self._at_literal(token.start)
        if token.kind == "end":
            raise self.error("espressione incompleta")
        raise self.error(f"«{token.text}» inatteso")

    def _number(self) -> Node:
        token = self.token
        number = parse_number(token.text)
        if number is None:
            raise self.error("numero fuori intervallo")
        self.index += 1
        return syntax.Literal(token.start, number)

    def _at_literal(self, start: int) -> Node:
        token = self.token
        if token.kind != "string":
            raise self.error('dopo @ serve una stringa, per esempio @"2026-01-31"')
        self.index += 1
        value = parse_at_literal(unescape(token, self.text))
        if value is None:
            return syntax.Malformed(start, f"@{token.text} non è una data, un'ora o una durata")
        return syntax.Literal(start, value)

    def _word(self) -> Node:
        token = self.token
        known = self.known_name()
        if known is None or known[1] == self.index + 1:
            construct = CONSTRUCTS.get(token.text)
            if construct and (token.text != "function" or self.tokens[self.index + 1].text == "("):
                self.index += 1
                return construct(self, token.start)
            if token.text in CONSTANTS:
                self.index += 1
                return syntax.Literal(token.start, CONSTANTS[token.text])
            if token.text in NEVER_FIRST:
                raise self.error(f"«{token.text}» inatteso")
        return syntax.Name(token.start, self.name())

    def _parenthesis(self, tests_allowed: bool = False) -> Node:
        """`(expression)`, a range that starts open, `(< bound)`; after `in` also several tests (a tuple)."""
        start = self.expect("(").start
        first = self._test(LOWEST)
        if first.operator is None and self.at(".."):
            return self._range_from(start, first.operand, included=False)
        tests = [first]
        while tests_allowed and self.accept(","):
            tests.append(self._test(LOWEST))
        self.expect(")")
        if tests_allowed and (len(tests) > 1 or first.operator):
            return tuple(tests)
        if first.operator:
            return syntax.UnaryRange(start, first.operator, first.operand)
        return first.operand

    def _bracket(self) -> Node:
        start = self.expect("[").start
        items: list[Node] = []
        while not self.accept("]"):
            if items:
                self.expect(",")
            items.append(self.expression())
            if len(items) == 1 and self.at(".."):
                return self._range_from(start, items[0], included=True)
        return syntax.ListLiteral(start, tuple(items))

    def _open_range(self) -> Node:
        start = self.expect("]").start
        return self._range_from(start, self.expression(), included=False)

    def _range_from(self, start: int, low: Node, *, included: bool) -> Node:
        self.expect("..")
        high = self.expression()
        if not self.at("]", ")", "["):
            raise self.error("manca la chiusura dell'intervallo: ], ) oppure [")
        closing = self.token.text
        self.index += 1
        return syntax.RangeLiteral(start, low, high, included, closing == "]")

    def _context(self) -> Node:
        start = self.expect("{").start
        entries: list[tuple[str, Node]] = []
        self.declare([])
        while not self.accept("}"):
            if entries:
                self.expect(",")
            key = self._key()
            self.expect(":")
            entries.append((key, self.expression()))
            self.lexicons[-1].add(key)
            self.properties.add(key)
        self.undeclare()
        return syntax.ContextLiteral(start, tuple(entries))

    def _key(self) -> str:
        token = self.token
        if token.kind == "string":
            self.index += 1
            return unescape(token, self.text)
        name = self.name_before(":")
        if name is None:
            raise self.error("manca il nome di una voce del contesto")
        return name
