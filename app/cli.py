"""The command line: `percorsi <command>`, or `python -m app.cli <command>`.

Each command imports what it runs when it runs: a worker that starts would otherwise load the synthetic city, the
pages and the tools of the analysts, which is a third of its time and a seventh of its memory.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from app.arguments import Parser, whole
from app.database.context import EnteMoving
from app.observe import metrics
from app.settings import SettingRefused, Settings
from app.startup import StartupRefused
from connectors.environment import SettingInvalid
from engine import BundleUnreadable

Arguments = argparse.Namespace
Command = Callable[[Arguments], int]
HIGHEST = 2**31 - 1


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; its exit code. What keeps it from starting is a sentence on stderr, and 1."""
    arguments = _parser().parse_args(argv)
    try:
        return int(arguments.command(arguments))
    except (StartupRefused, SettingInvalid, BundleUnreadable) as refused:
        print(refused, file=sys.stderr)
        return 1
    except EnteMoving:
        print("L'ente è in trasferimento in un'altra cella: qui non si lavora.", file=sys.stderr)
        return 1


def _parser() -> Parser:
    parser = Parser(prog="percorsi", description="I percorsi dei servizi sociali comunali.")
    commands = parser.add_subparsers(required=True, metavar="comando")
    _installation(commands)
    _enti(commands)
    _tokens(commands)
    _analysts(commands)
    return parser


def _installation(commands: argparse._SubParsersAction[Parser]) -> None:
    _command(commands, "run", "tutto su questa macchina, per una prova", _run)
    invented = _command(commands, "demo", "la città di prova, con persone inventate", _demo)
    invented.add_argument("--persons", type=whole(0, 1_000_000), metavar="N")
    _command(commands, "web", "le pagine e l'API", _web)
    _command(commands, "worker", "le operazioni verso l'esterno e i termini", _worker)
    _command(commands, "clock", "i lavori a calendario", _clock)
    swept = _command(commands, "sweep", "che cosa non torna nei percorsi in corso", _sweep)
    swept.add_argument("--ente", metavar="SLUG")
    _command(commands, "migrate", "porta il database alla versione del programma", _migrate)
    simulated = _command(commands, "sandbox", "gli enti esterni, simulati", _sandbox)
    simulated.add_argument("--host", default="127.0.0.1")
    simulated.add_argument("--port", type=whole(1, 65_535), metavar="N")


def _enti(commands: argparse._SubParsersAction[Parser]) -> None:
    parser = commands.add_parser("ente", help="apre un ente, ne fa entrare chi lo amministra, lo sposta")
    actions = parser.add_subparsers(required=True, metavar="azione")
    made = _command(actions, "create", "un ente nuovo", _create_ente)
    made.add_argument("--slug", required=True, help="il nome corto, per esempio savona")
    made.add_argument("--nome", required=True)
    made.add_argument("--tipo", choices=("comune", "ambito", "consorzio"), default="comune")
    made.add_argument("--istat", metavar="CODICE")
    made.add_argument("--belfiore", metavar="CODICE")
    let_in = _command(actions, "admin", "chi amministra; stampa la password provvisoria", _let_admin_in)
    let_in.add_argument("--ente", required=True, metavar="SLUG")
    let_in.add_argument("--nome-utente", required=True)
    let_in.add_argument("--nome", help="serve se l'accesso è nuovo")
    let_in.add_argument("--cognome", help="serve se l'accesso è nuovo")
    _cells(actions)


def _cells(actions: argparse._SubParsersAction[Parser]) -> None:
    left = _command(
        actions, "export", "chiude un ente e lo scrive in un file, per un'altra cella", _export_ente
    )
    left.add_argument("ente", metavar="SLUG")
    left.add_argument("--out", type=Path, required=True, metavar="FILE")
    arrived = _command(actions, "import", "legge un ente da un file, lo confronta e lo apre", _import_ente)
    arrived.add_argument("file", type=Path, metavar="FILE")
    back = _command(actions, "reopen", "riapre un ente esportato che non è arrivato altrove", _reopen_ente)
    back.add_argument("ente", metavar="SLUG")
    gone = _command(actions, "remove", "toglie un ente che è arrivato altrove", _remove_ente)
    gone.add_argument("file", type=Path, metavar="FILE")
    gone.add_argument("--ricevuta", required=True, metavar="CODICE", help="stampata da chi l'ha importato")


def _create_ente(arguments: Arguments) -> int:
    from app.commands import ente

    a = arguments
    return ente.create(Settings.from_env(), a.slug, a.nome, a.tipo, a.istat, a.belfiore)


