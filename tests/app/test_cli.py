"""The commands as their users type them."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from app.cli import main
from tests.engine.drawing import diagram, end, human, service, start

ROOT = Path(__file__).parents[2]
PROCESSES = ROOT / "processes"
BANDS = PROCESSES / "domiciliarita" / "fascia_isee.dmn"
ISEE = {"isee_minimo": 6000, "isee_massimo": 20000, "tariffa_minima": 1, "tariffa_massima": 18}

Say = Callable[..., tuple[int, list[str]]]


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    """Type a command: its exit code and the lines it printed."""

    def say(*words: object) -> tuple[int, list[str]]:
        code = main([str(word) for word in words])
        return code, capsys.readouterr().out.splitlines()

    return say


@pytest.fixture
def of_the_database(monkeypatch: pytest.MonkeyPatch, database_url: str, tmp_path: Path) -> None:
    """The settings of an installation that uses the test's database."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("PERCORSI_HOME", str(tmp_path / "home"))


@pytest.fixture
def a_folder(tmp_path: Path) -> Path:
    """A path of one step with a story, in a folder of its own."""
    folder = tmp_path / "processes" / "prova"
    (folder / "scenari").mkdir(parents=True)
    (folder / "prova.bpmn").write_bytes(
        diagram("prova", start() + human("uno", form="uno") + end(), "inizio uno; uno fine")
    )
    (folder / "bundle.json").write_text('{"slug": "prova", "nome": "Prova", "codice": "X01"}')
    story = {
        "titolo": "Si fa",
        "adesso": "2026-11-23T09:00:00+01:00",
        "passi": [{"attivita": "uno", "risposte": {"esito": "si"}}],
        "allora": {"finisce_in": "fine"},
    }
    (folder / "scenari" / "si_fa.json").write_text(json.dumps(story))
    forms = tmp_path / "forms" / "prova"
    forms.mkdir(parents=True)
    schema = {"type": "object", "properties": {"esito": {"type": "string"}}}
    (forms / "uno.schema.json").write_text(json.dumps(schema))
    return folder


def test_feel_prints_the_value_with_all_its_digits(say: Say, tmp_path: Path) -> None:
    # given
    context = tmp_path / "dati.json"
    context.write_text('{"isee": {"valore": 10000.10}, "voci": [0.1, 0.2]}')
    # when / then
    assert say("feel", "sum(voci)", "--context", context) == (0, ["0.3"])
    assert say("feel", "isee.valore", "--context", context) == (0, ["10000.10"])
    assert say("feel", 'date("2026-01-31") + duration("P1M")') == (0, ['"2026-02-28"'])
    assert say("feel", 'dopo_giorni_lavorativi(@"2026-12-23", 2)')[1][0].startswith('"2026-12-28T23:59:59')


def test_feel_writes_numbers_without_exponents_and_moments_as_iso(say: Say) -> None:
    assert say("feel", "[1E-10, 1e22, -1.5E-7]") == (
        0,
        ["[0.0000000001,10000000000000000000000,-0.00000015]"],
    )
    assert say("feel", '[@"2026-01-31", @"10:00:00Z", @"2026-07-01T10:00:00@Europe/Rome", @"P13M"]') == (
        0,
        ['["2026-01-31","10:00:00Z","2026-07-01T10:00:00+02:00","P1Y1M"]'],
    )
    assert say("feel", "[[1..3), null, {a: true}]") == (0, ['["[1..3)",null,{"a":true}]'])


def test_feel_reads_names_with_operators_wherever_the_context_has_them(say: Say, tmp_path: Path) -> None:
    context = tmp_path / "dati.json"
    context.write_text('{"a": 5, "b": 2, "x-y": 1, "p": [{"first-name": "Ada", "a-b": 9}]}')
    assert say("feel", 'p[first-name = "Ada"].a-b', "--context", context) == (0, ["[9]"])
    assert say("feel", "a-b + x-y", "--context", context) == (0, ["4"])


