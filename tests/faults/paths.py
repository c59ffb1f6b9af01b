"""The paths that these tests run: a step, a call outside, a step; and what else a row of the matrix needs."""

from __future__ import annotations

from typing import Any

from engine import Bundle
from engine.json import dumps
from tests.engine.drawing import (
    boundary,
    bundle,
    diagram,
    end,
    error,
    gateway,
    human,
    message,
    on_error,
    on_message,
    on_timer,
    service,
    start,
)
from tests.faults.outside import NAME


def startable(slug: str, drawn: bytes, **files: Any) -> Bundle:
    """A bundle that programs may start; `files` as tests.engine.drawing.bundle takes them."""
    made = bundle(slug, drawn, **files)
    return Bundle(
        slug, {**made.files, "bundle.json": dumps({**made.manifest, "avvio": ["assistente_sociale"]})}
    )


def protocollo(slug: str = "protocollo", retries: int = 3) -> Bundle:
    """Ask, have it registered outside, check; a double is put right by a person."""
    return startable(
        slug,
        diagram(
            slug,
            start()
            + human("chiede")
            + service("protocolla", NAME, retries=str(retries), output="numero: =numero")
            + boundary("doppione", "protocolla", on_error("doppione"))
            + human("corregge")
            + human("verifica")
            + end()
            + end("fine_2"),
            "inizio chiede; chiede protocolla; protocolla verifica; verifica fine; "
            "doppione corregge; corregge fine_2",
            before=error("doppione"),
        ),
    )


def affiancati() -> Bundle:
    """Two steps side by side, then one; and a call outside beside them."""
    return startable(
        "affiancati",
        diagram(
            "affiancati",
            start()
            + gateway("dividi", "parallel")
            + human("uno")
            + human("due")
            + gateway("unisci", "parallel")
            + human("dopo")
            + end(),
            "inizio dividi; dividi uno; dividi due; uno unisci; due unisci; unisci dopo; dopo fine",
        ),
    )


def termine(slug: str = "termine", wait: str = "PT1S") -> Bundle:
    """A step taken away when its time is over."""
    return startable(
        slug,
        diagram(
            slug,
            start()
            + human("risponde")
            + boundary("scaduto", "risponde", on_timer(wait))
            + human("archivia")
            + human("esamina")
            + end()
            + end("fine_2"),
            "inizio risponde; risponde esamina; esamina fine; scaduto archivia; archivia fine_2",
        ),
    )


def attesa() -> Bundle:
    """Waits at once for a message about its order: started with `{"ordine": …}`."""
    return startable(
        "attesa",
        diagram(
            "attesa",
            start()
            + f"<bpmn:intermediateCatchEvent id='arriva'>{on_message('consegnato')}</bpmn:intermediateCatchEvent>"
            + human("saluta")
            + end(),
            "inizio arriva; arriva saluta; saluta fine",
            before=message("consegnato", "=ordine"),
        ),
    )


ALL = (
    protocollo(),
    affiancati(),
    termine(),
    attesa(),
    termine("subito", "PT0S"),
    termine("fra_poco", "PT1H"),
)
