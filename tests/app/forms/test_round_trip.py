"""What is shown and sent back untouched is the same data, and no typed text is ever lost."""

from datetime import date, datetime, time
from decimal import Decimal
from string import ascii_letters

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from werkzeug.datastructures import MultiDict

from app.format import ROME
from app.forms import Form
from app.forms.typed import clean

from .piano import ANSWERS, piano
from .questions import again, form_of, page, read, sent

PERSON = {
    "type": "object",
    "required": ["nome"],
    "properties": {
        "nome": {"type": "string"},
        "nato_il": {"type": "string", "format": "date"},
        "figli": {"type": "array", "maxItems": 3, "items": {"$ref": "#/$defs/persona"}},
    },
}
KINDS = {
    "testo": {"type": "string"},
    "lungo": {"type": "string", "maxLength": 5000},
    "intero": {"type": "integer", "minimum": -5000, "maximum": 5000},
    "numero": {"type": "number"},
    "euro": {"type": "number"},
    "si_no": {"type": "boolean"},
    "spunta": {"type": "boolean"},
    "data": {"type": "string", "format": "date"},
    "istante": {"type": "string", "format": "date-time"},
    "ora": {"type": "string", "format": "time"},
    "telefono": {"type": "string", "format": "telefono"},
    "iban": {"type": "string", "format": "iban"},
    "codice_fiscale": {"type": "string", "format": "codice_fiscale"},
    "comune": {"type": "string", "format": "comune_istat"},
    "nascita": {"type": "string", "format": "belfiore"},
    "poche": {"oneOf": [{"const": 1, "title": "uno"}, {"const": 2, "title": "due"}]},
    "molte": {"enum": ["a", "b", "c", "d", "e&f", "\"g'"]},
    "spunte": {"type": "array", "uniqueItems": True, "maxItems": 3, "items": {"enum": ["x", "y", "z"]}},
    "righe": {"type": "array", "maxItems": 4, "items": {"type": "string"}},
    "coppia": {
        "type": "array",
        "prefixItems": [{"type": "string"}, {"type": "integer", "maximum": 9}],
        "items": False,
    },
    "persona": {"$ref": "#/$defs/persona"},
}
CONDITIONS = [
    {
        "if": {"properties": {"si_no": {"const": True}}, "required": ["si_no"]},
        "then": {"properties": {"perche": {"type": "string"}}, "required": ["perche"]},
        "else": {"properties": {"altro": {"type": "integer"}}},
    },
    {
        "if": {"properties": {"perche": {"const": "x"}}, "required": ["perche"]},
        "then": {"properties": {"ancora": {"type": "boolean"}}},
    },
]
FORM = form_of(
    KINDS,
    {
        "campi": {
            "euro": {"widget": "euro"},
            "spunta": {"widget": "spunta"},
            "lungo": {"widget": "testo_lungo"},
        }
    },
    required=["testo", "spunta", "righe"],
    allOf=CONDITIONS,
    dependentSchemas={"data": {"properties": {"dopo_data": {"type": "string"}}}},
    **{"$defs": {"persona": PERSON}},
)
WRITTEN = st.characters(categories=["L", "N", "P", "S", "Zs"], exclude_characters="\x85")
LINE = st.text(WRITTEN, min_size=1, max_size=30).map(clean).filter(bool)
EXAMPLES = {
    "telefono": ["+393475550142", "+390105550100", "+33144556677"],
    "iban": ["IT60X0542811101000000123456", "DE89370400440532013000"],
    "codice_fiscale": ["TTNCRN48C54D969H", "07643520567"],
    "comune_istat": ["010025", "022165", "001001"],
    "belfiore": ["D969", "Z110", "F873"],
}


def of_text(field):
    format = field.expected.get("format")
    if format in EXAMPLES:
        return st.sampled_from(EXAMPLES[format])
    if format == "date":
        return st.dates(date(1900, 1, 1), date(2999, 12, 31)).map(date.isoformat)
    if format == "time":
        return st.times().map(lambda at: at.replace(second=0, microsecond=0).isoformat("minutes"))
    if format == "date-time":
        days = st.dates(date(2000, 1, 1), date(2099, 1, 1))
        return days.map(lambda day: datetime.combine(day, time(12, 30), ROME).isoformat())
    if field.widget == "testo_lungo":
        return st.lists(LINE, min_size=1, max_size=3).map("\n".join)
    return LINE


