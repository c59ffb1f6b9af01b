from decimal import Decimal
from io import BytesIO

import pytest
from werkzeug.datastructures import FileStorage

from app.forms import Sources

from .questions import Registry, Shelf, again, answer, complaint, control, form_of, one, page, read, sent

NUMBER = {"type": "number"}
INTEGER = {"type": "integer"}


def text(format):
    return {"type": "string", "format": format}


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1.234,50", "1234.50"),
        ("1234.5", "1234.50"),
        ("1234,5 €", "1234.50"),
        ("€ 1 234", "1234.00"),
        ("1.234", "1234.00"),
        ("1,234.50", "1234.50"),
        ("-3,1", "-3.10"),
        ("−3,1", "-3.10"),
        ("0", "0.00"),
    ],
)
def test_money_is_understood_as_italians_write_it(typed, value):
    found = answer(one(NUMBER, widget="euro"), typed)
    assert (type(found), str(found)) == (Decimal, value)


@pytest.mark.parametrize(
    "typed", ["abc", "1,2,3", "1.23.4", "1,234", "12,3x", "1e5", "NaN", "Infinity", "٣", "9" * 40]
)
def test_money_that_makes_no_sense_stays_as_typed(typed):
    assert answer(one(NUMBER, widget="euro"), typed) == typed


def test_money_is_shown_in_italian():
    form = one(NUMBER, widget="euro")
    assert control(page(form, {"campo": Decimal("1234.5")}), "campo").value == "1.234,50"
    assert form.answer(("campo",), {"campo": Decimal("1234.5")}).words == "1.234,50 €"


def test_an_integer_takes_no_fraction():
    assert answer(one(INTEGER), "1.200") == 1200
    assert answer(one(INTEGER), "12,5") == "12,5"


def test_a_number_has_its_unit_in_words():
    form = one(NUMBER, unita="ore")
    assert form.answer(("campo",), {"campo": Decimal("2.5")}).words == "2,5 ore"


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("2026-11-23", "2026-11-23"),
        ("23/11/2026", "2026-11-23"),
        ("23-11-26", "2026-11-23"),
        ("3.1.48", "1948-01-03"),
        ("31/2/2026", "31/2/2026"),
        ("domani", "domani"),
    ],
)
def test_dates_are_read_with_the_day_first(typed, value):
    assert answer(one(text("date")), typed) == value


def test_a_date_that_was_not_understood_is_shown_as_typed():
    form = one(text("date"))
    box = control(again(form, read(form, ("campo", "31/2/26"))), "campo")
    assert (box.get("type"), box.value) == ("text", "31/2/26")
    box = control(again(form, read(form, ("campo", "23/11/26"))), "campo")
    assert (box.get("type"), box.value) == ("date", "2026-11-23")


@pytest.mark.parametrize(
    ("typed", "value"),
    [("8", "08:00"), ("8.30", "08:30"), ("08:30", "08:30"), ("0830", "08:30"), ("25", "25")],
)
def test_hours_may_be_short(typed, value):
    assert answer(one(text("time")), typed) == value


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("2026-11-23T10:30", "2026-11-23T10:30:00+01:00"),
        ("23/7/2026 8.30", "2026-07-23T08:30:00+02:00"),
        ("ieri", "ieri"),
    ],
)
def test_an_instant_is_in_rome(typed, value):
    assert answer(one(text("date-time")), typed) == value


def test_a_telephone_is_kept_international_and_shown_national():
    form = one(text("telefono"))
    assert answer(form, "347 555 0142") == "+393475550142"
    assert answer(form, "0033 1 44 55 66 77") == "+33144556677"
    assert answer(form, "12") == "12"
    assert control(page(form, {"campo": "+390105550100"}), "campo").value == "010 555 0100"
    assert control(page(form, {"campo": "+33144556677"}), "campo").value == "+33 1 44 55 66 77"


def test_an_iban_is_kept_whole_and_shown_by_four():
    form = one(text("iban"))
    assert answer(form, "it60 x054 2811 1010 0000 0123 456") == "IT60X0542811101000000123456"
    assert control(page(form, {"campo": "IT60X0542811101000000123456"}), "campo").value.startswith(
        "IT60 X054"
    )


