from decimal import Decimal

import pytest

from engine.form import FieldError, FormRefused, FormSchema
from engine.form.codice_fiscale import CodiceFiscaleWrong, parse, variants
from engine.form.formats import FORMATS

COMMON = {
    "common/persona.json": {
        "$defs": {
            "persona": {
                "type": "object",
                "properties": {
                    "nome": {"type": "string"},
                    "indirizzo": {"$ref": "luogo.json#/$defs/indirizzo"},
                },
            }
        }
    },
    "common/luogo.json": {
        "$defs": {
            "indirizzo": {"type": "object", "properties": {"cap": {"$ref": "#/$defs/cap"}}},
            "cap": {"type": "string", "pattern": "^[0-9]{5}$"},
        }
    },
}

TETTO = {
    "type": "object",
    "required": ["tetto"],
    "properties": {"tetto": {"type": "number", "minimum": 0, "multipleOf": 0.01}},
    "if": {"properties": {"tetto": {"exclusiveMinimum": 0}}, "required": ["tetto"]},
    "then": {"properties": {"motivo": {"type": "string"}}, "required": ["motivo"]},
    "unevaluatedProperties": False,
}


def form(properties, **more):
    return FormSchema({"type": "object", "properties": properties, **more}, COMMON)


def keywords(errors):
    return [(error.path, error.keyword) for error in errors]


def messages(schema):
    return {problem.pointer: problem.message for problem in FormSchema(schema, COMMON).problems()}


def test_it_names_the_missing_answer_and_not_its_parent():
    schema = form({"persona": {"type": "object", "properties": {"nome": {}}, "required": ["nome"]}})
    assert schema.errors({"persona": {}}) == [FieldError(("persona", "nome"), "required")]


def test_an_answer_asked_for_by_another_is_required_only_then():
    schema = FormSchema(TETTO)
    assert schema.errors({"tetto": 0}) == []
    assert keywords(schema.errors({"tetto": Decimal("140.00")})) == [(("motivo",), "required")]


def test_money_is_compared_exactly():
    schema = form({"quota": {"type": "number", "multipleOf": 0.01, "maximum": 0.3}})
    assert schema.errors({"quota": Decimal("0.1") + Decimal("0.2")}) == []
    assert keywords(schema.errors({"quota": Decimal("0.001")})) == [(("quota",), "multipleOf")]


def test_a_whole_decimal_is_an_integer_and_true_is_no_number():
    schema = form({"anni": {"type": "integer"}})
    assert schema.errors({"anni": Decimal("78.00")}) == []
    assert keywords(schema.errors({"anni": True})) == [(("anni",), "type")]


def test_shared_definitions_are_found_from_the_form_and_from_one_another():
    schema = form({"chi": {"$ref": "common/persona.json#/$defs/persona"}})
    assert schema.problems() == []
    errors = schema.errors({"chi": {"indirizzo": {"cap": "1615"}}})
    assert keywords(errors) == [(("chi", "indirizzo", "cap"), "pattern")]


@pytest.mark.parametrize(
    "ref",
    ["https://example.org/x.json", "file:///etc/passwd", "common/altro.json#/$defs/x", "//host/x", "x.json"],
)
def test_a_reference_outside_the_bundle_is_refused_and_never_followed(ref):
    schema = form({"a": {"$ref": ref}})
    assert [problem.pointer for problem in schema.problems()] == ["#/properties/a/$ref"]
    with pytest.raises(FormRefused):
        schema.errors({"a": 1})


@pytest.mark.parametrize(
    ("field", "where"),
    [
        ({"type": "string", "pattern": "(?=a)b"}, "pattern"),
        ({"type": "string", "pattern": "(a"}, "pattern"),
        ({"type": "string", "format": "ipv6"}, "format"),
        ({"type": "array", "items": {}, "uniqueItems": True}, "uniqueItems"),
        ({"type": "array", "items": {}, "uniqueItems": True, "maxItems": 10**9}, "uniqueItems"),
        ({"type": "object", "patternProperties": {}}, "patternProperties"),
        ({"$dynamicRef": "#x"}, "$dynamicRef"),
        ({"not": {"type": "string"}}, "not"),
        ({"oneOf": [{"type": "string"}]}, "oneOf"),
        ({"anyOf": [{"type": "string"}]}, "anyOf"),
        ({"type": "string", "default": "x"}, "default"),
        ({"$ref": "#"}, "$ref"),
        ({"$ref": "#/properties/b"}, "$ref"),
    ],
)
def test_publishing_points_at_what_is_not_allowed(field, where):
    assert f"#/properties/a/{where}" in messages({"type": "object", "properties": {"a": field, "b": {}}})


