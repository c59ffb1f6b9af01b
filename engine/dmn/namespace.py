"""The namespaces of DMN 1.1 to 1.6, and reading elements whichever of them a file uses."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

MODEL_NAMESPACES = {
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd": "1.1",
    "http://www.omg.org/spec/DMN/20180521/MODEL/": "1.2",
    "https://www.omg.org/spec/DMN/20191111/MODEL/": "1.3",
    "https://www.omg.org/spec/DMN/20211108/MODEL/": "1.4",
    "https://www.omg.org/spec/DMN/20230324/MODEL/": "1.5",
    "https://www.omg.org/spec/DMN/20240513/MODEL/": "1.6",
}


def local_name(element: etree._Element) -> str:
    """The tag without its namespace."""
    return etree.QName(element).localname


def children(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    """The children of the same namespace as their parent, of these names (or all)."""
    namespace = etree.QName(element).namespace
    for child in element:
        tag = etree.QName(child)
        if tag.namespace == namespace and (not names or tag.localname in names):
            yield child


def child(element: etree._Element, *names: str) -> etree._Element | None:
    """The first child of one of these names."""
    return next(children(element, *names), None)


def text_of(element: etree._Element | None) -> str:
    """The text of the element's `text` child."""
    text = None if element is None else child(element, "text")
    return "" if text is None else (text.text or "")


def name_of(element: etree._Element) -> str:
    """The `name`, with its white space as FEEL sees it: single blanks."""
    return " ".join((element.get("name") or "").split())
