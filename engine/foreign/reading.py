"""From the bytes of a file to its definitions, in the namespace of BPMN 2.0; and what other files are told."""

from __future__ import annotations

import re

from lxml import etree

from engine.foreign.note import NotImportable
from engine.tags import BPMN, bpmn
from engine.xml import XmlRefused, parse_xml

LARGEST = 5_000_000
"""Bytes: other tools write more than we keep."""

_OLD = (
    "http://schema.omg.org/spec/BPMN/2.0",
    "http://www.omg.org/spec/BPMN/20100501/MODEL",
    "http://www.omg.org/bpmn20",
    f"{BPMN}/",
)
_HEAD = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"'][^>]*\?>")
_CONTROL = re.compile(
    rb"&#(?:[xX]0*(?:[0-8bBcCeEfF]|1[0-9a-fA-F])|0*(?:[0-8]|1[124-9]|2[0-9]|3[01]));|[\x00-\x08\x0b\x0c\x0e-\x1f]"
)
"""Characters that XML does not have, written as such or by number: Visio breaks the lines of a name with them."""
_ANOTHER = "Non è un diagramma BPMN 2.0: manca l'elemento «definitions». Esportalo in BPMN 2.0."


def read(content: bytes) -> etree._Element:
    """The definitions of a BPMN file, in the namespace of BPMN 2.0. Raises NotImportable."""
    if content.startswith(b"PK\x03\x04"):
        raise NotImportable("È un archivio compresso: estrai il file BPMN e importa quello.")
    try:
        root = parse_xml(_honest(content), limit=LARGEST)
    except XmlRefused as error:
        raise NotImportable(error.message_it) from error
    for node in root.iter():
        name = etree.QName(node)
        if name.namespace in _OLD:
            node.tag = bpmn(name.localname)
    if root.tag != bpmn("definitions"):
        raise NotImportable(_why(etree.QName(root)))
    return root


def _honest(content: bytes) -> bytes:
    """The same text, beginning with its declaration and in the encoding that it declares: some tools say UTF-16 of
    what they write in UTF-8, others UTF-8 of what Windows wrote in its own."""
    content = content.lstrip(b" \t\r\n")
    if not content.startswith((b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")):
        content = _CONTROL.sub(b" ", content)
    head = _HEAD.match(content.removeprefix(b"\xef\xbb\xbf"))
    declared = head[1].decode().lower() if head else "utf-8"
    if head is not None and declared.startswith("utf-16"):
        return _undeclared(content, head[0])
    if declared not in ("utf-8", "utf8") or content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content
    try:
        content.decode()
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace").encode()
        return _undeclared(text, head[0]) if head else text
    return content


def _undeclared(content: bytes, head: bytes) -> bytes:
    """Without its declaration, which XML takes for UTF-8."""
    return content.replace(head, b"", 1).lstrip()


def _why(name: etree.QName) -> str:
    """What a file that is no BPMN may be."""
    if "wfmc.org" in (name.namespace or ""):
        return "È XPDL, non un diagramma BPMN 2.0: esportalo in BPMN 2.0."
    if "/DMN/" in (name.namespace or ""):
        return "È una tabella DMN, non un diagramma BPMN 2.0: mettila fra le tabelle di un percorso."
    if name.localname == "definitions":
        return f"Non è un diagramma BPMN 2.0: il suo linguaggio è «{name.namespace or 'senza nome'}»."
    return _ANOTHER