def test_feel_refuses_what_is_nested_without_end(say: Say, tmp_path: Path) -> None:
    context = tmp_path / "dati.json"
    context.write_text('{"a": ' + "[" * 900 + "]" * 900 + "}")
    code, lines = say("feel", "a", "--context", context)
    assert (code, list(json.loads(lines[0]))) == (1, ["error"])


def test_feel_says_in_italian_what_it_cannot_read(say: Say) -> None:
    code, lines = say("feel", "1 +")
    assert (code, json.loads(lines[0])) == (1, {"error": "riga 1, colonna 4: espressione incompleta"})


def test_feel_gives_up_on_what_would_never_end(say: Say) -> None:
    code, lines = say("feel", "for a in 1..9999, b in 1..9999 return a*b")
    assert (code, list(json.loads(lines[0]))) == (1, ["error"])


def test_feel_answers_each_case_on_its_own_line(say: Say, tmp_path: Path) -> None:
    # given
    cases = tmp_path / "casi.jsonl"
    cases.write_text(
        '{"expression": "a + 1", "context": {"a": 0.1}}\n\n{"expression": "a +"}\n{"expression": "[1, null]"}\n'
    )
    # when
    code, lines = say("feel", "--cases", cases)
    # then
    assert code == 1
    assert (lines[0], lines[2]) == ("1.1", "[1,null]")
    assert list(json.loads(lines[1])) == ["error"]


@pytest.mark.parametrize("line", ["{", "[]", '{"context": {}}', '{"expression": "1", "context": 3}'])
def test_a_case_that_cannot_be_read_is_an_error_too(say: Say, tmp_path: Path, line: str) -> None:
    cases = tmp_path / "casi.jsonl"
    cases.write_text(line)
    code, lines = say("feel", "--cases", cases)
    assert (code, [list(json.loads(found)) for found in lines]) == (1, [["error"]])


REFUSED = {
    "": "percorsi: manca: comando",
    "inventato": "percorsi: comando: 'inventato' non c'è, scegli tra 'run', 'demo'",
    "push": "percorsi push: manca: PERCORSO",
    "push prova --colore rosso": "percorsi: non si capisce: --colore rosso",
    "push prova --ente": "percorsi push: --ente: manca il valore",
    "demo --persons -5": "percorsi demo: --persons: «-5» non va bene, serve un numero intero da 0 a 1000000",
    "demo --persons 5_0": "percorsi demo: --persons: «5_0» non va bene",
    "sandbox --port 99999": "percorsi sandbox: --port: «99999» non va bene, serve un numero intero da 1 a 65535",
    "token revoke --ente genova ²": "percorsi token revoke: NUMERO: «²» non va bene",
    "token create --ente genova --nome x --scope tutto": "percorsi token create: --scope: «tutto» non è un ambito",
    "token create --ente genova --nome x --scope pratiche:read --giorni 99999999999": "--giorni: «99999999999»",
    "move prova --ente a --from 1 --to 2 --dry-run --undo": "percorsi move: --undo non va insieme a --dry-run",
}


