"""Small forms, sources and helpers to read a rendered page back, for the tests."""

from functools import cache

from lxml import html
from werkzeug.datastructures import MultiDict

from app.forms import Form, Match, StoredFile, UploadRefused

from .site import Site, flask_app

NUMBERED = [{"const": n, "title": title} for n, title in enumerate(["per nulla", "poco", "molto"])]


def form_of(properties, ui=None, common=None, **more):
    return Form({"type": "object", "properties": properties, **more}, ui, common)


def one(schema, **dress):
    """A form with the single required question `campo`."""
    return form_of({"campo": schema}, {"campi": {"campo": dress}}, required=["campo"])


def read(form, *pairs, files=None, **more):
    return form.parse(MultiDict(pairs), MultiDict(files or []), **more)


def answer(form, text):
    """What `campo` becomes when `text` is typed."""
    return read(form, ("campo", text)).data.get("campo")


def complaint(form, text="", **more):
    """The sentence beside `campo` when `text` is typed and sent."""
    parsed = read(form, ("campo", text), **more)
    found = form.check(parsed.data, parsed.refused, more.get("sources") or _nothing(form))
    return found[0].text if found else None


def _nothing(form):
    return Site(form).sources


def page(form, data=None, **more):
    """The rendered form as a tree of elements."""
    site = Site(form, data, more.pop("sources", None), script=False)
    with _flask().test_request_context():
        tree = form.tree(data or {}, more.pop("errors", None), sources=site.sources, **more)
        return html.fromstring(site.page(tree, 200).get_data(as_text=True)).forms[0]


@cache
def _flask():
    return flask_app(Site(one({})))


def again(form, parsed, errors=None, **more):
    """The form as shown after a submission."""
    return page(form, parsed.data, errors=errors, typed=parsed.typed, **more)


def sent(element):
    """What a browser would send from a rendered form, untouched. (lxml's own takes `value=""` for none.)"""
    found = []
    for box in element.xpath(".//input[@name] | .//textarea[@name] | .//select[@name]"):
        if box.tag == "select":
            found += [(box.get("name"), option.get("value")) for option in box.xpath("./option[@selected]")]
        elif box.tag == "textarea":
            found.append((box.get("name"), box.text.removeprefix("\n") if box.text else ""))
        elif box.get("type") == "file" or (
            box.get("type") in ("radio", "checkbox") and "checked" not in box.attrib
        ):
            continue
        else:
            found.append((box.get("name"), box.get("value", "")))
    return found


def control(element, name):
    return element.xpath(f'.//*[@name="{name}"]')[0]


class Registry:
    """Two people, whoever looks."""

    people = (
        Match("7", "Ottonello Caterina", "nata il 14 marzo 1948"),
        Match("8", "Ottonello Carla", "nata il 2 maggio 1990"),
    )

    def search(self, text):
        return [person for person in self.people if text.casefold() in person.name.casefold()]

    def find(self, persona_id):
        return next((person for person in self.people if person.id == persona_id), None)


class Shelf:
    """Files kept in memory."""

    def __init__(self, refuses=None):
        self.files = {}
        self.refuses = refuses

    def store(self, upload, name):
        if self.refuses:
            raise UploadRefused(self.refuses)
        file_id = f"f{len(self.files) + 1}"
        self.files[file_id] = StoredFile(file_id, upload.filename, len(upload.read()))
        return file_id

    def find(self, file_id):
        return self.files.get(file_id)
