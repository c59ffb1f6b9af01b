"""XML from outside: parsed without DTD, entities or network, or refused.

The engine has a gate of its own for diagrams: the two packages never import each other.
"""

from __future__ import annotations

from xml.parsers import expat

from lxml import etree

MAX_DEPTH = 50


class XmlRefused(Exception):
    """Why XML was refused: too_large, doctype, too_deep or malformed; never a piece of its content."""


class _Gate:
    """A pass that keeps nothing: it stops at a DOCTYPE, before any entity could be declared and expanded."""

    def __init__(self) -> None:
        self.depth = 0
        self.parser = expat.ParserCreate()
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end

    def pass_through(self, data: bytes) -> None:
        try:
            self.parser.Parse(data, True)
        except (expat.ExpatError, LookupError, ValueError):
            raise XmlRefused("malformed") from None

    def doctype(self, name: str, system: str | None, public: str | None, internal: bool) -> None:
        raise XmlRefused("doctype")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise XmlRefused("too_deep")

    def end(self, name: str) -> None:
        self.depth -= 1


def parse_xml(data: bytes, *, limit: int = 1_000_000) -> etree._Element:
    """The root of an XML document of at most `limit` bytes, without comments. Raises XmlRefused."""
    if len(data) > limit:
        raise XmlRefused("too_large")
    _Gate().pass_through(data)
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        # The parser's own message quotes the document: it may hold personal data.
        raise XmlRefused("malformed") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise XmlRefused("doctype")
    return root