def _let_admin_in(arguments: Arguments) -> int:
    from app.commands import ente

    a = arguments
    return ente.admin(Settings.from_env(), a.ente, a.nome_utente, a.nome, a.cognome)


def _export_ente(arguments: Arguments) -> int:
    from app.commands import cell

    return cell.leave(Settings.from_env(), arguments.ente, arguments.out)


def _import_ente(arguments: Arguments) -> int:
    from app.commands import cell

    return cell.arrive(Settings.from_env(), arguments.file)


def _reopen_ente(arguments: Arguments) -> int:
    from app.commands import cell

    return cell.reopen(Settings.from_env(), arguments.ente)


def _remove_ente(arguments: Arguments) -> int:
    from app.commands import cell

    return cell.remove(Settings.from_env(), arguments.file, arguments.ricevuta)


def _tokens(commands: argparse._SubParsersAction[Parser]) -> None:
    parser = commands.add_parser("token", help="i token dei programmi che usano l'API")
    actions = parser.add_subparsers(required=True, metavar="azione")
    made = _command(actions, "create", "un token nuovo, mostrato una volta sola", _create_token)
    made.add_argument("--nome", required=True, help="il programma che lo userà")
    made.add_argument("--scope", required=True, action="append", type=_scope, metavar="AMBITO")
    made.add_argument(
        "--giorni", type=whole(1, 3_650), metavar="N", help="quanto dura; senza, finché non lo si chiude"
    )
    shown = _command(actions, "show", "i token in vigore", _show_tokens)
    ended = _command(actions, "revoke", "chiude un token, subito", _revoke_token)
    ended.add_argument("token", type=whole(1, HIGHEST), metavar="NUMERO")
    for action in (made, shown, ended):
        action.add_argument("--ente", required=True, metavar="SLUG")
    for action in (made, ended):
        action.add_argument("--da", metavar="NOME_UTENTE", help="l'amministratore che ne risponde")


def _scope(word: str) -> str:
    from app.api.scopes import SCOPES

    if word not in SCOPES:
        raise argparse.ArgumentTypeError(f"«{word}» non è un ambito: scegli tra {', '.join(sorted(SCOPES))}")
    return word


def _create_token(arguments: Arguments) -> int:
    from app.api import tokens_command

    a = arguments
    return tokens_command.create(Settings.from_env(), a.ente, a.nome, a.scope, a.da, a.giorni)


def _show_tokens(arguments: Arguments) -> int:
    from app.api import tokens_command

    return tokens_command.show(Settings.from_env(), arguments.ente)


def _revoke_token(arguments: Arguments) -> int:
    from app.api import tokens_command

    a = arguments
    return tokens_command.revoke(Settings.from_env(), a.ente, a.token, a.da)


def _analysts(commands: argparse._SubParsersAction[Parser]) -> None:
    checked = _command(commands, "check", "perché un percorso non si può pubblicare", _check)
    told = "se non c'è, i percorsi che vengono con il programma"
    checked.add_argument("files", nargs="*", type=Path, metavar="FILE|CARTELLA", help=told)
    feel = _command(commands, "feel", "il valore di un'espressione", _feel)
    feel.add_argument("expression", nargs="?", metavar="ESPRESSIONE")
    dmn = _command(commands, "dmn", "il valore di una decisione", _dmn)
    dmn.add_argument("file", type=Path, metavar="FILE")
    dmn.add_argument("decision", nargs="?", metavar="DECISIONE")
    for command in (feel, dmn):
        command.add_argument("--context", type=Path, metavar="FILE", help="i dati, un oggetto JSON")
        command.add_argument(
            "--cases", type=Path, metavar="FILE", help="un caso JSON per riga, con «context»"
        )
    played = _command(commands, "scenario", "le storie di un percorso, raccontate al motore", _scenario)
    played.add_argument("bundle", type=Path, metavar="PERCORSO")
    played.add_argument("file", type=Path, nargs="?", metavar="FILE")
    for name, what, function in (
        ("push", "pubblica una cartella", _push),
        ("pull", "riporta nella cartella la versione in vigore", _pull),
    ):
        command = _command(commands, name, what, function)
        command.add_argument("bundle", type=Path, metavar="PERCORSO")
        command.add_argument("--ente", metavar="SLUG", help="non serve dove ce n'è uno solo")
    _moves(commands)
    brought = _command(commands, "import", "un diagramma disegnato altrove diventa un percorso", _import)
    brought.add_argument("file", type=Path, metavar="FILE")
    brought.add_argument(
        "--out", type=Path, required=True, metavar="CARTELLA", help="la cartella dei percorsi, come processes"
    )


