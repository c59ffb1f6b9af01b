"""The measures that fill a database or start processes run, at sizes that prove nothing but that."""

from __future__ import annotations

from pathlib import Path

from app.database.cluster import Urls
from tests.bench import crowd, throughput


def test_the_crowd_can_be_measured(urls: Urls) -> None:
    # when
    taken = {figure.name: figure for figure in crowd.figures(urls, crowd.Sizes(10, 50, 20, 5))}
    # then
    assert taken["timer_poll at 50"].versus == "timer_poll at 10"
    assert taken["step among 20 instances"].ratio is not None


def test_the_throughput_of_workers_can_be_measured(urls: Urls, tmp_path: Path) -> None:
    # given
    sizes = throughput.Sizes(workers=(1,), work=10, flood=300, steps=2)
    # when
    taken = {figure.name: figure for figure in throughput.figures(urls, tmp_path, sizes)}
    # then
    assert taken["jobs_per_s at 1 workers"].value > 0
    assert taken["step_while_another_floods"].versus == "step_quiet"
