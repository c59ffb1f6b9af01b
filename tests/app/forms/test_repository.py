"""Every form in forms/ can be published, shown and sent."""

from pathlib import Path

import pytest

from app.forms import Form
from engine.json import loads

from .questions import again, page, read, sent

FORMS = Path(__file__).parents[3] / "forms"
COMMON = {
    f"common/{path.name}": loads(path.read_bytes()) for path in sorted((FORMS / "common").glob("*.json"))
}
SCHEMAS = sorted(FORMS.glob("*/*.schema.json"))


def form_at(path):
    ui = path.with_name(path.name.replace(".schema.", ".ui."))
    return Form(loads(path.read_bytes()), loads(ui.read_bytes()) if ui.exists() else {}, COMMON)


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: f"{path.parent.name}/{path.name.split('.')[0]}")
def test_a_form_of_the_repository_is_sound(path):
    form = form_at(path)
    assert form.problems() == []
    parsed = read(form, *sent(page(form)))
    found = form.check(parsed.data)
    element = again(form, parsed, found)
    ids = element.xpath(".//@id")
    assert len(ids) == len(set(ids))
    assert {message.id for message in found} <= {*ids, "modulo"}
    assert all(message.text.endswith((".", "?", ")")) for message in found)


@pytest.mark.parametrize("name", COMMON)
def test_shared_definitions_are_sound(name):
    properties = {key: {"$ref": f"{name}#/$defs/{key}"} for key in COMMON[name]["$defs"]}
    form = Form({"type": "object", "properties": properties}, {}, COMMON)
    assert form.problems() == []
    assert all(field.title for field in form.fields.children(form.fields.root({}), {}))