def _moves(commands: argparse._SubParsersAction[Parser]) -> None:
    moved = _command(commands, "move", "porta i percorsi in corso da una versione a un'altra", _move)
    moved.add_argument("path", metavar="PERCORSO")
    moved.add_argument("--ente", required=True, metavar="SLUG")
    moved.add_argument(
        "--from", dest="old", type=whole(1, HIGHEST), required=True, metavar="N", help="la versione di ora"
    )
    moved.add_argument(
        "--to", dest="new", type=whole(1, HIGHEST), required=True, metavar="N", help="quella a cui portarli"
    )
    moved.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="PRIMA=DOPO",
        help="quale passo della nuova versione prende il posto di uno che non c'è più",
    )
    how = moved.add_mutually_exclusive_group()
    how.add_argument("--dry-run", action="store_true", help="dice soltanto che cosa ne sarebbe")
    how.add_argument(
        "--undo", action="store_true", help="riporta indietro quelli in cui nulla si è più fatto"
    )


def _command(commands: argparse._SubParsersAction[Parser], name: str, what: str, function: Command) -> Parser:
    command = commands.add_parser(name, help=what, description=what)
    command.set_defaults(command=function)
    return command


def _run(arguments: Arguments) -> int:
    from app import supervisor
    from app.demo.command import prepare

    settings = Settings.from_env()
    return supervisor.run(settings, supervisor.nothing if settings.is_production else prepare)


def _demo(arguments: Arguments) -> int:
    from app.commands import demo
    from app.demo.population import PERSONS

    persons = PERSONS if arguments.persons is None else arguments.persons
    return demo.run(Settings.from_env(), persons)


def _web(arguments: Arguments) -> int:
    """Become the web server that `run` would start."""
    from app import supervisor
    from app.commands.place import require

    settings = Settings.from_env()
    require(settings)
    command = supervisor.commands(settings)["web"]
    environ = {**os.environ, **metrics.together(settings)}
    os.execve(command[0], command, environ)  # noqa: S606 - our own command, no shell


def _worker(arguments: Arguments) -> int:
    from app import worker
    from app.commands.place import require

    settings = Settings.from_env()
    require(settings)
    worker.run(settings)
    return 0


def _clock(arguments: Arguments) -> int:
    from app import clock
    from app.commands.place import require

    settings = Settings.from_env()
    require(settings)
    clock.run(settings)
    return 0


def _sweep(arguments: Arguments) -> int:
    from app.commands import sweep

    return sweep.run(Settings.from_env(), arguments.ente)


def _migrate(arguments: Arguments) -> int:
    from app.database import provision

    settings = Settings.from_env()
    if settings.database_url is None or settings.database_owner_url is None:
        raise SettingRefused(
            "DATABASE_OWNER_URL", "manca: per migrare servono DATABASE_URL e DATABASE_OWNER_URL."
        )
    provision.external(settings.database_owner_url, settings.database_url)
    provision.check(settings.database_url)
    return 0


def _sandbox(arguments: Arguments) -> int:
    from connectors import sandbox

    port = sandbox.FIRST_PORT if arguments.port is None else arguments.port
    try:
        sandbox.serve(arguments.host, port)
    except OSError as error:
        raise StartupRefused(
            f"Non si può rispondere su {arguments.host}, porta {port} ({error.strerror}): "
            "scegli con --port una porta libera, e con --host un indirizzo di questa macchina."
        ) from None
    return 0


def _check(arguments: Arguments) -> int:
    from app.commands import check

    return check.run(arguments.files)


def _feel(arguments: Arguments) -> int:
    from app.commands import evaluate

    return evaluate.run_feel(arguments.expression, arguments.context, arguments.cases)


def _dmn(arguments: Arguments) -> int:
    from app.commands import evaluate

    return evaluate.run_dmn(arguments.file, arguments.decision, arguments.context, arguments.cases)


def _scenario(arguments: Arguments) -> int:
    from app.commands import scenario

    return scenario.run(Settings.from_env(), arguments.bundle, arguments.file)


def _move(arguments: Arguments) -> int:
    from app.commands import move

    a = arguments
    asked = move.Asked(Path(a.path).name, a.old, a.new, a.map)
    if a.undo:
        return move.undo(Settings.from_env(), a.ente, asked)
    return move.run(Settings.from_env(), a.ente, asked, dry=a.dry_run)


def _import(arguments: Arguments) -> int:
    from app.commands import bring

    return bring.run(arguments.file, arguments.out)


def _push(arguments: Arguments) -> int:
    from app.commands import publish

    return publish.push(Settings.from_env(), arguments.bundle, arguments.ente)


def _pull(arguments: Arguments) -> int:
    from app.commands import publish

    return publish.pull(Settings.from_env(), arguments.bundle, arguments.ente)


if __name__ == "__main__":
    sys.exit(main())
