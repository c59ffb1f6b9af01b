"""What is wrong with an answer, in Italian, saying what to do."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from app.format import number
from engine.form import FieldError, Path
from engine.form.codice_fiscale import CodiceFiscaleWrong, parse
from engine.form.formats import DATE, is_ours

from .article import with_article
from .field import Field, Fields
from .paths import prefixes
from .widgets.place import Place
from .widgets.upload import max_megabytes, types_of

FILE_KINDS = {
    "application/pdf": "PDF", "image/jpeg": "JPG", "image/png": "PNG", "image/tiff": "TIFF",
    "application/pkcs7-mime": "P7M", "application/xml": "XML", "text/csv": "CSV",
}  # fmt: skip
BY_WIDGET = {
    "numero": "Scrivi un numero, per esempio 12 o 12,5.",
    "euro": "Scrivi l’importo così: 1.234,50.",
    "data": "Scrivi la data così: 23/11/2026.",
    "data_ora": "Scrivi data e ora così: 23/11/2026 10:30.",
    "orario": "Scrivi l’ora così: 8:30.",
    "email": "Scrivi un indirizzo email completo, per esempio nome@esempio.it.",
    "telefono": "Scrivi il numero di telefono, per esempio 347 555 0142.",
    "cap": "Scrivi il CAP: cinque cifre.",
    "comune": "Non troviamo questo comune. Scrivi il nome per intero o scegli dall’elenco.",
    "scelta": "Scegli una delle risposte.",
    "scala": "Scegli una delle risposte.",
    "si_no": "Rispondi sì o no.",
    "spunte": "Scegli fra le risposte proposte.",
    "persona": "Non troviamo questa persona. Cercala di nuovo.",
}
CODICE_FISCALE = {
    "lunghezza": "Un codice fiscale ha 16 caratteri, quello provvisorio 11 cifre. Controlla sulla tessera.",
    "forma": "Lettere e cifre non sono al loro posto. Controlla sulla tessera.",
    "controllo": "L’ultima lettera non torna. Controlla sulla tessera.",
    "data": "La data di nascita nel codice non esiste. Controlla sulla tessera.",
}
FILE = {
    "vuoto": "Il file è vuoto. Scegline un altro.",
    "virus": "Il file contiene un virus: non l’abbiamo tenuto.",
    "spazio": "Ora non c’è spazio per i file. Riprova più tardi.",
    "attivo": "Il file contiene parti che si eseguono: non l’abbiamo tenuto. Salvalo di nuovo come PDF semplice.",
    "protetto": "Il file è protetto da password. Togli la protezione e riprova.",
    "rotto": "Il file è rovinato. Prova ad aprirlo e a salvarlo di nuovo.",
    "illeggibile": "Non riusciamo a leggere il file. Scegline un altro.",
    "deposito": "Ora non possiamo ricevere file. Riprova più tardi.",
}
WRITE = {
    "data": "Scrivi la data.",
    "data_ora": "Scrivi data e ora.",
    "orario": "Scrivi l’ora.",
    "euro": "Scrivi l’importo.",
    "numero": "Scrivi un numero.",
    "comune": "Scrivi il comune.",
}
PLACED_FORMATS = frozenset({"codice_fiscale", "codice_persona"})
OTHERWISE = "Questa risposta non va bene. Controllala."


@dataclass(frozen=True)
class Message:
    """`text` goes beside the field, `summary` («Persona 2, Telefono: scrivi…») on top of the form, as a
    link to the control `id`."""

    path: Path
    id: str
    text: str
    summary: str


def messages(errors: list[FieldError], fields: Fields, data: Any) -> list[Message]:
    """One message for each answer in error, in the order of the form. `operazione` is the refusal of an
    operation of ours, with its own sentence as `expected`."""
    if not errors:
        return []
    first: dict[Path, FieldError] = {}
    for error in errors:
        if not _hangs_on_error(error, errors, fields, data):
            first.setdefault(error.path, error)
    found = [_message(error, fields, data) for error in first.values()]
    order = {path: index for index, path in enumerate(_order(fields, data))}
    return sorted(found, key=lambda message: order.get(message.path, len(order)))


def _hangs_on_error(error: FieldError, errors: list[FieldError], fields: Fields, data: Any) -> bool:
    """A question that an answer made appear may not be asked at all once that answer is understood."""
    parent = fields.at(error.path[:-1], data) if error.path else None
    if parent is None or isinstance(error.path[-1], int):
        return False
    cause = parent.schema.shown_by.get(error.path[-1])
    return any(each.path == (*parent.path, cause) and each.keyword in ("type", "format") for each in errors)


def _order(fields: Fields, data: Any) -> Iterator[Path]:
    def walk(field: Field, value: Any) -> Iterator[Path]:
        yield field.path
        if isinstance(value, list):
            for index, row in enumerate(value):
                child = fields.row(field, index, row)
                if child and index < 1000:
                    yield from walk(child, row)
        elif field.schema.type == "object":
            for child in fields.children(field, value):
                yield from walk(child, value.get(child.path[-1]) if isinstance(value, dict) else None)

    return walk(fields.root(data), data)


def _message(error: FieldError, fields: Fields, data: Any) -> Message:
    field = fields.at(error.path, data)
    if field is None:
        return Message(error.path, "modulo", OTHERWISE, OTHERWISE)
    text = _text(error, field, fields, data)
    summary = _summary(_names(error.path, fields, data), "manca" if error.keyword == "required" else text)
    table = fields.at(error.path[:-2], data) if len(error.path) > 2 else None
    in_table = table is not None and table.widget == "turni"
    first = fields.at((*error.path, error.expected[0]), data) if error.keyword == "anyOf" else None
    return Message(error.path, control_id(first or field, in_table), text, summary)


def _summary(names: list[str], text: str) -> str:
    """«Persona 2, Codice fiscale: l’ultima lettera non torna»: what, and the first sentence of why."""
    first = text.split(". ")[0].removesuffix(".")
    return f"{', '.join(names)}: {first[0].lower()}{first[1:]}" if names else first


def control_id(field: Field, in_table: bool = False) -> str:
    """The element that takes focus: for a group of buttons its first; in a timetable the few choices
    are a select too."""
    few = field.widget == "scelta" and len(field.choices) <= 4 and not in_table
    if few or field.widget in ("scala", "si_no", "spunte"):
        return f"{field.id}-0"
    return field.id if field.path else "modulo"


def _names(path: Path, fields: Fields, data: Any) -> list[str]:
    """Titles from the outermost to the answer, a row by what it is and its number: «Persona 2»."""
    names: list[str] = []
    row = ""
    for prefix in prefixes(path)[1:]:
        if isinstance(prefix[-1], int):
            names[-1:] = [f"{row} {prefix[-1] + 1}"]
        else:
            field = fields.at(prefix, data)
            names.append(field.title if field else prefix[-1])
            row = field.row_title if field else prefix[-1]
    return names


def _text(error: FieldError, field: Field, fields: Fields, data: Any) -> str:
    own = field.ui.get("messaggio")
    if isinstance(own, dict) and isinstance(own.get(error.keyword), str):
        return str(own[error.keyword])
    if isinstance(own, str) and error.keyword != "limite":
        return own
    if error.keyword == "operazione" and isinstance(error.expected, str) and error.expected:
        return error.expected
    if error.keyword == "anyOf":
        return _any_of(error, fields, data)
    write = BY_KEYWORD.get(error.keyword)
    return write(error, field) if write else BY_WIDGET.get(field.widget, OTHERWISE)


def _any_of(error: FieldError, fields: Fields, data: Any) -> str:
    found = [fields.at((*error.path, name), data) for name in error.expected or ()]
    titles = [field.title[0].lower() + field.title[1:] for field in found if field and field.title]
    return f"Serve almeno una di queste risposte: {', '.join(titles)}."


def _required(error: FieldError, field: Field) -> str:
    named = with_article(field.title)
    what = {
        "scelta": "Scegli una risposta.",
        "scala": "Scegli una risposta.",
        "si_no": "Rispondi sì o no.",
        "spunta": "Serve questa conferma.",
        "spunte": "Scegli almeno una risposta.",
        "file": f"Carica {named}." if named else "Carica il file.",
        "persona": "Cerca e scegli una persona.",
        "lista": _at_least(field, 1),
        "turni": _at_least(field, 1),
    }
    written = f"Scrivi {named}." if named else WRITE.get(field.widget, "Scrivi una risposta.")
    return what.get(field.widget, written)


def _at_least(field: Field, count: int) -> str:
    one = field.ui.get("voce")
    if count == 1:
        return f"Aggiungi almeno {one}." if one else "Aggiungi almeno una riga."
    return f"Ne servono almeno {count}."


def _min_items(error: FieldError, field: Field) -> str:
    if field.widget == "spunte":
        return (
            "Scegli almeno una risposta."
            if error.expected == 1
            else f"Scegli almeno {error.expected} risposte."
        )
    return _at_least(field, int(error.expected))


def _max_items(error: FieldError, field: Field) -> str:
    return f"Sono troppi: al massimo {error.expected}."


def _min_length(error: FieldError, field: Field) -> str:
    if error.expected == 1:
        return _required(error, field)
    return f"È troppo corto: servono almeno {error.expected} caratteri."


def _max_length(error: FieldError, field: Field) -> str:
    return (
        f"È troppo lungo: al massimo {number(error.expected)} caratteri, ora sono {number(len(error.value))}."
    )


def _bound(words: str) -> Callable[[FieldError, Field], str]:
    def write(error: FieldError, field: Field) -> str:
        euro = field.widget == "euro"
        limit = f"{number(error.expected, 2)} €" if euro else number(error.expected)
        unit = field.ui.get("unita")
        return f"{words} {limit} {unit}." if unit and not euro else f"{words} {limit}."

    return write


def _multiple(error: FieldError, field: Field) -> str:
    if str(error.expected) == "0.01":
        return "Scrivi al massimo due decimali."
    return f"Scrivi un multiplo di {number(error.expected)}."


def _format(error: FieldError, field: Field) -> str:
    if error.expected in PLACED_FORMATS and isinstance(error.value, str):
        return _codice_fiscale(error.value)
    if (
        field.widget == "comune"
        and isinstance(error.value, str)
        and len(Place().proposals(field, error.value))
    ):
        return "Di quale comune si tratta? Scegli dall’elenco."
    if (
        field.widget in ("data", "data_ora")
        and DATE.match(str(error.value))
        and not is_ours(str(error.value))
    ):
        return f"L’anno {int(str(error.value)[:4])} non può essere. {BY_WIDGET[field.widget]}"
    if error.expected == "iban":
        return "L’IBAN non torna. Controlla lettere e cifre."
    if error.expected == "partita_iva":
        return "La partita IVA non torna: sono 11 cifre."
    if error.expected == "uri":
        return "Scrivi un indirizzo che comincia con https://."
    if error.expected == "provincia":
        return "Scrivi la sigla della provincia, per esempio GE."
    return BY_WIDGET.get(field.widget, OTHERWISE)


def _codice_fiscale(text: str) -> str:
    try:
        code = parse(text)
    except CodiceFiscaleWrong as wrong:
        if wrong.reason == "controllo" and any(letter.isdecimal() for letter in text.strip()[-1:]):
            return "L’ultima cifra non torna. Controlla sul documento."
        return CODICE_FISCALE[wrong.reason]
    if code.kind in ("stp", "eni"):
        return f"Un codice {code.kind.upper()} non è un codice fiscale."
    return CODICE_FISCALE["forma"]


def _type(error: FieldError, field: Field) -> str:
    if error.value is None:
        return _required(error, field)
    if field.widget == "numero" and field.schema.type == "integer":
        return "Scrivi un numero intero, per esempio 12."
    return BY_WIDGET.get(field.widget, OTHERWISE)


def _file(error: FieldError, field: Field) -> str:
    if error.expected == "grande":
        return f"Il file è troppo grande: al massimo {max_megabytes(field)} MB."
    if error.expected == "tipo":
        kinds = " o ".join(FILE_KINDS[name] for name in types_of(field))
        return f"Scegli un file {kinds}, con il suo vero nome."
    if error.expected == "ignoto":
        return "Non troviamo più questo file. Caricalo di nuovo."
    return FILE.get(str(error.expected), FILE["illeggibile"])


BY_KEYWORD: dict[str, Callable[[FieldError, Field], str]] = {
    "required": _required,
    "type": _type,
    "format": _format,
    "enum": lambda error, field: BY_WIDGET.get(field.widget, "Scegli una delle risposte."),
    "const": lambda error, field: "Serve questa conferma." if error.expected is True else OTHERWISE,
    "pattern": lambda error, field: BY_WIDGET.get(field.widget, "Non è scritto come ci serve. Controlla."),
    "minimum": _bound("Scrivi almeno"),
    "maximum": _bound("Scrivi al massimo"),
    "exclusiveMinimum": _bound("Scrivi più di"),
    "exclusiveMaximum": _bound("Scrivi meno di"),
    "multipleOf": _multiple,
    "minLength": _min_length,
    "maxLength": _max_length,
    "minItems": _min_items,
    "maxItems": _max_items,
    "uniqueItems": lambda error, field: "È uguale a un’altra riga. Togli la ripetizione.",
    "minProperties": lambda error, field: "Servono più risposte.",
    "maxProperties": lambda error, field: "Ci sono troppe risposte.",
    "additionalProperties": lambda error, field: "Questa risposta non è prevista.",
    "unevaluatedProperties": lambda error, field: "C’è una risposta che non è prevista.",
    "limite": lambda error, field: "È più di quanto possiamo tenere. Accorcia.",
    "carattere": lambda error, field: "C’è un carattere che non si può usare. Riscrivi la risposta.",
    "file": _file,
    "turno": lambda error, field: (
        "L’ora di fine deve venire dopo l’inizio. Un turno di notte va diviso in due."
    ),
}
