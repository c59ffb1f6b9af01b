"""Input made to hurt is refused or ignored; the page never fails."""

import pytest
from werkzeug.datastructures import MultiDict

from .piano import ANSWERS, piano
from .site import Site, flask_app


@pytest.fixture
def client():
    return flask_app(Site(piano(), script=False)).test_client()


def post(client, body, kind="application/x-www-form-urlencoded"):
    return client.post("/", data=body, content_type=kind)


def test_ten_thousand_fields_are_refused(client):
    assert post(client, "&".join(f"campo_{n}=1" for n in range(10_000))).status_code == 413


def test_ten_thousand_parts_are_refused(client):
    part = '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
    assert post(client, part * 10_000 + "--x--\r\n", "multipart/form-data; boundary=x").status_code == 413


@pytest.mark.parametrize(
    "body",
    [
        "a" + ".0" * 5_000 + "=1",
        "aprono" + ".0.nome" * 3_000 + "=1",
        "aprono.99999999999999999999999999.nome=1",
        "aprono.-1.nome=1&aprono.1e9.nome=1",
        "&".join(f"aprono.{n}.nome=x" for n in range(3_900)),
        "&".join(f"turni.{n}.giorni=lun" for n in range(3_900)),
        "__proto__.x=1&constructor.prototype.y=1&hasOwnProperty=1&__class__=1&_azione=__init__",
        "tetto=" + "9" * 5_000,
        "tetto=1e999999999&autonomia=1e9",
        "autonomia=" + "9" * 400,
        "indicazioni=a%00b%1b%08&aprono.0.nome=%00",
        b"indicazioni=\xff\xfe\x80&\xff=1",
        "indicazioni=%ed%a0%80%ed%b0%80",
        "tetto=&tetto=&tetto=1&tetto=x",
        "turni=x&aprono=x&indirizzo=x&animali.0=1",
        "_azione=togli:aprono.0.0.0.0&_azione=" + "su:" + "a." * 500,
        "_azione=aggiungi:" + "aprono.0." * 200,
        "_azione=aggiungi:aprono.0.nome",
        "data_visita=0000-00-00&data_visita=9999999-1-1",
        "indirizzo.comune=" + "%27%22%3C" * 2_000,
        "relazione=../../etc/passwd",
        "=1&.=2&..=3&aprono..nome=4&.aprono=5",
    ],
)
@pytest.mark.parametrize("action", ["", "&_azione=aggiorna"])
def test_odd_bodies_never_break_the_page(client, body, action):
    body = body if isinstance(body, bytes) else body.encode()
    assert post(client, body + action.encode()).status_code in (200, 413, 422)


def test_control_characters_do_not_reach_the_data():
    parsed = piano().parse(_pairs(indicazioni="a\x00b\x1bc\td"))
    assert parsed.data["indicazioni"] == "abc\td"


def test_names_that_are_no_questions_do_not_reach_the_data():
    parsed = piano().parse(
        _pairs(__proto__="x", admin="si", **{"indirizzo.altro": "x", "aprono.0.ruolo": "x"})
    )
    assert parsed.data.keys() <= ANSWERS.keys()
    assert "x" not in str(parsed.data)


def _pairs(**values):
    return MultiDict(values)
