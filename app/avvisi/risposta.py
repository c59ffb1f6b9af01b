"""How the persona answers a letter: only the ways that are there."""

from __future__ import annotations

from app.enti.model import Ente, Unita
from app.enti.recapiti import Recapiti


def ways(ente: Ente, unita: Unita | None, known: Recapiti) -> str:
    """One line a way: the counter, post, PEC, and online where the ente has the service."""
    place = None
    if unita is not None:
        place = ", ".join(part for part in (unita.indirizzo, unita.cap) if part) or None
    told = [unita.nome if unita else ente.nome, place, unita and (unita.telefono or unita.email)]
    post = known.posta or (f"{told[0]}, {place}" if place else None)
    lines = [
        f"allo sportello, a voce o per iscritto: {', '.join(part for part in told if part)}",
        f"per posta: {post}" if post else None,
        f"per PEC: {known.pec}" if known.pec else None,
        f"online: {known.online}" if known.online else None,
    ]
    return ";\n".join(f"- {line}" for line in lines if line) + "."
