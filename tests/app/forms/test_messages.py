import pytest

from app.forms.article import with_article
from app.forms.messages import BY_WIDGET, CODICE_FISCALE
from engine.form import FieldError

from .questions import complaint, form_of, one, read

TEXT = {"type": "string", "title": "Motivo"}


def text(format, **more):
    return {"type": "string", "format": format, **more}


@pytest.mark.parametrize(
    ("schema", "dress", "typed", "sentence"),
    [
        (TEXT, {}, "", "Scrivi il motivo."),
        ({"type": "string", "title": "Come si entra"}, {}, "", "Scrivi una risposta."),
        ({**TEXT, "minLength": 1}, {}, "", "Scrivi il motivo."),
        ({**TEXT, "minLength": 5}, {}, "no", "È troppo corto: servono almeno 5 caratteri."),
        ({**TEXT, "maxLength": 3}, {}, "troppo", "È troppo lungo: al massimo 3 caratteri, ora sono 6."),
        ({**TEXT, "pattern": "^[0-9]+$"}, {}, "no", "Non è scritto come ci serve. Controlla."),
        ({**TEXT, "pattern": "^[0-9]+$"}, {"messaggio": {"pattern": "Solo cifre."}}, "no", "Solo cifre."),
        (TEXT, {"messaggio": "Serve alla ragioneria."}, "", "Serve alla ragioneria."),
        ({"enum": ["a", "b"]}, {}, "", "Scegli una risposta."),
        ({"enum": ["a", "b"]}, {}, "z", "Scegli una delle risposte."),
        ({"type": "boolean"}, {}, "", "Rispondi sì o no."),
        ({"type": "integer", "title": "Ore"}, {}, "x", "Scrivi un numero intero, per esempio 12."),
        ({"type": "number", "minimum": 0}, {"unita": "ore"}, "-1", "Scrivi almeno 0 ore."),
        ({"type": "number", "maximum": 1000}, {"widget": "euro"}, "2000", "Scrivi al massimo 1.000,00 €."),
        ({"type": "number", "exclusiveMinimum": 0}, {}, "0", "Scrivi più di 0."),
        ({"type": "number", "exclusiveMaximum": 9}, {}, "9", "Scrivi meno di 9."),
        ({"type": "number", "multipleOf": 0.01}, {}, "1,2345", "Scrivi al massimo due decimali."),
        ({"type": "number", "multipleOf": 0.5}, {}, "1,2", "Scrivi un multiplo di 0,5."),
        ({"type": "number"}, {"widget": "euro"}, "x", "Scrivi l’importo così: 1.234,50."),
        (text("date", title="Data della visita"), {}, "", "Scrivi la data della visita."),
        (text("date", title="Dal"), {}, "", "Scrivi la data."),
        (text("date"), {}, "31/2/26", "Scrivi la data così: 23/11/2026."),
        (text("date"), {}, "23/11/0026", "L’anno 26 non può essere. Scrivi la data così: 23/11/2026."),
        (text("date"), {}, "1849-12-31", "L’anno 1849 non può essere. Scrivi la data così: 23/11/2026."),
        ({**TEXT, "minLength": 1}, {}, "  ", "Scrivi il motivo."),
        (text("time"), {}, "25", "Scrivi l’ora così: 8:30."),
        (text("date-time"), {}, "ieri", "Scrivi data e ora così: 23/11/2026 10:30."),
        (text("email"), {}, "x", "Scrivi un indirizzo email completo, per esempio nome@esempio.it."),
        (text("telefono"), {}, "12", "Scrivi il numero di telefono, per esempio 347 555 0142."),
        (text("cap"), {}, "1", "Scrivi il CAP: cinque cifre."),
        (text("iban"), {}, "IT00", "L’IBAN non torna. Controlla lettere e cifre."),
        (text("partita_iva"), {}, "1", "La partita IVA non torna: sono 11 cifre."),
        (text("provincia"), {}, "Genova", "Scrivi la sigla della provincia, per esempio GE."),
        (text("codice_fiscale"), {}, "CRTNDA61H52D969X", CODICE_FISCALE["controllo"]),
        (text("codice_fiscale"), {}, "07643520568", "L’ultima cifra non torna. Controlla sul documento."),
        (text("codice_fiscale"), {}, "STP0300012345678", "Un codice STP non è un codice fiscale."),
        (text("comune_istat"), {}, "Xyzzy", BY_WIDGET["comune"]),
        ({"type": "array", "items": {"enum": ["a"]}}, {}, "", "Scegli almeno una risposta."),
        ({"type": "array", "items": {}, "minItems": 1}, {"voce": "un’ora"}, "", "Aggiungi almeno un’ora."),
        ({"type": "string", "contentMediaType": "text/csv", "title": "Nota"}, {}, "", "Carica la nota."),
        ({"type": "string"}, {"widget": "persona"}, "", "Cerca e scegli una persona."),
    ],
)  # fmt: skip
def test_every_error_is_a_sentence_that_says_what_to_do(schema, dress, typed, sentence):
    if schema.get("minItems") or schema.get("items") == {"enum": ["a"]}:
        schema = {**schema, "minItems": 1}
    assert complaint(one(schema, **dress), typed) == sentence


