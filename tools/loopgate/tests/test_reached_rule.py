"""SF002: synchronous functions that block, reached from asynchronous ones."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest
from tools.loopgate.tests.ways_by_binding import BY_BINDING
from tools.loopgate.tests.ways_by_object import BY_OBJECT
from tools.loopgate.tests.ways_by_value import BY_VALUE
from tools.loopgate.tests.ways_off_loop import OFF_THE_LOOP

if TYPE_CHECKING:
    from tools.loopgate.tests.conftest import Sample

IMPORT = "from helper import settle\n"
HELPER = "import time\ndef settle():\n    time.sleep(3)\n"


def test_a_function_in_a_file_of_its_own(sample: Sample) -> None:
    scanner = "from helper import settle\nasync def scan():\n    settle()\n"
    (found,) = sample.find(helper=HELPER, scanner=scanner)
    assert (found.rule, found.call, found.line, found.column) == ("SF002", "settle", 3, 5)
    assert found.path.endswith("scanner.py")


def test_the_message_shows_a_chain_over_three_modules(sample: Sample) -> None:
    (found,) = sample.find(
        api="import service\nasync def handle():\n    return service.answer()\n",
        service="from store import load\ndef answer():\n    return load()\n",
        store="def load():\n    with open('x') as file:\n        return file.read()\n",
    )
    names = [step.split(" ")[0] for step in found.chain]
    assert names == ["handle", "answer", "load", "open()"]
    for place in ("api.py:3", "service.py:3", "store.py:2"):
        assert place in found.message
    assert "waits for the disk" in found.message
    assert "asyncio.to_thread" in found.message


def test_packages_and_relative_imports(sample: Sample) -> None:
    found = sample.rules(
        house____init__="",
        house__cellar____init__="from .wine import fetch",
        house__cellar__wine="import subprocess\ndef fetch():\n    subprocess.run(['x'])\n",
        house__hall="from . import cellar\nasync def serve():\n    cellar.fetch()\n",
        house__attic__roof="from ..cellar.wine import fetch\nasync def serve():\n    fetch()\n",
    )
    assert found == [("SF002", "fetch"), ("SF002", "fetch")]


WAYS = {**BY_OBJECT, **BY_VALUE, **BY_BINDING}


@pytest.mark.parametrize("way", WAYS)
def test_reached_by(sample: Sample, way: str) -> None:
    rules = {rule for rule, _ in sample.rules(helper=HELPER, a=WAYS[way])}
    assert rules == {"SF002"}


@pytest.mark.parametrize("way", OFF_THE_LOOP)
def test_off_the_loop(sample: Sample, way: str) -> None:
    text = IMPORT + textwrap.dedent(OFF_THE_LOOP[way])
    assert sample.rules(helper=HELPER, a=text) == []


def test_what_a_class_above_gives_is_kept_without_end(sample: Sample) -> None:
    text = """
        class Table(dict):
            def popitem(self):
                item = super().popitem()
                self.last = item
                return self.last or self.popitem()
        """
    assert sample.rules(a=text) == []


def test_a_function_called_both_ways_is_found_where_it_is_called(sample: Sample) -> None:
    (found,) = sample.find(
        helper=HELPER,
        a="""
        import asyncio
        from helper import settle
        def work():
            settle()
        async def good():
            await asyncio.to_thread(work)
        async def bad():
            work()
        """,
    )
    assert (found.rule, found.call, found.line) == ("SF002", "work", 9)


def test_what_one_caller_hands_to_a_shared_function_is_not_held_against_another(
    sample: Sample,
) -> None:
    (found,) = sample.find(
        helper=HELPER,
        a="""
        from helper import settle
        def apply(function):
            return function()
        async def good():
            apply(dict)
            apply(lambda: 1)
        async def bad():
            apply(settle)
        """,
    )
    assert found.line == 9


def test_a_plain_route_is_on_the_loop_when_an_asynchronous_one_calls_it(sample: Sample) -> None:
    found = sample.rules(
        helper=HELPER,
        a="""
        from fastapi import APIRouter
        from helper import settle
        router = APIRouter()
        @router.get("/")
        def route():
            settle()
        @router.get("/other")
        async def other():
            return route()
        """,
    )
    assert found == [("SF002", "route")]


def test_both_rules_tell_of_a_helper_beside_an_asynchronous_function(sample: Sample) -> None:
    text = HELPER + "async def f():\n    settle()\n"
    assert sample.rules(a=text) == [("SF001", "time.sleep"), ("SF002", "settle")]


def test_a_handed_off_function_may_sleep_beside_asynchronous_ones(sample: Sample) -> None:
    text = HELPER + "import asyncio\nasync def f():\n    await asyncio.to_thread(settle)\n"
    assert sample.rules(a=text) == []


def test_a_handed_off_function_that_is_also_called_may_not(sample: Sample) -> None:
    text = (
        HELPER
        + "import asyncio\nasync def f():\n    await asyncio.to_thread(settle)\n    settle()\n"
    )
    assert sample.rules(a=text) == [("SF001", "time.sleep"), ("SF002", "settle")]
