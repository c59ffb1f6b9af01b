"""The disk is full: writing is refused, reading goes on, and when there is room again so does everything else.

Needs root, to mount a small disk.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.database import provision
from app.database.cluster import Cluster, Urls
from tests.faults import foundation
from tests.faults.installation import Installation, eventually
from tests.faults.outside import Register
from tests.faults.program import Program, Unanswered
from tests.faults.records import Records

SIZE = "400m"
TRIES = 3_000
BLOCK = b"\0" * 65_536


@pytest.fixture
def small_disk() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="percorsi-faults-", dir="/tmp"))
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=711", "tmpfs", made], check=True)
    yield made
    subprocess.run(["umount", made], check=True)
    made.rmdir()


@pytest.fixture
def small_cluster(small_disk: Path) -> Iterator[Cluster]:
    cluster = Cluster(small_disk)
    cluster.start()
    yield cluster
    cluster.stop()


@pytest.fixture
def small_town(small_cluster: Cluster) -> Urls:
    return provision.embedded(small_cluster)


@pytest.fixture
def web_on_it(small_town: Urls, home: Path, own_register: Register) -> Iterator[Installation]:
    with Installation(small_town.application, home / "disk", own_register) as made:
        yield made


def fill(disk: Path) -> Path:
    """A file that takes all the room there is."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while file.write(BLOCK):
                pass
        except OSError:
            return filler
    raise AssertionError("the disk never filled")


def test_a_full_disk_refuses_writes_serves_reads_and_loses_nothing(
    small_disk: Path, small_town: Urls, web_on_it: Installation
) -> None:
    # given
    token = foundation.lay(small_town)
    web_on_it.start("web")
    program = Program(f"http://127.0.0.1:{web_on_it.port}", token)
    opened = []
    # when
    filler = fill(small_disk)
    for _ in range(TRIES):
        answer = program.opens("affiancati")
        if answer.status != 201:
            break
        opened.append(int(answer.json["id"]))
    # then
    assert (answer.status, answer.headers["Retry-After"]) == (503, "30")
    assert program.get("/percorsi").status == 200
    # and when there is room
    filler.unlink()
    assert eventually(lambda: opens(program), "it never resumed")
    records = Records(small_town.owner)
    assert records.one("select count(*) from pratica where id = any(:ids)", ids=opened) == len(opened)
    assert records.broken() == {}


def opens(program: Program) -> bool:
    try:
        return program.opens("affiancati").status == 201
    except Unanswered:
        return False