def test_a_codice_fiscale_loses_its_spaces_and_keeps_its_omocodia():
    form = one(text("codice_fiscale"))
    assert answer(form, "ttncrn 48c54 d969h") == "TTNCRN48C54D969H"
    assert answer(form, "TTNCRN48C54D969K ") == "TTNCRN48C54D969K"


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("genova", "010025"),
        ("Genova (GE)", "010025"),
        ("D969", "010025"),
        ("forli", "040012"),
        ("Samone", "Samone"),
    ],
)
def test_a_municipality_is_found_by_name(typed, value):
    assert answer(one(text("comune_istat")), typed) == value


def test_an_ambiguous_municipality_comes_back_with_those_it_may_be():
    form = one(text("comune_istat"))
    form_page = again(form, read(form, ("campo", "Samone")))
    offered = form_page.xpath('.//input[@type="radio"][@name="campo"]/@value')
    assert offered == ["Samone (TO)", "Samone (TN)"]
    assert read(form, ("campo", "Samone"), ("campo", offered[1])).data == {"campo": "022165"}
    assert complaint(form, "Samone") == "Di quale comune si tratta? Scegli dall’elenco."


def test_a_birthplace_may_be_abroad_or_gone():
    form = one(text("belfiore"))
    assert answer(form, "Francia") == "Z110"
    assert answer(form, "Nervi") == "F873"
    assert form.answer(("campo",), {"campo": "F873"}).words.startswith("Nervi (GE, soppresso nel ")


def test_a_municipality_code_that_does_not_exist_is_refused():
    assert complaint(one(text("comune_istat")), "999999")


def test_yes_and_no_are_two_answers_and_none_is_a_third():
    form = one({"type": "boolean"})
    assert [answer(form, typed) for typed in ("si", "no", "")] == [True, False, None]
    free = form_of({"campo": {"type": "boolean"}})
    assert [
        label.text_content().strip() for label in page(free).xpath('.//label[.//input[@name="campo"]]')
    ] == [
        "Sì",
        "No",
        "Nessuna risposta",
    ]
    assert not page(free).xpath('.//input[@name="campo"][@checked]')


def test_a_tick_left_empty_is_no_but_a_consent_left_empty_is_missing():
    assert answer(one({"type": "boolean"}, widget="spunta"), "") is False
    assert complaint(one({"type": "boolean", "const": True}, widget="spunta")) == "Serve questa conferma."


def test_few_choices_are_buttons_and_many_a_list():
    few, many = one({"enum": ["a", "b"]}), one({"enum": ["a", "b", "c", "d", "e"]})
    assert control(page(few), "campo").get("type") == "radio"
    assert control(page(many), "campo").tag == "select"
    assert answer(many, "e") == "e"


def test_choices_keep_their_own_type():
    form = one({"oneOf": [{"const": 1, "title": "uno"}, {"const": Decimal("0.5"), "title": "mezzo"}]})
    assert answer(form, "1") == 1
    assert answer(form, "0.5") == Decimal("0.5")
    assert answer(form, "9") == "9"


def test_a_scale_has_a_button_for_each_grade():
    form = one({"type": "integer", "minimum": 1, "maximum": 5}, widget="scala", estremi=["poco", "molto"])
    assert page(form).xpath('.//input[@name="campo"]/@value') == ["1", "2", "3", "4", "5"]
    assert answer(form, "3") == 3


def test_ticks_keep_the_order_of_the_schema_and_odd_answers():
    form = one({"type": "array", "items": {"enum": ["scale", "fumo", "liti"]}})
    assert read(form, ("campo", "liti"), ("campo", "scale")).data == {"campo": ["scale", "liti"]}
    assert read(form, ("campo", "boh")).data == {"campo": ["boh"]}


def test_a_hidden_answer_travels_unseen():
    form = one({"type": "integer"}, widget="nascosto")
    assert sent(page(form, {"campo": 7})) == [("campo", "7")]
    assert answer(form, "7") == 7