def of_number(field):
    if field.schema.type == "integer":
        return st.integers(field.expected.get("minimum", -999), field.expected.get("maximum", 999_999))
    places = 2 if field.widget == "euro" else 6
    return st.decimals(-(10**9), 10**9, places=places, allow_nan=False)


def of_field(form, field):
    """Answers that the question accepts."""
    if field.choices:
        return st.sampled_from([choice.value for choice in field.choices])
    kind = field.schema.type
    if kind == "object":
        return of_object(form, field)
    if kind == "array" and field.widget == "spunte":
        offered = field.expected["items"]["enum"]
        return st.sets(st.sampled_from(offered), min_size=1).map(lambda found: sorted(found))
    if kind == "array":
        fixed = field.expected.get("prefixItems")
        if fixed:
            return st.tuples(
                *(of_field(form, form.fields.row(field, index, None)) for index in range(len(fixed)))
            ).map(list)
        row = st.deferred(lambda: of_field(form, form.fields.row(field, 0, None)))
        deep = len(field.path) > 2
        return st.lists(row, min_size=1, max_size=1 if deep else 3)
    if kind == "boolean":
        return st.booleans()
    return of_number(field) if kind in ("integer", "number") else of_text(field)


@st.composite
def of_object(draw, form, field):
    """Answers drawn one after the other, each seeing which questions the earlier ones made appear."""
    data = {}
    refused = set()
    while True:
        parent = form.fields.at(field.path, wrapped(field.path, data))
        new = next(
            (each for each in form.fields.children(parent, data) if each.path[-1] not in {*data, *refused}),
            None,
        )
        if new is None:
            return data
        deep = len(new.path) > 4
        if not new.required and (deep or not draw(st.booleans())):
            refused.add(new.path[-1])
        else:
            data[new.path[-1]] = draw(of_field(form, new))


def wrapped(path, data):
    for step in reversed(path):
        data = {step: data} if isinstance(step, str) else [None] * step + [data]
    return data


def answers(form: Form):
    return of_object(form, form.fields.root({}))


def submitted_again(form, element):
    return form.parse(MultiDict(sent(element)))


@settings(max_examples=60, deadline=None)
@given(answers(FORM))
def test_data_shown_and_sent_back_is_the_same_data(data):
    assert FORM.schema.errors(data) == []
    assert submitted_again(FORM, page(FORM, data)).data == data


def test_a_whole_plan_comes_back_the_same():
    form = piano()
    assert form.check(ANSWERS) == []
    assert submitted_again(form, page(form, ANSWERS)).data == ANSWERS


def test_money_comes_back_with_its_cents():
    form = form_of({"a": {"type": "number"}}, {"campi": {"a": {"widget": "euro"}}})
    assert str(submitted_again(form, page(form, {"a": Decimal("1234.5")})).data["a"]) == "1234.50"


NAMES = [
    "tetto", "motivo", "quali", "data_visita", "indicazioni", "indirizzo.via", "indirizzo.comune",
    "indirizzo.cap", "aprono.0.nome", "aprono.0.telefono", "aprono.1.codice_fiscale", "turni.0.dalle",
    "turni.0.alle",
]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(NAMES), st.one_of(LINE, st.text(ascii_letters + "0123456789,./-", max_size=12))
    ),
    st.sampled_from(["aggiorna", "aggiungi:aprono", "aggiungi:turni", ""]),
)
def test_whatever_was_typed_is_still_in_the_form(typed, action):
    form = piano()
    parsed = read(form, ("_azione", action), *typed.items())
    errors = [] if parsed.action else form.check(parsed.data, parsed.refused)
    kept = {text for _, text in sent(again(form, parsed, errors))}
    for name, text in typed.items():
        understood = name == "data_visita" and parsed.data.get(name) != clean(text)
        assert (parsed.data.get(name, "") if understood else clean(text)) in kept | {""}


def test_a_question_that_disappears_keeps_its_text_for_when_it_comes_back():
    form = piano()
    hidden = read(form, ("_azione", "aggiorna"), ("animali", "no"), ("quali", "Un cane anziano"))
    assert "quali" not in hidden.data
    back = dict(sent(again(form, hidden))) | {"animali": "si", "_azione": "aggiorna"}
    assert read(form, *back.items()).data["quali"] == "Un cane anziano"


def test_the_page_is_well_formed_with_text_that_looks_like_markup():
    form = form_of({"a": {"type": "string", "title": "<b>Titolo</b>"}})
    element = page(form, {"a": "\"><script>alert('x')</script>"})
    assert element.xpath(".//script | .//b") == []
    assert isinstance(element, html.FormElement)