@pytest.mark.parametrize("words", REFUSED)
def test_a_command_that_is_not_written_so_is_refused_in_italian(
    words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    # when
    with pytest.raises(SystemExit) as stopped:
        main(words.split())
    # then
    said = capsys.readouterr().err
    assert stopped.value.code == 2
    assert said.startswith("si scrive: percorsi")
    assert REFUSED[words] in said.splitlines()[-1]


@pytest.mark.parametrize("words", ["--help", "ente --help", "move --help"])
def test_a_command_is_explained_in_italian(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    # when
    with pytest.raises(SystemExit) as ended:
        main(words.split())
    # then
    said = capsys.readouterr().out
    assert ended.value.code == 0
    assert said.startswith("si scrive: percorsi")
    assert "opzioni:" in said
    assert not re.search("usage|options:|arguments|show this", said)


def test_a_sandbox_that_cannot_answer_there_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        # given
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        # when / then
        assert main(["sandbox", "--port", str(port)]) == 1
        assert f"Non si può rispondere su 127.0.0.1, porta {port}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("PERCORSI_INPS_TIMEOUT_S", "mai", "PERCORSI_INPS_TIMEOUT_S: serve un numero intero da 1 a 120."),
        ("PERCORSI_CONNECTOR_HOSTS", "https://*.it", "PERCORSI_CONNECTOR_HOSTS: serve un elenco di host"),
        (
            "PERCORSI_INPS_USER_ID_FILE",
            "/non/esiste",
            "PERCORSI_INPS_USER_ID_FILE: il file non si può leggere.",
        ),
    ],
)
def test_a_connector_s_setting_is_refused_in_italian(
    a_folder: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, said: str
) -> None:
    # given: a process of its own reads its settings once
    monkeypatch.setenv(variable, value)
    # when
    checked = subprocess.run(
        [sys.executable, "-m", "app.cli", "check", a_folder],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    # then
    assert checked.returncode == 1
    assert said in checked.stderr
    assert "Traceback" not in checked.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("create", "--slug", "savona", "--nome", "Savona", "--istat", "9"), "--istat: il codice ISTAT"),
        (("create", "--slug", "savona", "--nome", "Savona", "--belfiore", "i480"), "--belfiore: il codice"),
        (("admin", "--ente", "genova", "--nome-utente", "a b"), "--nome-utente: usa solo lettere"),
    ],
)
def test_an_ente_with_a_malformed_code_or_administrator_is_refused(
    of_the_database: None, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    assert main(["ente", *words]) == 1
    assert capsys.readouterr().err.startswith(said)


def test_dmn_prints_the_value_of_a_decision(say: Say, tmp_path: Path) -> None:
    # given
    context = tmp_path / "dati.json"
    context.write_text(json.dumps({"isee": 10000, **ISEE}))
    # when
    code, lines = say("dmn", BANDS, "fascia_isee", "--context", context)
    # then
    assert (code, json.loads(lines[0])) == (0, {"fascia": "proporzionale", "tariffa_oraria": 5.86})


def test_dmn_answers_each_case_on_its_own_line(say: Say, tmp_path: Path) -> None:
    # given
    cases = tmp_path / "casi.jsonl"
    asked = [{"decision": "fascia_isee", "context": {"isee": isee, **ISEE}} for isee in (5000, 30000)]
    asked += [{"decision": "nessuna", "context": {}}]
    cases.write_text("\n".join(map(json.dumps, asked)))
    # when
    code, lines = say("dmn", BANDS, "--cases", cases)
    # then
    assert code == 1
    assert [json.loads(line).get("tariffa_oraria") for line in lines] == [1, 18, None]
    assert json.loads(lines[2]) == {"error": "La decisione «nessuna» non esiste nel modello."}


def test_dmn_says_that_a_file_is_not_there(say: Say, tmp_path: Path) -> None:
    code, lines = say("dmn", tmp_path / "manca.dmn", "x")
    assert (code, list(json.loads(lines[0]))) == (1, ["error"])


def test_check_finds_nothing_wrong_with_the_paths_that_come_with_the_software(say: Say) -> None:
    assert say("check", PROCESSES) == say("check") == (0, [])


def test_check_names_file_and_element(say: Say, a_folder: Path) -> None:
    # given
    bpmn = a_folder / "prova.bpmn"
    bpmn.write_bytes(bpmn.read_bytes().replace(b"candidateGroups='assistente_sociale'", b""))
    # when
    code, lines = say("check", a_folder)
    # then
    assert code == 1
    assert [line.split(": ")[0] for line in lines] == [f"{bpmn}:uno"]
    assert say("check", a_folder.parent)[1] == lines
    assert say("check", bpmn)[1] == lines


@pytest.mark.parametrize("place", ["scenari/altra.json", "lettere/avviso.txt"])
def test_a_file_that_is_elsewhere_is_not_published(
    say: Say, a_folder: Path, tmp_path: Path, place: str
) -> None:
    # given
    (tmp_path / "segreto.txt").write_text("chiave")
    (a_folder / place).parent.mkdir(exist_ok=True)
    (a_folder / place).symlink_to(tmp_path / "segreto.txt")
    # when / then
    code, lines = say("check", a_folder)
    assert (code, lines) == (1, [f"{place}:-: è un collegamento a un altro file: mettici il file"])


def test_check_advises_to_tell_what_a_path_is_for(a_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(a_folder)]) == 0
    assert f"consiglio: {a_folder / 'README.md'}:-: manca" in capsys.readouterr().err
    (a_folder / "README.md").write_text("# Prova\n")
    assert main(["check", str(a_folder)]) == 0
    assert "README" not in capsys.readouterr().err


