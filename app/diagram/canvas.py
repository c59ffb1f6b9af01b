"""SVG elements in the fewest words. Only attributes, never a style: the policy of our pages forbids it."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

Element = etree._Element
Value = str | float | int


def text_of(value: Value) -> str:
    """Numbers without a useless tail: 12.0 → «12», 3.1416 → «3.1»."""
    return value if isinstance(value, str) else f"{value:.1f}".removesuffix(".0")


def add(parent: Element, tag: str, css: str = "", content: str = "", **attributes: Value) -> Element:
    """A new child. Underscores in names become hyphens (`text_anchor`); `css` is its class."""
    made = etree.SubElement(parent, tag)
    if css:
        made.set("class", css)
    for name, value in attributes.items():
        made.set(name.replace("_", "-"), text_of(value))
    made.text = content or None
    return made


def add_lines(
    parent: Element,
    rows: Sequence[str],
    x: float,
    y: float,
    step: float,
    *,
    css: str = "",
    anchor: str = "middle",
) -> None:
    """One `<text>` for each row, the first baseline at `y`."""
    for number, row in enumerate(rows):
        add(parent, "text", css, row, x=x, y=y + number * step, text_anchor=anchor)


def serialize(root: Element) -> str:
    return etree.tostring(root, encoding="unicode")
