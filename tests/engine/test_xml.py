"""Hostile files end in a refusal with its reason, never in work or in a read of something else."""

import time

import pytest

from engine.xml import MAX_DEPTH, MAX_ELEMENTS, XmlRefused, parse_xml

LAUGHS = b"""<?xml version="1.0"?>
<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;&x;&x;&x;&x;&x;"><!ENTITY z "&y;&y;&y;&y;&y;&y;&y;&y;">]>
<a b="&z;">&z;</a>"""


def refusal(data: bytes, **options: int) -> XmlRefused:
    with pytest.raises(XmlRefused) as refused:
        parse_xml(data, **options)
    return refused.value


def test_a_plain_document_is_parsed_and_its_comments_do_not_split_the_text():
    # when
    root = parse_xml("<?xml version='1.0'?><a><!-- nota --><b>perch<!-- x -->é</b></a>".encode())
    # then
    assert [child.tag for child in root] == ["b"]
    assert root[0].text == "perché"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
def test_the_declared_encoding_is_honoured(encoding):
    # given
    text = f"<?xml version='1.0' encoding='{encoding}'?><a>perché</a>"
    # then
    assert parse_xml(text.encode(encoding)).text == "perché"


@pytest.mark.parametrize(
    "data",
    [
        LAUGHS,
        LAUGHS.decode().encode("utf-16"),
        b'<!DOCTYPE a SYSTEM "http://example.org/a.dtd"><a/>',
        b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>',
        b'<!DOCTYPE a [<!ENTITY % p SYSTEM "http://example.org/p"> %p;]><a/>',
        b"<!DOCTYPE a><a/>",
    ],
)
def test_any_doctype_is_refused_before_its_entities_are_read(data):
    assert refusal(data).reason == "doctype"


def test_the_word_doctype_inside_the_text_is_no_doctype():
    assert parse_xml(b"<a><![CDATA[<!DOCTYPE a>]]></a>").text == "<!DOCTYPE a>"


def test_a_file_over_the_limit_is_refused_without_being_parsed():
    assert refusal(b"<a>" + b" " * 100 + b"</a>", limit=50).reason == "too_large"
    assert refusal(b"\0" * 1_000_001).reason == "too_large"


def test_deep_nesting_is_refused_at_its_line():
    # given
    deep = b"<a>\n" * (MAX_DEPTH + 1) + b"</a>" * (MAX_DEPTH + 1)
    # when
    refused = refusal(deep)
    # then
    assert (refused.reason, refused.line) == ("too_deep", MAX_DEPTH + 1)


def test_a_flood_of_elements_is_refused_in_a_blink():
    # given
    flood = b"<a>" + b"<b/>" * (MAX_ELEMENTS + 1) + b"</a>"
    started = time.process_time()
    # then
    assert refusal(flood).reason == "too_many_elements"
    assert time.process_time() - started < 2


@pytest.mark.parametrize("data", [b"<a>", b"<a></b>", b"<a>&undefined;</a>", b"no", b"<a b='1' b='2'/>"])
def test_malformed_files_are_refused(data):
    assert refusal(data).reason == "malformed"


def test_an_unknown_encoding_is_refused():
    assert refusal(b"<?xml version='1.0' encoding='klingon'?><a/>").reason == "malformed"


def test_an_empty_file_is_refused():
    assert refusal(b"").reason == "empty"
    assert refusal(b" \n").reason == "empty"


def test_the_refusal_speaks_italian_and_names_the_line():
    assert refusal(b"<a>\n</b>").message_it == "Il file non è un XML ben formato (riga 2)."
