"""Writing people into the registry, as the registry office gave them: families, and some out of the ordinary."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy.orm import Session

from app.demo.city import GENOVA
from app.demo.people import Births, Inhabitant
from app.persone import decesso, registry
from app.persone.model import Membro, Nucleo, Persona, Residenza, StatoGiuridico
from app.persone.registry import Known
from engine import Engine, system
from engine.form.codice_fiscale import parse

ISTAT = "010025"
HOUSEHOLDS = ((1, 36), (2, 31), (3, 18), (4, 15))  # people living together, share in a hundred


def write(session: Session, who: Inhabitant, on: date, *, riservata: bool = False) -> Persona:
    """One persona with her code, telephone and residence; a protected address is not written at all."""
    known = Known(
        cognome=who.cognome,
        nome=who.nome,
        nata_il=who.nata_il,
        codice=parse(who.codice, on) if who.codice else None,
        telefono=None if riservata else who.telefono,
        lingua=who.lingua,
        unita_id=who.unita,
    )
    persona = registry.create(session, GENOVA, known, on)
    persona.sesso, persona.nata_a = who.sesso, who.nata_a
    persona.cittadinanza = who.cittadinanza
    if riservata:
        persona.livello_riservatezza = "violenza"
    session.add(
        Residenza(
            ente_id=GENOVA,
            persona_id=persona.id,
            comune=ISTAT,
            indirizzo=None if riservata else who.indirizzo,
            cap=None if riservata else who.cap,
            zona=who.zona,
            protetta=riservata,
            fonte="anagrafe",
            dal=max(who.nata_il, on - timedelta(days=3_650)),
        )
    )
    return persona


def families(births: Births) -> Iterator[list[Inhabitant]]:
    """People who live together, family after family, without end."""
    sizes, shares = zip(*HOUSEHOLDS, strict=True)
    while True:
        size = births.chance.choices(sizes, shares)[0]
        first = births.person(
            (26, 92) if size == 1 else (68, 90) if births.chance.random() < 0.4 else (28, 55)
        )
        family = [first]
        age = first.age(births.today)
        if size > 1:
            partner = births.person((max(age - 4, 24), age + 4), sesso="M" if first.sesso == "F" else "F")
            family.append(_at_home(partner, first))
        for _ in range(size - 2):
            child = births.person((0, max(min(age - 24, 30), 1)), straniera=False, cognome=first.cognome)
            family.append(_at_home(child, first))
        yield family


def settle(engine: Engine, family: list[Inhabitant], on: date) -> None:
    """Write a family: its people, its nucleo anagrafico, who answers for its minors."""
    session = engine.session
    written = [write(session, who, on) for who in family]
    session.flush()
    nucleo = Nucleo(ente_id=GENOVA, tipo="anagrafico")
    session.add(nucleo)
    session.flush()
    for place, (persona, who) in enumerate(zip(written, family, strict=True)):
        relazione = ("intestatario", "coniuge")[place] if place < 2 else "figlio"
        session.add(
            Membro(
                ente_id=GENOVA,
                nucleo_id=nucleo.id,
                persona_id=persona.id,
                relazione=relazione,
                dal=max(who.nata_il, on - timedelta(days=3_650)),
            )
        )
        if who.age(on) < 18:
            session.add(_minor(persona, written[0], who))
    session.flush()


def unusual(engine: Engine, births: Births, on: date) -> None:
    """Those whom every registry meets sooner or later."""
    session = engine.session
    one = births.person((30, 60), sesso="M", straniera=False)
    write(session, births.with_omocodia(births.person((40, 70)), 1), on)
    write(session, births.with_omocodia(births.person((40, 70)), 7), on)
    write(session, births.with_provisional(births.person((20, 40), straniera=True)), on)
    write(session, births.with_stp(births.person((20, 50), straniera=True)), on)
    write(session, replace(births.person((17, 17), straniera=True), codice=None), on)
    write(session, births.person((25, 45), sesso="F"), on, riservata=True)
    ward, guardian = write(session, births.person((80, 92)), on), write(session, one, on)
    session.add(
        StatoGiuridico(
            ente_id=GENOVA,
            persona_id=ward.id,
            stato="amministrazione_sostegno",
            rappresentante_id=guardian.id,
            atto="Decreto del giudice tutelare, R.G. 1418",
            dal=on - timedelta(days=400),
        )
    )
    dead = write(session, births.person((84, 96)), on)
    session.flush()
    decesso.register(engine, dead.id, on - timedelta(days=20), system("anagrafe"))


def _at_home(who: Inhabitant, home: Inhabitant) -> Inhabitant:
    return replace(
        who, indirizzo=home.indirizzo, cap=home.cap, zona=home.zona, unita=home.unita, telefono=home.telefono
    )


def _minor(persona: Persona, parent: Persona, who: Inhabitant) -> StatoGiuridico:
    return StatoGiuridico(
        ente_id=GENOVA, persona_id=persona.id, stato="minore", rappresentante_id=parent.id, dal=who.nata_il
    )