@pytest.mark.parametrize(
    "keyword", ["limite", "carattere", "additionalProperties", "uniqueItems", "not", "boh"]
)
def test_even_an_odd_error_has_a_sentence(keyword):
    form = one(TEXT)
    [message] = form.messages([FieldError(("campo",), keyword, "x", 1)], {"campo": "x"})
    assert message.text.endswith(".")
    assert message.id == "c-campo"


def test_an_operation_that_refuses_speaks_for_itself():
    form = one(TEXT)
    [message] = form.messages(
        [FieldError(("campo",), "operazione", None, "Il fondo è finito.")], {"campo": "x"}
    )
    assert (message.text, message.summary) == ("Il fondo è finito.", "Motivo: il fondo è finito")


def test_an_error_of_a_question_that_is_not_asked_is_told_too():
    [message] = one(TEXT).messages([FieldError(("altro", 3), "type")], {})
    assert (message.id, message.text) == ("modulo", "Questa risposta non va bene. Controllala.")


def test_the_summary_names_row_and_question():
    row = {"type": "object", "required": ["nome"], "properties": {"nome": TEXT, "eta": {"type": "integer"}}}
    form = form_of({"chi": {"type": "array", "items": row}}, {"campi": {"chi": {"voce": "una persona"}}})
    data = read(form, ("chi.0.nome", "Ada"), ("chi.1.eta", "x")).data
    assert [message.summary for message in form.check(data)] == [
        "Persona 2, Motivo: manca",
        "Persona 2, Eta: scrivi un numero intero, per esempio 12",
    ]


def test_errors_come_in_the_order_of_the_page():
    form = form_of(
        {"a": TEXT, "b": TEXT, "c": TEXT},
        {"gruppi": [{"titolo": "Prima", "campi": ["c"]}], "ordine": []},
        required=["a", "b", "c"],
    )
    assert [message.path for message in form.check({})] == [("c",), ("a",), ("b",)]


def test_one_of_some_answers_is_enough():
    form = form_of(
        {"telefono": {"title": "Telefono"}, "email": {"title": "Email"}},
        anyOf=[{"required": ["telefono"]}, {"required": ["email"]}],
    )
    assert form.check({})[0].text == "Serve almeno una di queste risposte: telefono, email."


def test_a_question_that_hangs_on_a_wrong_answer_is_not_complained_about():
    form = form_of(
        {"tetto": {"type": "number"}},
        {"campi": {"tetto": {"widget": "euro"}}},
        **{
            "if": {"properties": {"tetto": {"exclusiveMinimum": 0}}, "required": ["tetto"]},
            "then": {"properties": {"motivo": TEXT}, "required": ["motivo"]},
        },
    )
    assert [message.path for message in form.check({"tetto": "12x"})] == [("tetto",)]
    assert [message.path for message in form.check({"tetto": 12})] == [("motivo",)]


@pytest.mark.parametrize(
    ("title", "phrase"),
    [
        ("Motivo del tetto", "il motivo del tetto"),
        ("Indirizzo", "l’indirizzo"),
        ("Età", "l’età"),
        ("Note", "le note"),
        ("Nome e cognome", "il nome e cognome"),
        ("Data di nascita", "la data di nascita"),
        ("Indicazioni", "le indicazioni"),
        ("Stato civile", "lo stato civile"),
        ("CAP", "il CAP"),
        ("ADL conservate", "le ADL conservate"),
        ("IBAN", "l’IBAN"),
        ("Email", "l’email"),
        ("Giorni", "i giorni"),
        ("Ci sono animali?", None),
        ("Chi chiede", None),
        ("1 giorno", None),
        ("", None),
    ],
)
def test_titles_take_their_article_or_none(title, phrase):
    assert with_article(title) == phrase