def test_names_that_would_confuse_a_page_are_refused():
    found = messages({"type": "object", "properties": {"__proto__": {}, "a.b": {}, "Età": {}, "ok_1": {}}})
    assert set(found) == {"#/properties/__proto__", "#/properties/a.b", "#/properties/Età"}


def test_a_definition_may_contain_itself_through_a_list_only():
    person = {"type": "object", "properties": {"figli": {"type": "array", "items": {"$ref": "#/$defs/p"}}}}
    endless = {"type": "object", "properties": {"madre": {"$ref": "#/$defs/p"}}}
    asked = {"type": "object", "properties": {"p": {"$ref": "#/$defs/p"}}}
    assert messages({**asked, "$defs": {"p": person}}) == {}
    assert "#/$defs/p" in messages({**asked, "$defs": {"p": endless}})


def test_definitions_that_double_one_another_are_refused_quickly():
    doubling = {f"d{i}": {"type": "object", "allOf": [{"$ref": f"#/$defs/d{i + 1}"}] * 2} for i in range(60)}
    schema = {"type": "object", "properties": {"a": {"$ref": "#/$defs/d0"}}, "$defs": {**doubling, "d60": {}}}
    assert messages(schema) == {"#": "Il modulo è troppo grande."}


@pytest.mark.parametrize("levels", [13, 200, 5_000])
def test_a_deep_form_is_refused(levels):
    schema = {"type": "string"}
    for _ in range(levels):
        schema = {"type": "object", "properties": {"a": schema}}
    assert FormSchema(schema).problems()


def test_a_regular_expression_cannot_hang():
    schema = form({"a": {"type": "string", "pattern": "(a+)+$"}})
    assert keywords(schema.errors({"a": "a" * 90_000 + "!"})) == [(("a",), "pattern")]


@pytest.mark.parametrize(
    ("value", "keyword"),
    [
        ("a\x00b", "carattere"),
        ("\ud800", "carattere"),
        ("x" * 100_001, "limite"),
        (Decimal("1e400"), "limite"),
        (Decimal("NaN"), "limite"),
        (10**400, "limite"),
        (1.5, "type"),
        ([[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]], "limite"),
        ([0] * 30_000, "limite"),
    ],
)
def test_answers_beyond_all_measure_are_an_error_and_not_a_fault(value, keyword):
    assert {error.keyword for error in form({"a": {}}).errors({"a": value})} == {keyword}


def test_repeated_rows_are_pointed_at():
    schema = form({"a": {"type": "array", "items": {}, "uniqueItems": True, "maxItems": 9}})
    assert keywords(schema.errors({"a": [{"x": 1}, {"x": Decimal("1.0")}, True, 1]})) == [
        (("a", 1), "uniqueItems")
    ]


def test_one_of_some_contacts_is_enough():
    schema = form({"telefono": {}, "email": {}}, anyOf=[{"required": ["telefono"]}, {"required": ["email"]}])
    assert schema.errors({"email": "a@b.it"}) == []
    assert schema.errors({}) == [FieldError((), "anyOf", {}, ["telefono", "email"])]


def test_folding_tells_which_answer_made_a_question_appear():
    schema = FormSchema(TETTO)
    folded = schema.effective(schema.root, {"tetto": 5})
    assert list(folded.properties) == ["tetto", "motivo"]
    assert folded.required == {"tetto", "motivo"}
    assert folded.shown_by == {"motivo": "tetto"}
    assert list(schema.effective(schema.root, {"tetto": "5 eu"}).properties) == ["tetto", "motivo"]


