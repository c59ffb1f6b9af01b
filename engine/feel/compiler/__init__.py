"""Compiles syntax to closures. Importing the package registers every rule."""

from engine.feel.compiler import access, calls, collections, flow, iteration, operators, tests
from engine.feel.compiler.core import Evaluator, compile_node

__all__ = [
    "Evaluator",
    "access",
    "calls",
    "collections",
    "compile_node",
    "flow",
    "iteration",
    "operators",
    "tests",
]
