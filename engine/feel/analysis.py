"""What an expression reads, found without evaluating it."""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass

from engine.feel import syntax
from engine.feel.builtins import BUILTINS
from engine.feel.syntax import Node


def children(node: Node) -> Iterator[Node]:
    """The nodes and tuples directly inside a node."""
    if isinstance(node, tuple):
        yield from node
    elif is_dataclass(node) and type(node).__module__ == syntax.__name__:
        yield from (getattr(node, each.name) for each in fields(node))


def mentions(node: Node, name: str) -> bool:
    """Whether a name stands anywhere in a tree."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        if isinstance(current, syntax.Name) and current.name == name:
            return True
        waiting.extend(children(current))
    return False


@dataclass
class Reading:
    """What a tree reads: whole paths from the scope, and names in filters that may be properties of items."""

    known: frozenset[str] = frozenset()
    paths: set[tuple[str, ...]] = field(default_factory=set)
    ambiguous: set[str] = field(default_factory=set)

    def visit(self, node: Node, bound: frozenset[str], filtered: bool = False) -> None:
        """Walk a tree where `bound` names are local; `filtered` inside a filter's condition."""
        if isinstance(node, (syntax.Path, syntax.Name)):
            self._path(node, bound, filtered)
        elif isinstance(node, (syntax.For, syntax.Quantified)):
            self._loops(node, bound, filtered)
        elif isinstance(node, syntax.ContextLiteral):
            for name, value in node.entries:
                self.visit(value, bound, filtered)
                bound |= {name}
        elif isinstance(node, syntax.FunctionLiteral):
            if node.body is not None:
                self.visit(node.body, bound | {name for name, _ in node.parameters}, filtered)
        elif isinstance(node, syntax.Filter):
            self.visit(node.base, bound, filtered)
            self.visit(node.condition, bound | {"item"}, filtered=True)
        else:
            for child in children(node):
                self.visit(child, bound, filtered)

    def _path(self, node: Node, bound: frozenset[str], filtered: bool) -> None:
        steps: list[str] = []
        while isinstance(node, syntax.Path):
            steps.insert(0, node.name)
            node = node.base
        if not isinstance(node, syntax.Name):
            self.visit(node, bound, filtered)
        elif node.name not in bound and node.name not in BUILTINS:
            if filtered and node.name not in self.known:
                self.ambiguous.add(node.name)
            else:
                self.paths.add((node.name, *steps))

    def _loops(self, node: syntax.For | syntax.Quantified, bound: frozenset[str], filtered: bool) -> None:
        for each in node.iterators:
            self.visit(each.domain, bound, filtered)
            self.visit(each.last, bound, filtered)
            bound |= {each.name}
        self.visit(node.body, bound | {"partial"}, filtered)