def test_check_knows_the_roles_of_the_installation(say: Say, a_folder: Path) -> None:
    manifest = a_folder / "bundle.json"
    told = json.loads(manifest.read_bytes())
    manifest.write_text(json.dumps({**told, "avvio": ["assistente_sociale", "asistente"]}))
    assert say("check", a_folder) == (
        1,
        [f"{manifest}:avvio: il ruolo «asistente» non c'è: scegline uno fra quelli dell'ente"],
    )


LETTERS = {
    "Gentile {{ persona_nome }}, ci vediamo il {{ giorno }}.": "giorno",
    "Gentile {{ Persona }},": "riga 1",
    "Oggetto: prova\n\nGentile {{ persona_nome": "riga 3",
    "{% for nome in nomi %}{{ nome }}{% endfor %}": "riga 1",
    "{{ ''.__class__ }}": "riga 1",
    "Gentile\0": "riga 1",
    "  \n": "-",
}


@pytest.mark.parametrize("letter", LETTERS)
def test_check_reads_the_letters_and_who_fills_them(say: Say, a_folder: Path, letter: str) -> None:
    # given
    sends = service("manda", "avviso.send", input='lettera: ="avviso"; motivo: ="prova"')
    drawn = diagram("prova", start() + sends + end(), "inizio manda; manda fine")
    (a_folder / "prova.bpmn").write_bytes(drawn)
    (a_folder / "scenari" / "si_fa.json").unlink()
    file = a_folder / "lettere" / "avviso.txt"
    file.parent.mkdir()
    # when
    file.write_text("Oggetto: avviso\n\nGentile {{ persona_nome }}, per {{ motivo }}: {{ oggi }}.\n")
    # then
    assert say("check", a_folder) == (0, [])
    # when
    file.write_text(letter)
    # then
    code, lines = say("check", a_folder)
    assert (code, lines[0].split(": ")[0]) == (1, f"{file}:{LETTERS[letter]}")


def test_a_letter_that_is_no_text_is_refused(
    say: Say, a_folder: Path, of_the_database: None, ente: int
) -> None:
    # given
    file = a_folder / "lettere" / "avviso.txt"
    file.parent.mkdir()
    file.write_bytes("Perché".encode("latin-1"))
    refused = (1, [f"{file}:-: non è un testo in UTF-8: salvalo così"])
    # when / then
    assert say("check", a_folder) == refused
    assert say("push", a_folder, "--ente", "genova") == refused


def test_check_knows_the_steps_that_forms_begin_with(say: Say, a_folder: Path) -> None:
    # given: a step of a path beside, which asks one of the questions
    beside = a_folder.parent / "altro"
    beside.mkdir()
    drawn = diagram("altro", start() + human("prima", form="prima") + end(), "inizio prima; prima fine")
    (beside / "altro.bpmn").write_bytes(drawn)
    (beside / "bundle.json").write_text('{"slug": "altro", "nome": "Altro", "codice": "X02"}')
    forms = a_folder.parent.parent / "forms"
    (forms / "altro").mkdir()
    text = {"type": "string"}
    (forms / "altro" / "prima.schema.json").write_text(
        json.dumps({"type": "object", "properties": {"esito": text}})
    )
    begins = {
        name: {**text, "$comment": f"come in: {step}"}
        for name, step in (("esito", "prima"), ("nota", "prima"), ("altra", "rpima"))
    }
    form = forms / "prova" / "uno.schema.json"
    form.write_text(json.dumps({"type": "object", "properties": begins}))
    # when
    code, lines = say("check", a_folder)
    # then
    assert code == 1
    assert [line.split(": ")[0] for line in lines] == [f"{form}:altra", f"{form}:nota"]
    assert "«rpima»" in lines[0]
    assert "nessuno chiede «nota»" in lines[1]