def test_a_long_text_keeps_its_lines():
    form = one({"type": "string"}, widget="testo_lungo", righe=4)
    assert answer(form, "uno\r\n\r\ndue ") == "uno\n\ndue"
    assert control(page(form, {"campo": "\nuno"}), "campo").get("rows") == "4"


def a_file(name="relazione.pdf", content=b"%PDF-1.7 ..."):
    return FileStorage(BytesIO(content), name, "campo")


FILE = one({"type": "string", "contentMediaType": "application/pdf"}, massimo_mb=1)


def test_a_file_is_stored_and_only_its_id_is_data():
    shelf = Sources(uploads=Shelf())
    parsed = read(FILE, files=[("campo", a_file())], sources=shelf)
    assert (parsed.data, parsed.refused) == ({"campo": "f1"}, ())
    shown = again(FILE, parsed, sources=shelf)
    assert "relazione.pdf" in shown.text_content()
    assert read(FILE, *sent(shown), sources=shelf).data == {"campo": "f1"}


def test_a_draft_keeps_the_file_that_was_stored():
    assert read(FILE, ("campo", "f1"), ("campo", "[object File]")).data == {"campo": "f1"}
    assert read(FILE, ("campo", "[object File]")).data == {}


@pytest.mark.parametrize(
    ("upload", "text"),
    [
        (a_file(content=b"GIF89a"), "Scegli un file PDF, con il suo vero nome."),
        (a_file(name="relazione.exe"), "Scegli un file PDF, con il suo vero nome."),
        (a_file(content=b""), "Il file è vuoto. Scegline un altro."),
        (a_file(content=b"%PDF-" + b"x" * 1_100_000), "Il file è troppo grande: al massimo 1 MB."),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused(upload, text):
    shelf = Shelf()
    assert complaint(FILE, files=[("campo", upload)], sources=Sources(uploads=shelf)) == text
    assert shelf.files == {}


def test_a_file_refused_by_the_store_says_why():
    sources = Sources(uploads=Shelf(refuses="virus"))
    assert complaint(FILE, files=[("campo", a_file())], sources=sources).startswith(
        "Il file contiene un virus"
    )


def test_a_file_of_somebody_else_cannot_be_named():
    assert complaint(FILE, "f99", sources=Sources(uploads=Shelf())) == (
        "Non troviamo più questo file. Caricalo di nuovo."
    )


PERSON = one({"type": "string"}, widget="persona")
PEOPLE = Sources(people=Registry())


def test_a_person_is_searched_and_chosen_without_script():
    searched = read(PERSON, ("_azione", "cerca:campo"), ("campo._cerca", "ottonello"), sources=PEOPLE)
    shown = again(PERSON, searched, sources=PEOPLE)
    assert shown.xpath('.//input[@type="radio"][@name="campo"]/@value') == ["7", "8"]
    chosen = read(PERSON, ("campo._cerca", "ottonello"), ("campo", "7"), sources=PEOPLE)
    assert chosen.data == {"campo": "7"}
    assert PERSON.check(chosen.data, sources=PEOPLE) == []
    assert "Ottonello Caterina, nata il 14 marzo 1948" in again(PERSON, chosen, sources=PEOPLE).text_content()


def test_a_person_one_may_not_see_cannot_be_named():
    assert complaint(PERSON, "99", sources=PEOPLE) == "Non troviamo questa persona. Cercala di nuovo."


def test_a_new_person_has_her_own_questions():
    particulars = {"type": "object", "properties": {"nome": {"type": "string"}}, "required": ["nome"]}
    form = one(
        {"type": "object", "properties": {"persona_id": {"type": "string"}, "nuova": particulars}},
        widget="persona",
    )
    opened = read(form, ("_azione", "nuova:campo"), sources=PEOPLE)
    shown = again(form, opened, sources=PEOPLE)
    assert control(shown, "campo.nuova.nome") is not None
    sent_back = read(form, ("campo._modo", "nuova"), ("campo.nuova.nome", "Ada"), ("campo.persona_id", "7"))
    assert sent_back.data == {"campo": {"nuova": {"nome": "Ada"}}}
    chosen = read(form, ("campo._modo", "cerca"), ("campo.persona_id", "7"))
    assert chosen.data == {"campo": {"persona_id": "7"}}
