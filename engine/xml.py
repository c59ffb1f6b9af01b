"""Untrusted XML (diagrams, decision tables): parsed without DTD, entities or network, or refused."""

from __future__ import annotations

from xml.parsers import expat

from lxml import etree

MAX_DEPTH = 100
MAX_ELEMENTS = 100_000

MESSAGES = {
    "empty": "Il file è vuoto.",
    "too_large": "Il file è troppo grande.",
    "doctype": "Il file contiene una dichiarazione DOCTYPE, che non è ammessa.",
    "too_deep": "Il file ha troppi elementi uno dentro l'altro.",
    "too_many_elements": "Il file ha troppi elementi.",
    "malformed": "Il file non è un XML ben formato.",
}


class XmlRefused(Exception):
    """Why a file was refused: `reason` is a key of MESSAGES, `line` its 1-based line where known."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason if line is None else f"{reason} at line {line}")
        self.reason = reason
        self.line = line

    @property
    def message_it(self) -> str:
        where = f" (riga {self.line})" if self.line else ""
        return MESSAGES[self.reason].rstrip(".") + where + "."


class _Gate:
    """A first pass that keeps nothing: it stops at a DOCTYPE before any entity can be declared,
    and counts depth and elements before a tree is built."""

    def __init__(self) -> None:
        self.depth = 0
        self.elements = 0
        self.parser = expat.ParserCreate()
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end

    def pass_through(self, data: bytes) -> None:
        try:
            self.parser.Parse(data, True)
        except expat.ExpatError as error:
            raise XmlRefused("malformed", error.lineno) from error
        except (LookupError, ValueError) as error:
            # An encoding that Python does not know, or of more than one byte a character.
            raise XmlRefused("malformed", 1) from error

    def doctype(self, name: str, system: str | None, public: str | None, internal: bool) -> None:
        raise XmlRefused("doctype", self.parser.CurrentLineNumber)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self.elements += 1
        if self.depth > MAX_DEPTH:
            raise XmlRefused("too_deep", self.parser.CurrentLineNumber)
        if self.elements > MAX_ELEMENTS:
            raise XmlRefused("too_many_elements", self.parser.CurrentLineNumber)

    def end(self, name: str) -> None:
        self.depth -= 1


def parse_xml(data: bytes, *, limit: int = 1_000_000) -> etree._Element:
    """The root element of an XML file of at most `limit` bytes, without comments and instructions.

    Raises XmlRefused for what is larger, malformed, deeper than MAX_DEPTH or has a DOCTYPE
    (so no entity, no DTD and no external file is ever read).
    """
    if len(data) > limit:
        raise XmlRefused("too_large")
    if not data.strip():
        raise XmlRefused("empty")
    _Gate().pass_through(data)
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise XmlRefused("malformed", error.lineno) from error
    # The two parsers could disagree on an encoding: what one overlooked the other must not let in.
    if root.getroottree().docinfo.internalDTD is not None:
        raise XmlRefused("doctype")
    return root