def test_check_looks_at_single_files_and_at_any_folder(say: Say, tmp_path: Path) -> None:
    # given
    (tmp_path / "modulo.schema.json").write_text('{"type": "array"}')
    shutil.copy(BANDS, tmp_path / "fasce.dmn")
    (tmp_path / "rotta.dmn").write_text("<!DOCTYPE x><x/>")
    (tmp_path / "nota.txt").write_text("niente da guardare")
    # when
    code, lines = say("check", tmp_path)
    # then
    assert code == 1
    assert {Path(line.split(":")[0]).name for line in lines} == {"modulo.schema.json", "rotta.dmn"}
    assert say("check", tmp_path / "fasce.dmn") == (0, [])


@pytest.mark.parametrize("name", ["manca", "nota.txt", "vuota", "tubo", "rotto.bpmn"])
def test_check_refuses_what_it_cannot_look_at(say: Say, tmp_path: Path, name: str) -> None:
    (tmp_path / "nota.txt").write_text("x")
    (tmp_path / "vuota").mkdir()
    os.mkfifo(tmp_path / "tubo")
    (tmp_path / "rotto.bpmn").symlink_to(tmp_path / "non_c_e")
    code, lines = say("check", tmp_path / name)
    assert (code, len(lines)) == (1, 1)


@pytest.mark.usefixtures("of_the_database")
def test_scenario_plays_the_stories_and_leaves_nothing_behind(
    say: Say, a_folder: Path, owner_engine: Engine
) -> None:
    # when
    code, lines = say("scenario", a_folder)
    # then
    assert (code, lines) == (0, ["sì  prova/si_fa: Si fa"])
    with owner_engine.connect() as connection:
        assert connection.scalar(text("select count(*) from engine_instance")) == 0
        assert connection.scalar(text("select count(*) from engine_bundle")) == 0


@pytest.mark.usefixtures("of_the_database")
def test_scenario_says_at_which_step_a_story_does_not_hold(say: Say, a_folder: Path) -> None:
    # given
    story = a_folder / "scenari" / "si_fa.json"
    story.write_text(story.read_text().replace('"esito": "si"', '"esito": 3'))
    # when
    code, lines = say("scenario", a_folder, story)
    # then
    assert code == 1
    assert lines[1].strip().startswith("di fila, passo 1: «uno», il modulo non accetta: esito")


@pytest.mark.usefixtures("of_the_database")
def test_scenario_without_a_story_is_not_a_success(say: Say, a_folder: Path) -> None:
    assert say("scenario", a_folder, "altra.json")[0] == 1


@pytest.mark.usefixtures("of_the_database", "ente")
def test_what_is_pushed_to_an_ente_can_be_pulled_from_it(say: Say, a_folder: Path) -> None:
    # given
    bpmn, form = a_folder / "prova.bpmn", a_folder.parents[1] / "forms" / "prova" / "uno.schema.json"
    before = bpmn.read_bytes(), form.read_bytes()
    assert say("push", a_folder, "--ente", "genova")[1] == ["prova: è in vigore la versione 1 per «genova»"]
    # when
    bpmn.write_text("rovinato")
    form.unlink()
    (a_folder / "lettere").mkdir()
    (a_folder / "lettere" / "nuova.txt").write_text("x")
    code, lines = say("pull", a_folder, "--ente", "genova")
    # then
    assert code == 0
    assert (bpmn.read_bytes(), form.read_bytes()) == before
    assert not (a_folder / "lettere" / "nuova.txt").exists()
    assert lines[-1] == "prova: nella cartella c'è la versione 1 di «genova»"
    assert say("push", a_folder, "--ente", "genova")[1] == ["prova: è in vigore la versione 1 per «genova»"]


@pytest.mark.usefixtures("of_the_database", "ente")
def test_a_path_published_in_one_ente_is_not_in_another(say: Say, a_folder: Path) -> None:
    assert say("push", a_folder, "--ente", "genova")[0] == 0
    assert say("pull", a_folder, "--ente", "recco")[0] == 1


