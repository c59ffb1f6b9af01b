"""`inps.isee.read` against the sandbox: values, refusals, faults, the key."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
import requests

from connectors.errors import Broken, ConnectorError, Refused, Transient
from connectors.inps.sandbox import PERSONE, Sandbox
from tests.connectors.conftest import PATIENCE, ROSA, Read, reader, settings_for, told

OMOCODIA_REFUSED = "RSSRSOQ4A41D969X"


def order(sandbox: Sandbox, esito: str, times: int | None = None) -> None:
    reply = requests.post(
        f"{sandbox.root}/sandbox/guasti", json={"esito": esito, "volte": times}, timeout=PATIENCE
    )
    assert reply.status_code == 200, reply.text


def test_it_reads_the_sociosanitario_of_a_person_with_a_restricted_nucleo(read: Read) -> None:
    # when
    isee = read(ROSA, tipo="SocioSanitario")["isee"]
    # then
    assert isee["valore"] == Decimal("10000.00")
    assert isee["ise"] == Decimal("15000.00")
    assert isee["scala_equivalenza"] == Decimal("1.50")
    assert isee["scade_il"] == "2026-12-31"
    assert isee["difforme"] is False
    assert isee["componenti"] == [{"codice_fiscale": ROSA, "rapporto": "B"}]
    assert isee["protocollo_dsu"].startswith("INPS-ISEE-2026-")


def test_amounts_are_exact_and_agree_with_each_other(read: Read) -> None:
    isee = read(PERSONE["gino"].codice_fiscale)["isee"]
    assert (isee["isr"], isee["isp"]) == (Decimal("11800.00"), Decimal("9000.00"))
    assert (isee["ise"], isee["scala_equivalenza"]) == (Decimal("13600.00"), Decimal("2.54"))
    assert isee["valore"] == Decimal("5354.33")
    assert all(isinstance(isee[name], Decimal) for name in ("valore", "ise", "isr", "isp"))


def test_it_tells_which_omissions_make_an_attestation_difforme(read: Read) -> None:
    isee = read(PERSONE["elena"].codice_fiscale)["isee"]
    assert isee["difforme"] is True
    assert [text.split(" (")[0] for text in isee["omissioni"]] == ["Patrimoni mobiliari omessi o difformi"]


@pytest.mark.parametrize(("day", "end"), [("2026-03-02", "2026-06-30"), ("2026-11-23", "2026-12-31")])
def test_an_isee_corrente_ends_with_its_own_date(read: Read, day: str, end: str) -> None:
    isee = read(PERSONE["marta"].codice_fiscale, valido_il=day)["isee"]
    assert isee["scade_il"] == end


def test_without_a_day_the_body_decides(read: Read) -> None:
    assert read(ROSA, valido_il=None)["isee"]["scade_il"] == "2026-12-31"


def test_a_person_without_isee_is_refused(read: Read) -> None:
    with pytest.raises(Refused) as refused:
        read(PERSONE["carlo"].codice_fiscale)
    assert refused.value.code == "isee_assente"


def test_a_kind_that_the_attestation_lacks_is_refused(read: Read) -> None:
    with pytest.raises(Refused) as refused:
        read(ROSA, tipo="Universitario")
    assert refused.value.code == "isee_assente"


def test_a_kind_that_cannot_be_computed_is_refused(read: Read) -> None:
    with pytest.raises(Refused) as refused:
        read(PERSONE["davide"].codice_fiscale, tipo="Minorenne")
    assert refused.value.code == "isee_non_calcolabile"


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (OMOCODIA_REFUSED, "omocodia"),
        ("STP1234567890123", "STP"),
        ("ENI1234567890123", "ENI"),
        ("ABC", "correggilo"),
    ],
)
def test_a_code_that_the_schema_cannot_carry_is_refused_before_asking(
    read: Read, sandbox: Sandbox, code: str, says: str
) -> None:
    with pytest.raises(Refused) as refused:
        read(code)
    assert refused.value.code == "codice_fiscale_non_accettato"
    assert refused.value.field == "codice_fiscale"
    assert says in refused.value.message
    assert code not in told(refused.value)
    assert sandbox.calls.list() == []


def test_a_temporary_code_and_a_lower_case_one_are_asked_for(read: Read, sandbox: Sandbox) -> None:
    read("91100000008 ")
    assert read(f" {ROSA.lower()}", tipo="SocioSanitario")["isee"]["valore"] == Decimal("10000.00")
    assert [call["esito"] for call in sandbox.calls.list()] == ["OK", "OK"]


@pytest.mark.parametrize("esito", ["DATABASE_OFFLINE", "ERRORE_INTERNO", "http_500"])
def test_a_failing_body_is_tried_again_and_then_answers(read: Read, sandbox: Sandbox, esito: str) -> None:
    # given
    order(sandbox, esito, times=2)
    # when
    for _ in range(2):
        with pytest.raises(Transient):
            read(ROSA)
    # then
    assert read(ROSA)["isee"]["valore"] == Decimal("14250.00")


def test_every_attempt_carries_the_same_key(read: Read, sandbox: Sandbox) -> None:
    # given
    order(sandbox, "http_500", times=1)
    # when
    with pytest.raises(Transient):
        read(ROSA, key="1:8:leggi_isee:1")
    read(ROSA, key="1:8:leggi_isee:1")
    # then
    seen = requests.get(f"{sandbox.root}/sandbox/chiamate", timeout=PATIENCE).json()["chiamate"]
    assert [(call["chiave"], call["esito"]) for call in seen] == [
        ("1:8:leggi_isee:1", "http_500"),
        ("1:8:leggi_isee:1", "OK"),
    ]


def test_many_threads_keep_their_persons_and_keys_apart(read: Read, sandbox: Sandbox) -> None:
    # given
    names = ["rosa", "caterina", "elena", "luigi", "gino"] * 6
    people = [PERSONE[name] for name in names]
    # when
    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(
                lambda numbered: read(numbered[1].codice_fiscale, key=f"1:{numbered[0]}:leggi_isee:1"),
                enumerate(people),
            )
        )
    # then
    for persona, answer in zip(people, answers, strict=True):
        assert persona.situazione
        assert answer["isee"]["valore"] == persona.situazione.ordinario.isee
    assert len({call["chiave"] for call in sandbox.calls.list()}) == len(people)


def test_the_daily_limit_waits_for_the_next_italian_day(read: Read, sandbox: Sandbox) -> None:
    # given: it is 10:00 in Rome
    order(sandbox, "limite_giornaliero")
    # when
    with pytest.raises(Transient) as transient:
        read(ROSA)
    # then: until 00:05
    assert transient.value.retry_after == pytest.approx(14 * 3600 + 5 * 60, abs=2)


def test_a_silent_body_is_tried_again(impatient_read: Read, read: Read, sandbox: Sandbox) -> None:
    order(sandbox, "timeout", times=1)
    with pytest.raises(Transient, match="entro 1 secondi"):
        impatient_read(ROSA)
    assert read(ROSA)["isee"]["valore"] == Decimal("14250.00")


def test_a_body_that_is_down_is_tried_again(sandbox: Sandbox) -> None:
    # given
    settings = settings_for(sandbox.address, sandbox.host)
    sandbox.stop()
    # when, then
    with pytest.raises(Transient, match="raggiungibile"):
        reader(settings)(ROSA)


def test_a_rejected_request_names_the_field_and_not_the_person(read: Read) -> None:
    wrong_check_letter = "RSSRSO44A41D969X"
    with pytest.raises(Broken, match="campo CodiceFiscale") as broken:
        read(wrong_check_letter)
    assert wrong_check_letter not in told(broken.value)


@pytest.mark.parametrize(
    ("esito", "outcome"),
    [
        ("DATI_NON_TROVATI", Refused),
        ("DATABASE_OFFLINE", Transient),
        ("ERRORE_INTERNO", Transient),
        ("RICHIESTA_INVALIDA", Broken),
        ("RISCONTRO_NON_VALIDO", Broken),
        ("limite_giornaliero", Transient),
        ("http_500", Transient),
        ("timeout", Transient),
    ],
)
def test_no_outcome_tells_whose_isee_was_asked(
    read: Read, impatient_read: Read, sandbox: Sandbox, esito: str, outcome: type[ConnectorError]
) -> None:
    order(sandbox, esito)
    with pytest.raises(outcome) as error:
        (impatient_read if esito == "timeout" else read)(ROSA)
    assert ROSA not in told(error.value)
    assert ROSA not in str(sandbox.calls.list())


@pytest.mark.parametrize(
    ("request_", "says"),
    [
        ({"tipo": "Corrente"}, "tipo"),
        ({"prestazione": "B9.99"}, "prestazione"),
        ({"valido_il": "23/11/2026"}, "valido_il"),
        ({"codice_fiscale": 12}, "codice_fiscale"),
    ],
)
def test_a_senseless_request_is_broken_and_never_leaves(
    read: Read, sandbox: Sandbox, request_: dict[str, object], says: str
) -> None:
    with pytest.raises(Broken, match=says):
        read(**request_)
    assert sandbox.calls.list() == []