def test_drivers_are_the_answers_that_conditions_read():
    row = {
        "type": "object",
        "properties": {"tipo": {}, "nota": {}},
        "allOf": [{"if": {"properties": {"tipo": {"const": "altro"}}}, "then": {"required": ["nota"]}}],
    }
    schema = form(
        {"righe": {"type": "array", "items": row}, "tetto": {}, "libero": {}},
        dependentRequired={"tetto": ["libero"]},
    )
    assert schema.drivers == {("righe", "*", "tipo"), ("tetto",)}


def test_the_dressing_of_a_form_is_checked_against_its_fields():
    schema = form({"eta": {"type": "integer"}})
    problems = schema.problems({"ordine": ["eta", "x"], "campi": {"eta": {"widget": "ruota"}}, "boh": 1})
    assert [problem.pointer for problem in problems] == ["ui#/boh", "ui#/campi/eta/widget", "ui#/ordine"]


@pytest.mark.parametrize(
    ("ui", "where"),
    [
        ([], "ui#"),
        ({"campi": []}, "ui#/campi"),
        ({"campi": {"eta": 1}}, "ui#/campi/eta"),
        ({"campi": {"eta": {"righe": "4"}}}, "ui#/campi/eta/righe"),
        ({"campi": {"eta": {"widget": "turni"}}}, "ui#/campi/eta/widget"),
        ({"campi": {"eta": {"estremi": ["poco"]}}}, "ui#/campi/eta/estremi"),
        ({"campi": {"eta": {"eco": [{"da": "visita"}]}}}, "ui#/campi/eta/eco/0"),
        ({"gruppi": [{"campi": "eta"}]}, "ui#/gruppi/0/campi"),
        ({"gruppi": ["eta"]}, "ui#/gruppi/0"),
        ({"ordine": [["eta"]]}, "ui#/ordine"),
        ({"eco": [{"campo": 3, "da": "x"}]}, "ui#/eco/0/campo"),
    ],
)
def test_a_malformed_dress_is_pointed_at(ui, where):
    assert where in [problem.pointer for problem in form({"eta": {"type": "integer"}}).problems(ui)]


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("date", "2026-11-23", "2026-02-30"),
        ("date", "2024-02-29", "20260101"),
        ("time", "08:30", "24:10"),
        ("date-time", "2026-11-23T10:30:00+01:00", "2026-11-23T10:30:00"),
        ("email", "giulia.parodi@comune.genova.it", "giulia@genova"),
        ("codice_fiscale", "TTNCRN48C54D969H", "TTNCRN48C54D969K"),
        ("codice_fiscale", "07643520567", "STP0300012345678"),
        ("codice_persona", "STP0300012345678", "STQ0300012345678"),
        ("partita_iva", "07643520567", "07643520568"),
        ("iban", "IT60X0542811101000000123456", "IT60X0542811101000000123457"),
        ("telefono", "+393475550142", "347 555 0142"),
        ("cap", "16159", "1615"),
        ("comune_istat", "010025", "D969"),
        ("belfiore", "Z112", "Genova"),
    ],
)
def test_a_format_tells_right_from_wrong(name, good, bad):
    assert FORMATS[name](good)
    assert not FORMATS[name](bad)


def test_a_codice_fiscale_tells_sex_birth_and_place():
    code = parse(" ttncrn48c54d969h ")
    assert (code.kind, code.sex, str(code.birth_on), code.belfiore) == ("persona", "F", "1948-03-14", "D969")


def test_omocodia_leads_back_to_one_person():
    code = parse("TTNCRN48C54D969H")
    spellings = variants(code)
    assert len(set(spellings)) == 128
    assert {parse(spelling).canonical for spelling in spellings} == {code.value}
    assert parse(spellings[-1]).omocodia


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "lunghezza"),
        ("TTNCRN48C54D969", "lunghezza"),
        ("TTNCRN48C54D969A", "controllo"),
        ("1TNCRN48C54D969H", "forma"),
        ("RSSMRA80B30H501X", "data"),
        ("07643520568", "controllo"),
        ("٠٧٦٤٣٥٢٠٥٦٧", "lunghezza"),
    ],
)
def test_a_wrong_codice_fiscale_says_why(text, reason):
    with pytest.raises(CodiceFiscaleWrong) as wrong:
        parse(text)
    assert wrong.value.reason == reason
