"""Small files of every kind, made here so that a test may spoil them."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from werkzeug.datastructures import FileStorage

HTML = b"<html><script>alert(1)</script></html>"
GIF_JS = b"GIF89a=1/*" + b"\0" * 32 + b"*/;alert(1)"


def upload(content: bytes, name: str, declared: str = "application/octet-stream") -> FileStorage:
    return FileStorage(io.BytesIO(content), filename=name, content_type=declared)


def pdf(*objects: bytes, trailer: bytes = b"") -> bytes:
    """A PDF with those objects, numbered from 1; searched, never rendered, so it needs no table of them."""
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % (n, content) for n, content in enumerate(objects, 1))
    return b"%PDF-1.7\n" + body + b"trailer <</Root 1 0 R" + trailer + b">>\nstartxref\n9\n%%EOF\n"


PDF = pdf(b"<</Type /Catalog /Pages 2 0 R>>", b"<</Type /Pages /Kids [] /Count 0>>")


def packed(
    content: bytes, *, dictionary: bytes = b"/Type /ObjStm /N 1 /First 4 ", header: bytes = b"5 0 "
) -> bytes:
    """A compressed stream of objects."""
    data = zlib.compress(header + content)
    start = b"<<%s/Filter /FlateDecode /Length %d>>\nstream\n" % (dictionary, len(data))
    return start + data + b"\nendstream"


def chunk(kind: bytes, data: bytes = b"") -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(*more: bytes, width: int = 1, height: int = 1) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    picture = chunk(b"IDAT", zlib.compress(b"\0\0"))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(more) + picture + chunk(b"IEND")


def segment(marker: int, data: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


def jpeg(*more: bytes, header: bytes = b"JFIF\0\1\1\0\0\1\0\1\0\0") -> bytes:
    frame = segment(0xC0, b"\x08\0\1\0\1\1\1\x11\0")
    scan = segment(0xDA, b"\1\1\0\0\x3f\0") + b"\x12\xff\0\x34\xff\xd0\x56"
    return b"\xff\xd8" + segment(0xE0, header) + b"".join(more) + frame + scan + b"\xff\xd9"


def tiff(width: int = 1, following: int = 0) -> bytes:
    entries = [struct.pack("<HHIHH", tag, 3, 1, value, 0) for tag, value in ((256, width), (257, 1))]
    return b"II*\0" + struct.pack("<IH", 8, len(entries)) + b"".join(entries) + struct.pack("<I", following)


def der(tag: int, content: bytes) -> bytes:
    size = len(content)
    length = bytes([size]) if size < 128 else b"\x84" + struct.pack(">I", size)
    return bytes([tag]) + length + content


def endless(tag: int, content: bytes) -> bytes:
    return bytes([tag, 0x80]) + content + b"\0\0"


def p7m(content: bytes, *, pieces: bool = False) -> bytes:
    """`content` in a signed envelope (whose signature nobody looks at), whole or in pieces."""
    octets = der(4, content)
    if pieces:
        octets = endless(0x24, b"".join(der(4, content[at : at + 7]) for at in range(0, len(content), 7)))
    wrap = endless if pieces else der
    data = der(6, bytes.fromhex("2a864886f70d010701")) + wrap(0xA0, octets)
    signed = der(2, b"\1") + der(0x31, b"") + wrap(0x30, data) + der(0x31, b"")
    oid = der(6, bytes.fromhex("2a864886f70d010702"))
    return wrap(0x30, oid + wrap(0xA0, wrap(0x30, signed)))


def archive(content: bytes = b"ciao") -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("dentro.txt", content)
    return held.getvalue()


XML = b'<?xml version="1.0"?><?xml-stylesheet href="fattura.xsl"?><f:Fattura xmlns:f="urn:f"><a>1</a></f:Fattura>'
CSV = "data;ore;utente\n2026-11-23;2,5;è qui\n".encode("cp1252")

GOOD = {
    "verbale.pdf": PDF,
    "foto.jpg": jpeg(),
    "foto.JPEG": jpeg(segment(0xE1, b"Exif\0\0 <x:xmpmeta/>")),
    "pagina.png": png(),
    "scansione.tif": tiff(),
    "verbale.pdf.p7m": p7m(PDF),
    "a pezzi.p7m": p7m(PDF, pieces=True),
    "firmato due volte.p7m": p7m(p7m(XML)),
    "fattura.xml": XML,
    "eventi.csv": CSV,
}
