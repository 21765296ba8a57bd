"""Garbage is collected in the thread of the windows, and nowhere else."""

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest

from bcdesk.ui.collector import Collector


class _Node:
    def __init__(self, threads: list[int]) -> None:
        self.me = self
        weakref.finalize(self, lambda: threads.append(threading.get_ident()))


def _litter(threads: list[int]) -> None:
    """Leave cycles, and allocate until Python's own collection would run."""
    for _ in range(5_000):
        _Node(threads)


def _in_a_thread(threads: list[int]) -> int:
    worker = threading.Thread(target=_litter, args=(threads,))
    worker.start()
    ident = worker.ident
    worker.join()
    assert ident is not None
    return ident


@pytest.fixture
def collector(qapp: object) -> Iterator[Collector]:
    one = Collector()
    yield one
    one.stop()
    one.deleteLater()


def test_that_a_worker_thread_collects_where_python_does_it_by_itself() -> None:
    threads: list[int] = []
    assert gc.isenabled()
    worker = _in_a_thread(threads)
    assert worker in threads  # the positive control: this is what the collector is there to end


def test_that_a_worker_thread_collects_nothing_while_the_collector_stands(collector: Collector) -> None:
    threads: list[int] = []
    worker = _in_a_thread(threads)
    assert worker not in threads
    assert collector.collect_if_due() is not None
    gc.collect()
    assert len(threads) == 5_000
    assert set(threads) == {threading.get_ident()}


def test_that_nothing_is_collected_before_it_is_due(collector: Collector) -> None:
    gc.collect()
    assert collector.collect_if_due() is None


def test_that_python_collects_again_afterwards(collector: Collector) -> None:
    assert not gc.isenabled()
    collector.stop()
    assert gc.isenabled()
