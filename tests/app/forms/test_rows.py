"""Lists that grow, shrink and move without JavaScript."""

import pytest

from .piano import ANSWERS, piano
from .questions import again, control, form_of, page, read, sent

ROW = {"type": "object", "required": ["nome"], "properties": {"nome": {"type": "string", "title": "Nome"}}}
FORM = form_of(
    {"chi": {"type": "array", "title": "Persone", "minItems": 1, "maxItems": 3, "items": ROW}},
    {"campi": {"chi": {"voce": "una persona"}}},
    required=["chi"],
)
ADA_BEA_CLO = [("chi.0.nome", "Ada"), ("chi.1.nome", "Bea"), ("chi.2.nome", "Clo")]


def names(*pairs):
    element = again(FORM, read(FORM, *pairs))
    return [box.value for box in element.xpath('.//input[@type="text"]')]


@pytest.mark.parametrize(
    ("action", "left"),
    [
        ("togli:chi.0", ["Bea", "Clo"]),
        ("togli:chi.2", ["Ada", "Bea"]),
        ("su:chi.1", ["Bea", "Ada", "Clo"]),
        ("giu:chi.1", ["Ada", "Clo", "Bea"]),
        ("su:chi.0", ["Ada", "Bea", "Clo"]),
        ("giu:chi.2", ["Ada", "Bea", "Clo"]),
        ("togli:chi.9", ["Ada", "Bea", "Clo"]),
        ("togli:chi", ["Ada", "Bea", "Clo"]),
        ("aggiungi:altro", ["Ada", "Bea", "Clo"]),
        ("vola:chi.1", ["Ada", "Bea", "Clo"]),
    ],
)
def test_rows_move_with_what_was_typed_in_them(action, left):
    assert names(("_azione", action), *ADA_BEA_CLO) == left


def test_a_row_is_added_and_stays_until_the_form_is_sent():
    element = again(FORM, read(FORM, ("_azione", "aggiungi:chi"), ("chi.0.nome", "Ada")))
    pairs = sent(element)
    assert len(element.xpath(".//li")) == 2
    assert len(again(FORM, read(FORM, ("_azione", "aggiorna"), *pairs)).xpath(".//li")) == 2
    assert read(FORM, *pairs).data == {"chi": [{"nome": "Ada"}]}


def test_rows_of_a_single_text_are_added_while_still_blank():
    form = form_of({"note": {"type": "array", "minItems": 1, "items": {"type": "string"}}}, required=["note"])
    added = again(form, read(form, ("_azione", "aggiungi:note"), *sent(page(form))))
    assert len(added.xpath(".//li")) == 2
    assert read(form, *sent(added)).data == {"note": []}


def test_adding_stops_at_the_most_that_is_allowed():
    element = again(FORM, read(FORM, ("_azione", "aggiorna"), *ADA_BEA_CLO))
    assert element.xpath('.//button[starts-with(@value, "aggiungi")]') == []


def test_the_least_that_is_needed_is_there_from_the_start():
    element = page(FORM)
    assert len(element.xpath(".//li")) == 1
    parsed = read(FORM, *sent(element))
    assert parsed.data == {"chi": []}
    assert FORM.check(parsed.data)[0].text == "Aggiungi almeno una persona."


def test_gaps_between_numbers_do_not_matter():
    assert read(FORM, ("chi.7.nome", "Bea"), ("chi.3.nome", "Ada")).data == {
        "chi": [{"nome": "Ada"}, {"nome": "Bea"}]
    }


def test_buttons_say_whom_they_move():
    element = page(FORM, {"chi": [{"nome": "Ada"}, {"nome": "Bea"}]})
    spoken = [button.text_content().strip() for button in element.xpath(".//li//button")]
    assert spoken == ["↓Sposta giù Ada", "Togli Ada", "↑Sposta su Bea", "Togli Bea"]


def test_the_enter_key_does_not_press_the_first_button_of_a_row():
    first = page(FORM, {"chi": [{"nome": "Ada"}]}).xpath(".//button")[0]
    assert first.get("name") is None


def test_hours_are_counted_by_row_and_by_day():
    table = page(piano(), ANSWERS).xpath('.//table[contains(@class, "pr-turni")]')[0]
    assert [cell.text_content() for cell in table.xpath('.//tbody//td[@class="pr-ore"]')] == ["2:15", "2:00"]
    assert [cell.text_content() for cell in table.xpath('.//tfoot//td[@class="pr-g"]')] == [
        "0:45", "1:45", "0:45", "–", "1:00", "–", "–",
    ]  # fmt: skip
    assert table.xpath(".//tfoot//td")[7].text_content() == "4:15 su 10:00"


def test_a_visit_cannot_end_before_it_starts():
    form = piano()
    turno = {**ANSWERS["turni"][0], "dalle": "09:00", "alle": "08:00"}
    [message] = form.check({**ANSWERS, "turni": [turno]})
    assert message.path == ("turni", 0, "alle")
    assert message.text.startswith("L’ora di fine deve venire dopo l’inizio.")


def test_every_error_leads_to_a_control_of_the_page():
    form = piano()
    parsed = read(form, ("turni.0.dalle", "9"), ("turni.0.alle", "8"), ("aprono.0.telefono", "1"))
    errors = form.check(parsed.data)
    element = again(form, parsed, errors)
    ids = set(element.xpath(".//@id"))
    assert len(errors) > 5
    assert {message.id for message in errors} <= ids
    described = {each for ids in element.xpath(".//@aria-describedby") for each in ids.split()}
    assert described <= ids
    assert {f"{message.id}-e" for message in errors if f"{message.id}-e" in ids} <= described


def test_ids_on_the_page_are_unique():
    element = page(piano(), ANSWERS)
    ids = element.xpath(".//@id")
    assert len(ids) == len(set(ids))


def test_questions_that_others_depend_on_ask_the_form_again():
    element = page(piano(), ANSWERS)
    asking = {box.get("name") for box in element.xpath(".//*[@hx-post][@name][not(self::button)]")}
    assert {name for name in asking if not name.startswith("turni")} == {"tetto", "animali"}
    assert control(element, "animali").get("hx-vals") == '{"_azione": "aggiorna"}'


def test_a_question_stands_under_the_answer_that_made_it_appear():
    element = page(piano(), ANSWERS)
    box = control(element, "quali")
    assert box.xpath('ancestor::fieldset[@id="c-animali"]//div[@class="pr-se"]')


def test_only_optional_questions_say_so():
    element = page(FORM, {"chi": [{"nome": "Ada"}]})
    assert "facoltativo" not in element.text_content()
    assert "(facoltativo)" in page(form_of({"a": {"type": "string"}})).text_content()


def test_rows_of_plain_texts_are_called_by_what_they_are_and_their_number():
    texts = {"chi": {"type": "array", "title": "Chi c'era", "minItems": 2, "items": {"type": "string"}}}
    form = form_of(texts, {"campi": {"chi": {"voce": "una persona"}}})
    labels = [label.text_content().strip() for label in page(form).xpath(".//li//label")]
    assert labels == ["Persona 1", "Persona 2"]
