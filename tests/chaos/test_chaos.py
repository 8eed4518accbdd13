"""A few of `make test-chaos`'s faults, of each family, on both databases."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.chaos.agreement import Expected, findings
from tests.chaos.families import bench_in, fault_named
from tests.chaos.lives import Nursery
from tests.chaos.places import Office

# What is heavy (judging a morning, a platform's pull) is left to `make test-chaos`.
FEW = ("kill queued 4 sqlite", "kill queued 6 sqlite", "kill queued 31 sqlite",
       "slack queued 1 sqlite", "store queued 3 sqlite", "answer posted 5 sqlite",
       "answer posted 60 sqlite", "kill queued 5 postgresql", "kill queued 34 postgresql",
       "store queued 3 postgresql", "answer posted 30 postgresql")  # fmt: skip


@pytest.fixture(scope="module")
def bench(tmp_path_factory, postgres_server):
    """An office where nothing has happened yet."""
    with Office(tmp_path_factory.mktemp("chaos"), postgres_server) as office:
        yield bench_in(office)


@pytest.mark.parametrize("name", FEW)
def test_nothing_is_lost_doubled_or_stuck(bench, name):
    """After a fault and a minute: each message once, each answer kept, each card as the store."""
    result = bench.run(fault_named(name))
    assert result.hit or not name.startswith(("kill", "answer")), result
    assert result.findings == [], result


def test_what_is_wrong_is_seen(bench):
    """A message sent twice, one that is gone, one that shows another state: each is a finding."""
    place = bench.office.place("posted")
    bench.office.put_back(place)
    sound, slack = bench.look(place.at), bench.office.slack.snapshot()
    assert findings(sound, slack, Expected()) == []
    posted = [each for each in slack["messages"] if each["metadata"]]
    twice = {"messages": [*slack["messages"], {**posted[1], "ts": "1.1"}]}
    gone = {"messages": [each for each in slack["messages"] if each is not posted[1]]}
    other = {"messages": [{**each, "text": "Another."} for each in slack["messages"]]}
    kinds = [{kind for kind, _ in findings(sound, each, Expected())}
             for each in (twice, gone, other)]  # fmt: skip
    assert kinds == [{"doubled"}, {"lost"}, {"disagree"}]


def test_a_number_given_anew_is_another_life(tmp_path):
    """A life is not over because one before it, with the same process number, is.

    Numbers are given anew after 32,768 processes: looked at before they were done, lives of long
    runs were taken for lost.
    """
    nursery = Nursery(tmp_path)
    nursery.process = SimpleNamespace(stdout=["0 7\n", "1 7 -9\n"])
    nursery._read()
    assert nursery.ended(7, 0) == -9
    nursery.process = SimpleNamespace(stdout=["0 7\n"])
    nursery._read()
    assert nursery.ended(7, 0) is None
