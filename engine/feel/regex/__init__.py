"""XPath regular expressions (XPath and XQuery Functions and Operators 3.1, 5.6), matched in bounded time.

A pattern is parsed to a tree. Without back-references it runs on RE2, which is linear; with them, on a small
backtracking machine of our own that pays each step to the evaluation's budget.
"""

from engine.feel.regex.pattern import Pattern, compile_pattern
from engine.feel.regex.tree import PatternError

__all__ = ["Pattern", "PatternError", "compile_pattern"]
