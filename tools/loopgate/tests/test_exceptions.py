"""SF003, and the lines that `# blocking-ok: <reason>` excepts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tools.loopgate.tests.conftest import Sample

OK = "# blocking-ok: a tiny file in memory"


def test_a_call_is_excepted_on_its_line(sample: Sample) -> None:
    assert sample.rules(a=f"async def f():\n    open('x')  {OK}\n") == []


def test_on_any_line_of_the_call(sample: Sample) -> None:
    text = f"async def f():\n    open(\n        'x',\n    )  {OK}\n"
    assert sample.rules(a=text) == []


def test_only_that_line(sample: Sample) -> None:
    text = f"async def f():\n    open('x')  {OK}\n    open('y')\n"
    assert sample.rules(a=text) == [("SF001", "open")]


@pytest.mark.parametrize("excepted", ["read", "load", "call"])
def test_a_chain_is_excepted_at_any_of_its_links(sample: Sample, excepted: str) -> None:
    comment = {name: OK if name == excepted else "" for name in ("read", "load", "call")}
    found = sample.rules(
        low=f"def read():\n    open('x')  {comment['read']}\n",
        middle=f"from low import read\ndef load():\n    read()  {comment['load']}\n",
        high=f"from middle import load\nasync def f():\n    load()  {comment['call']}\n",
    )
    assert found == []


def test_an_exception_of_one_caller_is_none_for_another(sample: Sample) -> None:
    callers = f"async def a():\n    load()  {OK}\nasync def b():\n    load()\n"
    text = f"def load():\n    open('x')\n{callers}"
    (found,) = sample.find(a=text)
    assert (found.rule, found.line) == ("SF002", 6)


@pytest.mark.parametrize("comment", ["# blocking-ok", "# blocking-ok:", "# blocking-ok:   "])
def test_an_exception_needs_a_reason(sample: Sample, comment: str) -> None:
    found = sample.find(a=f"async def f():\n    open('x')  {comment}\n")
    assert [one.rule for one in found] == ["SF001", "SF003"]
    assert "reason" in found[1].message


@pytest.mark.parametrize(
    "text",
    [
        f"async def f():\n    print('x')  {OK}\n",
        f"def f():\n    open('x')  {OK}\n",
        f"import asyncio\ndef g():\n    open('x')  {OK}\nasync def f(): asyncio.to_thread(g)\n",
        f"{OK}\nasync def f(): ...\n",
    ],
)
def test_an_exception_that_nothing_needs_is_a_fault(sample: Sample, text: str) -> None:
    assert sample.rules(a=text) == [("SF003", "blocking-ok")]


def test_text_that_looks_like_an_exception_is_none(sample: Sample) -> None:
    text = f"# blocking-ok-ish: no\nasync def f():\n    open('{OK}')\n"
    assert sample.rules(a=text) == [("SF001", "open")]
