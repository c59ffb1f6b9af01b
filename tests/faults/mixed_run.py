"""Many pratiche at once while their installation is shaken: what was acknowledged is counted, and looked for."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from tests.faults.program import Answer, Program, Unanswered
from tests.faults.records import Records

PEOPLE = 8
PERCORSI = ("protocollo", "affiancati", "termine", "attesa")
LONGEST = 120.0  # seconds that a command may take to be acknowledged
NEVER = 900.0  # seconds, after which a pratica does not end any more
FINE = (200, 201)


class Acknowledged:
    """What programs were told is done: keys of openings, tasks completed, messages delivered."""

    def __init__(self) -> None:
        self.opened: dict[str, str] = {}
        self.completed: set[str] = set()
        self.delivered: Counter[str] = Counter()
        self.repeats = 0
        self.lost_races = 0


class People:
    """Programs that walk pratiche of every path to their end, and repeat under its key what was not answered."""

    def __init__(self, address: str, token: str, how_many: int, name: str = "") -> None:
        self.program = Program(address, token)
        self.name = name
        self.how_many = how_many
        self.acknowledged = Acknowledged()

    def work(self) -> None:
        """Until every pratica is closed."""
        with ThreadPoolExecutor(PEOPLE) as pool:
            list(pool.map(self._walk, range(self.how_many)))

    def _walk(self, number: int) -> None:
        percorso = PERCORSI[number % len(PERCORSI)]
        key = f"apre-{self.name}{number}"
        dati = {"ordine": f"{self.name}{number}"} if percorso == "attesa" else {}
        opened = self._insists(lambda: self.program.opens(percorso, key, **dati))
        self.acknowledged.opened[key] = opened.json["id"]
        if percorso == "attesa":
            self._deliver(number)
        if percorso == "termine" and number % 8 < 4:
            time.sleep(1)  # its time is over just when somebody answers
        self._finish(opened.json["id"])

    def _deliver(self, number: int) -> None:
        """The same message three times, as a sender does that heard nothing."""
        for again in range(3):
            answer = self._insists(
                lambda again=again: self.program.delivers(  # type: ignore[misc]
                    "consegnato",
                    f"{self.name}{number}",
                    f"m-{self.name}{number}",
                    f"consegna-{self.name}{number}-{again}",
                )
            )
            self.acknowledged.delivered[answer.json["esito"]] += 1

    def _finish(self, pratica_id: str) -> None:
        deadline = time.monotonic() + NEVER
        while True:
            assert time.monotonic() < deadline, f"pratica {pratica_id} never ends"
            found = self._insists(lambda: self.program.get(f"/pratiche/{pratica_id}")).json
            if found["stato"] == "chiusa":
                return
            for each in found["attivita"]:
                self._complete(each["id"])
            if not found["attivita"]:
                time.sleep(0.2)

    def _complete(self, task_id: str) -> None:
        answer = self._insists(lambda: self.program.completes(task_id, f"fa-{task_id}"), (*FINE, 409))
        if answer.status in FINE:
            self.acknowledged.completed.add(task_id)
        else:
            self.acknowledged.lost_races += 1

    def _insists(self, ask: Callable[[], Answer], enough: tuple[int, ...] = FINE) -> Answer:
        """Ask until the answer is one of `enough`; the same request still under way is no answer."""
        deadline = time.monotonic() + LONGEST
        while True:
            try:
                answer = ask()
            except Unanswered:
                answer = None
            if answer is not None and answer.status in enough and "Retry-After" not in answer.headers:
                return answer
            assert answer is None or answer.status in (409, 503), answer.text
            assert time.monotonic() < deadline, "never acknowledged"
            self.acknowledged.repeats += 1
            time.sleep(random.uniform(0.05, 0.3))


class Shaking:
    """Blows dealt one after another, in a random order, until the block ends; counted by their name."""

    def __init__(self, blows: dict[str, Callable[[], None]], every: float, seed: int = 0) -> None:
        self.dealt: Counter[str] = Counter()
        self.failures: list[BaseException] = []
        self._blows = blows
        self._every = every
        self._random = random.Random(seed)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Shaking:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        if self.failures:
            raise self.failures[0]

    def _run(self) -> None:
        waiting: list[str] = []
        while not self._stop.wait(self._every):
            if not waiting:
                waiting = self._random.sample(list(self._blows), len(self._blows))
            name = waiting.pop()
            try:
                self._blows[name]()
            except BaseException as error:  # noqa: BLE001 - told at the end, in the test's own thread
                self.failures.append(error)
                return
            self.dealt[name] += 1


def lost(acknowledged: Acknowledged, records: Records, keys: dict[str, int]) -> dict[str, int]:
    """How many of the things that were promised are not there, or are there twice; all zeros when it holds."""
    completed = [int(task) for task in acknowledged.completed]
    opened = [int(pratica) for pratica in acknowledged.opened.values()]
    done = """
        select count(*) from engine_task t where t.id = any(:ids) and t.status = 'done' and 1 = (
            select count(*) from engine_history h where h.ente_id = t.ente_id and h.instance_id = t.instance_id
            and h.token = t.token::text and h.event = 'done')
    """
    jobs = "select ente_id || ':' || instance_id || ':' || element_id || ':' || token as key from engine_job"
    expected = {row.key for row in records.rows(jobs)}
    numbers = "select count(*) from engine_history where element_id = 'protocolla' and event = 'done'"
    return {
        "azioni confermate e perse": len(completed) - records.one(done, ids=completed),
        "aperture confermate e perse": len(opened)
        - records.one("select count(*) from pratica where id = any(:ids)", ids=opened),
        "aperture doppie": records.one("select count(*) from pratica") - len(set(opened)),
        "chiavi in più all’esterno": len(set(keys) - expected),
        "effetti esterni senza riscontro": len(keys) - records.one(numbers),
        **{name: len(rows) for name, rows in records.broken().items()},
    }