@pytest.mark.usefixtures("of_the_database", "ente")
def test_push_refuses_what_check_refuses(say: Say, a_folder: Path) -> None:
    # given
    (a_folder / "bundle.json").write_text("{}")
    # when
    code, lines = say("push", a_folder, "--ente", "genova")
    # then
    assert code == 1
    assert {line.split(": ")[0].rpartition("/")[2] for line in lines} == {
        "bundle.json:nome",
        "bundle.json:codice",
    }


@pytest.mark.usefixtures("of_the_database", "ente")
def test_an_ente_that_is_not_there_is_told(a_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["push", str(a_folder), "--ente", "milano"]) == 1
    assert capsys.readouterr().err == "L'ente «milano» non c'è. Ci sono: genova, recco.\n"


@pytest.mark.usefixtures("of_the_database", "ente")
def test_which_ente_need_not_be_told_where_there_is_one(
    say: Say, a_folder: Path, owner_engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    # given two
    assert main(["push", str(a_folder)]) == 1
    assert capsys.readouterr().err == "Di' per quale ente, con --ente. Ci sono: genova, recco.\n"
    # when
    with owner_engine.begin() as connection:
        connection.execute(text("delete from ente where slug = 'recco'"))
    # then
    assert say("push", a_folder)[1] == ["prova: è in vigore la versione 1 per «genova»"]
    assert say("pull", a_folder)[1] == ["prova: nella cartella c'è la versione 1 di «genova»"]


@pytest.mark.parametrize("command", ["web", "worker", "clock", "migrate"])
def test_a_process_of_an_installation_wants_its_database(
    command: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # given
    monkeypatch.setenv("PERCORSI_HOME", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    # when / then
    assert main([command]) == 1
    assert "DATABASE" in capsys.readouterr().err


def test_migrate_brings_an_empty_database_to_this_version(
    say: Say, monkeypatch: pytest.MonkeyPatch, database_url: str, owner_url: str, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("DATABASE_OWNER_URL", owner_url)
    monkeypatch.setenv("PERCORSI_HOME", str(tmp_path))
    assert say("migrate") == (0, [])


def test_a_setting_that_cannot_be_used_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PERCORSI_HOME", str(tmp_path))
    monkeypatch.setenv("PORT", "mille")
    assert main(["run"]) == 1
    assert capsys.readouterr().err.startswith("PORT: ")


def test_it_can_be_started_as_a_module() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", "feel", "1 + 1"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "2\n")


@pytest.fixture
def a_foreign_file(tmp_path: Path) -> Path:
    """A diagram with a step for nobody and a service that calls a class."""
    body = (
        "<bpmn:userTask id='Activity_1ab' name='Ascolta'/><bpmn:serviceTask id='s' camunda:class='it.Paga'/>"
    )
    drawn = diagram("ascolto", start() + body + end(), "inizio Activity_1ab; Activity_1ab s; s fine").replace(
        b" xmlns:xsi", b" xmlns:camunda='http://camunda.org/schema/1.0/bpmn' xmlns:xsi", 1
    )
    file = tmp_path / "ascolto.bpmn"
    file.write_bytes(drawn)
    return file


def test_import_writes_a_path_and_lists_what_check_will_say(
    say: Say, a_foreign_file: Path, tmp_path: Path
) -> None:
    # when
    code, lines = say("import", a_foreign_file, "--out", tmp_path / "processes")
    # then
    folder = tmp_path / "processes" / "ascolto"
    assert code == 0
    assert (folder / "README.md").read_text().splitlines() == lines
    assert "- s: chiamava «it.Paga»: scegli un'operazione installata qui" in lines
    refused = [line.partition(".bpmn:")[2] for line in say("check", folder)[1]]
    assert lines[lines.index("## Da completare") + 2 :] == [f"- {line}" for line in refused]


def test_import_lists_what_check_will_advise(
    say: Say, a_foreign_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # given a step for a role that only a variable knows
    drawn = a_foreign_file.read_bytes().replace(
        b"name='Ascolta'", b"name='Ascolta' camunda:candidateGroups='${ruolo}'"
    )
    a_foreign_file.write_bytes(drawn)
    # when
    _, lines = say("import", a_foreign_file, "--out", tmp_path / "processes")
    # then
    capsys.readouterr()
    main(["check", str(tmp_path / "processes" / "ascolto")])
    advised = [line.partition(".bpmn:")[2] for line in capsys.readouterr().err.splitlines()]
    place = lines.index("## Da riguardare") + 2
    assert advised
    assert lines[place : place + len(advised)] == [f"- {line}" for line in advised]


def test_import_keeps_to_the_folder_it_is_given(
    say: Say, a_foreign_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a step with fields, that become a form
    fields = (
        b"<bpmn:extensionElements><camunda:formData><camunda:formField id='nota' label='Nota' type='string'/>"
        b"</camunda:formData></bpmn:extensionElements>"
    )
    step = b"<bpmn:userTask id='Activity_1ab' name='Ascolta'"
    with_fields = a_foreign_file.read_bytes().replace(
        step + b"/>", step + b">" + fields + b"</bpmn:userTask>"
    )
    a_foreign_file.write_bytes(with_fields)
    # when
    assert say("import", a_foreign_file, "--out", tmp_path / "di prova" / "altrove")[0] == 0
    # then its form is with it, and is found from wherever one looks
    folder = tmp_path / "di prova" / "altrove" / "ascolto"
    assert (folder / "forms" / "ascolta.schema.json").is_file()
    assert not (tmp_path / "di prova" / "forms").exists()
    assert not [line for line in say("check", folder)[1] if "manca il modulo" in line]
    monkeypatch.chdir(folder)
    assert not [line for line in say("check", ".")[1] if "manca il modulo" in line]


def test_import_says_when_it_may_not_write(
    a_foreign_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "processes").write_text("un file, non una cartella")
    assert main(["import", str(a_foreign_file), "--out", str(tmp_path / "processes")]) == 1
    assert "non si riesce a scrivere" in capsys.readouterr().err


def test_import_names_the_roles_that_nobody_has(say: Say, a_foreign_file: Path, tmp_path: Path) -> None:
    drawn = a_foreign_file.read_bytes().replace(
        b"name='Ascolta'", b"name='Ascolta' camunda:candidateGroups='capo'"
    )
    a_foreign_file.write_bytes(drawn)
    _, lines = say("import", a_foreign_file, "--out", tmp_path / "processes")
    assert "- ascolta: il ruolo «capo» qui non c'è: chiamalo come uno di quelli dell'ente" in lines


def test_import_never_writes_over_a_path(
    a_foreign_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # given
    kept = tmp_path / "processes" / "ascolto" / "nota.txt"
    kept.parent.mkdir(parents=True)
    kept.write_text("da tenere")
    # when / then
    assert main(["import", str(a_foreign_file), "--out", str(tmp_path / "processes")]) == 1
    assert "c'è già" in capsys.readouterr().err
    assert [path.name for path in kept.parent.iterdir()] == ["nota.txt"]


@pytest.mark.parametrize("content", [None, b"", b"<html/>", b"<!DOCTYPE a []><a/>"])
def test_import_says_why_it_cannot(
    content: bytes | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "x.bpmn"
    if content is not None:
        file.write_bytes(content)
    assert main(["import", str(file), "--out", str(tmp_path / "processes")]) == 1
    assert capsys.readouterr().err.startswith(f"{file}: ")
    assert not (tmp_path / "processes").exists()


def test_a_worker_loads_neither_the_synthetic_city_nor_the_pages_nor_what_migrates() -> None:
    # given
    loads = "import sys, app.cli, app.worker; print(*sys.modules)"
    # when
    loaded = subprocess.run(
        [sys.executable, "-c", loads], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout.split()
    # then
    others = ("app.demo", "app.commands.", "app.web", "app.pagine", "app.api", "alembic", "apscheduler")
    assert [name for name in loaded if name.startswith(others)] == []
