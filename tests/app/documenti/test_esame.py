"""What is kept out: files that are not what they say, or that would do something when opened."""

from __future__ import annotations

import struct
import time

import pytest

from app.documenti.model import LARGEST
from app.documenti.name import safe_name
from app.documenti.received import receive
from app.documenti.refused import FileRefused
from tests.app.documenti import samples
from tests.app.documenti.samples import (
    GIF_JS,
    HTML,
    PDF,
    chunk,
    jpeg,
    p7m,
    packed,
    pdf,
    png,
    segment,
    tiff,
    upload,
)

SCRIPT = b"<</S /JavaScript /JS (app.alert(1))>>"
FLATE = b"/Filter /FlateDecode "


def refusal(content: bytes, name: str, declared: str = "") -> str:
    with pytest.raises(FileRefused) as refused:
        receive(upload(content, name, declared), None)
    return refused.value.reason


@pytest.mark.parametrize("name", samples.GOOD)
def test_a_good_file_of_each_kind_is_taken_as_it_is(name: str) -> None:
    received = receive(upload(samples.GOOD[name], name), None)
    assert (received.nome, received.content) == (name, samples.GOOD[name])


@pytest.mark.parametrize(
    ("content", "name", "declared"),
    [
        (GIF_JS, "gatto.gif", "image/gif"),
        (GIF_JS, "gatto.jpg", "image/jpeg"),
        (GIF_JS, "gatto.csv", "text/csv"),
        (PDF, "verbale.png", ""),
        (PDF, "verbale.pdf.exe", ""),
        (PDF, "verbale", ""),
        (PDF, "verbale.pdf", "text/html"),
        (samples.archive(), "archivio.zip", ""),
        (samples.archive(), "eventi.csv", ""),
        (PDF + samples.archive(), "verbale.pdf", ""),
        (png() + samples.archive(), "foto.png", ""),
        (p7m(samples.archive()), "relazione.docx.p7m", ""),
        (p7m(b"MZ programma"), "programma.exe.p7m", ""),
        (p7m(p7m(p7m(p7m(p7m(PDF))))), "matrioska.p7m", ""),
        (b"senza separatori\n", "testo.csv", ""),
        ("data;ore\n".encode("utf-16"), "eventi.csv", ""),
    ],
)
def test_what_is_not_what_its_name_says_is_refused(content: bytes, name: str, declared: str) -> None:
    assert refusal(content, name, declared) == "tipo"


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (jpeg() + HTML, "foto.jpg"),
        (jpeg() + b"*/alert(1)//", "foto.jpg"),
        (jpeg(segment(0xFE, HTML)), "foto.jpg"),
        (jpeg(header=b"JFIF\0\1\1\0\0\1\0\1\0\0" + b"*/=alert(1);/*" * 700), "foto.jpg"),
        (png() + b"alert(1)", "foto.png"),
        (png(chunk(b"tEXt", b"Comment\0" + HTML)), "foto.png"),
        (tiff() + HTML, "foto.tif"),
        (PDF + HTML, "verbale.pdf"),
        (p7m(PDF) + HTML, "verbale.pdf.p7m"),
        (b'<html xmlns="http://www.w3.org/1999/xhtml"/>', "pagina.xml"),
        (b'<a><s:svg xmlns:s="http://www.w3.org/2000/svg"/></a>', "disegno.xml"),
        (b"nome;nota\nAda;=cmd|' /C calc'!A0\n", "eventi.csv"),
        (b'nome;nota\nAda;"@SUM(1)"\n', "eventi.csv"),
        (b"nome;nota\nAda;<script>alert(1)</script>\n", "eventi.csv"),
    ],
)
def test_what_hides_a_page_or_a_formula_is_refused(content: bytes, name: str) -> None:
    assert refusal(content, name) == "attivo"


@pytest.mark.parametrize(
    "content",
    [
        pdf(b"<</Type /Catalog /OpenAction 2 0 R>>", SCRIPT),
        pdf(b"<</S /Java#53cript /JS (1)>>"),
        pdf(b"<</S/Launch/F(calc.exe)>>"),
        pdf(b"<</Names <</EmbeddedFiles 3 0 R>>>>"),
        pdf(b"<</Type /Filespec /F (a.exe) /EF <</F 4 0 R>>>>"),
        pdf(b"<</Subtype /RichMedia>>"),
        pdf(b"<</AcroForm <</XFA 5 0 R>>>>"),
        pdf(packed(SCRIPT)),
        pdf(packed(SCRIPT, dictionary=b"", header=b"\n 5 0 ")),
        pdf(packed(SCRIPT, dictionary=b"", header=b"% 5 0\n5 0 ")),
        pdf(packed(b"<</S /Java#53cript>>" + b" " * 2_000_000)),
        pdf(packed(b" " * 2_000_000 + SCRIPT)),
        p7m(pdf(SCRIPT)),
        p7m(pdf(SCRIPT), pieces=True),
    ],
)
def test_a_pdf_that_acts_is_refused_wherever_it_hides_it(content: bytes) -> None:
    assert refusal(content, "verbale.pdf.p7m" if content[:1] == b"\x30" else "verbale.pdf") == "attivo"


def test_a_pdf_whose_objects_cannot_be_searched_is_refused() -> None:
    # given a predictor, another filter, two filters, a filter named elsewhere, and data that are not compressed
    objects = packed(SCRIPT)
    for spoilt in (
        objects.replace(FLATE, FLATE + b"/DecodeParms <</Predictor 12>> "),
        objects.replace(FLATE, b"/Filter /LZWDecode "),
        objects.replace(FLATE, b"/Filter [/FlateDecode /ASCIIHexDecode] "),
        objects.replace(FLATE, b"/F#69lter 7 0 R "),
        objects.replace(b"stream\nx", b"stream\ny"),
        b"/ObjStm\nendobj\n2 0 obj\n"
        + objects.replace(b"/ObjStm", b"1 0 R").replace(FLATE, b"/Filter /LZWDecode "),
    ):
        # then
        assert refusal(pdf(spoilt), "verbale.pdf") == "rotto"


def test_a_pdf_cannot_hide_an_object_behind_words_of_its_own() -> None:
    # given the word that begins a stream in a comment, and the one that ends it inside the data
    hidden = packed(b"(endstream)" + SCRIPT)
    assert refusal(pdf(b"null % stream\n", packed(SCRIPT)), "verbale.pdf") == "attivo"
    assert refusal(pdf(hidden), "verbale.pdf") == "attivo"
    assert refusal(pdf(hidden.replace(b"/Filter", b"%obj\n/Filter")), "verbale.pdf") == "attivo"


def test_a_pdf_locked_by_a_password_is_refused_when_it_hides_its_objects() -> None:
    assert refusal(pdf(packed(b"<<>>"), trailer=b"/Encrypt 9 0 R"), "verbale.pdf") == "protetto"
    assert receive(upload(pdf(b"<<>>", trailer=b"/Encrypt 9 0 R"), "verbale.pdf"), None)


def test_a_signed_pdf_with_pictures_and_a_form_is_taken() -> None:
    picture = b"<</Subtype /Image /Filter /DCTDecode>>\nstream\n" + jpeg() + b"\nendstream"
    signature = b"<</Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached>>"
    text = packed(b"1 0 0 1 72 720 cm BT (Verbale) Tj ET", dictionary=b"")
    outline = b"<</Type /Outlines /First 3 0 R /Count 1>>"
    content = pdf(
        b"<</OpenAction [2 0 R /Fit]>>", picture, signature, outline, text, packed(b"<</Fields []>>")
    )
    assert receive(upload(content, "verbale.pdf", "application/pdf"), None)


def test_a_bomb_is_refused_before_it_fills_the_memory() -> None:
    # given 300 MB of spaces in 300 kB
    bomb = pdf(packed(b" " * 300_000_000))
    began = time.process_time()
    # then
    assert refusal(bomb, "bomba.pdf") == "rotto"
    assert time.process_time() - began < 30
    assert refusal(png(width=60_000, height=60_000), "bomba.png") == "rotto"


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (PDF[:-20], "verbale.pdf"),
        (png()[:-6], "foto.png"),
        (png().replace(b"IDAT", b"IDAX"), "foto.png"),
        (b"\x89PNG\r\n\x1a\n" + chunk(b"IEND"), "foto.png"),
        (jpeg()[:-2], "foto.jpg"),
        (b"\xff\xd8\xff\xd9", "foto.jpg"),
        (b"\xff\xd8\xff\xe0\xff\xff", "foto.jpg"),
        (tiff(following=8), "foto.tif"),
        (tiff(width=0), "foto.tif"),
        (b"II*\0\xff\xff\xff\xff", "foto.tif"),
        (b"MM\0*" + struct.pack(">I", 0), "foto.tif"),
        (b"\x30\x80", "busta.p7m"),
        (b"\x30\x80" * 5_000, "busta.p7m"),
        (p7m(PDF)[:-10], "busta.p7m"),
        (b"\x30\x84\xff\xff\xff\xff", "busta.p7m"),
        (b"<a>", "fattura.xml"),
        (b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>", "fattura.xml"),
    ],
)
def test_what_is_broken_is_refused(content: bytes, name: str) -> None:
    assert refusal(content, name) == "rotto"


def test_a_file_is_neither_empty_nor_too_large() -> None:
    assert refusal(b"", "verbale.pdf") == "vuoto"
    assert refusal(PDF + b" " * LARGEST, "verbale.pdf") == "grande"
    assert refusal(b"<a>" + b" " * 5_000_000 + b"</a>", "fattura.xml") == "grande"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("verbale.pdf", "verbale.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Utenti\\giulia\\verbale.pdf", "verbale.pdf"),
        ("verbale\0.exe\0.pdf", "verbale.exe.pdf"),
        ("ver\u202efdp.pdf", "verfdp.pdf"),
        ("  due\r\n righe\t.pdf", "due righe.pdf"),
        ("...pdf", "pdf"),
        ("con.pdf", "_con.pdf"),
        ('a<b>:"|?*.pdf', "a_b______.pdf"),
        ("perche\u0301.pdf", "perché.pdf"),
        ("", "documento"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_a_name_loses_its_folders_and_its_tricks(sent: str, kept: str) -> None:
    assert safe_name(sent) == kept


@pytest.mark.parametrize(
    "rest", [jpeg(), b"\0\0\0\x18ftypmp42", b"\0\0\1\x0aImage_UTC_DataSEFHSEFT", b"\0" * 9]
)
def test_what_telephones_put_after_a_picture_is_taken(rest: bytes) -> None:
    assert receive(upload(jpeg() + rest, "foto.jpg"), None)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"%PDF-1.7\n" + b"stream\n" * 2_000_000 + b"%%EOF", "fiumi.pdf"),
        (b"\xff\xd8\xff" + b"\x01\xff" * 5_000_000, "segmenti.jpg"),
        (png(chunk(b"tEXt") * 1_000_000), "pezzi.png"),
        (b"II*\0\x08\0\0\0" + b"\xff\xff" * 5_000_000, "pagine.tif"),
        (b"\x30\x80\x24\x80" + b"\4\0" * 5_000_000, "pezzi.p7m"),
    ],
)
def test_a_file_made_of_millions_of_parts_is_refused_soon(content: bytes, name: str) -> None:
    began = time.process_time()
    assert refusal(content, name) == "rotto"
    assert time.process_time() - began < 30
