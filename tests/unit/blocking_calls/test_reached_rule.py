"""SF002: synchronous functions that block, reached from asynchronous ones."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.blocking_calls.conftest import Sample

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


WAYS = {
    "a method": """
        from helper import settle
        class Tool:
            def use(self):
                settle()
        async def f():
            tool = Tool()
            tool.use()
        """,
    "a method of an attribute": """
        from helper import settle
        class Tool:
            def use(self):
                settle()
        class Owner:
            def __init__(self, tool: Tool) -> None:
                self._tool = tool
            async def f(self):
                self._tool.use()
        """,
    "a method of its own class": """
        from helper import settle
        class Worker:
            def _step(self):
                settle()
            async def run(self):
                self._step()
        """,
    "an inherited method": """
        from helper import settle
        class Base:
            def step(self):
                settle()
        class Worker(Base):
            async def run(self):
                self.step()
        """,
    "the method of the class above": """
        from helper import settle
        class Base:
            def step(self):
                settle()
        class Worker(Base):
            def step(self):
                super().step()
        async def f(worker: Worker):
            worker.step()
        """,
    "what a subclass puts in place of a method": """
        from helper import settle
        class Base:
            def step(self):
                raise NotImplementedError
        class Worker(Base):
            def step(self):
                settle()
        async def f(worker: Base):
            worker.step()
        """,
    "a port": """
        from typing import Protocol
        from helper import settle
        class Prober(Protocol):
            def probe(self): ...
        class SlowProber:
            def probe(self):
                settle()
        async def f(prober: Prober):
            prober.probe()
        """,
    "a property": """
        from helper import settle
        class Tool:
            @property
            def size(self):
                return settle()
        async def f(tool: Tool):
            return tool.size
        """,
    "a cached property": """
        from functools import cached_property
        from helper import settle
        class Tool:
            @cached_property
            def size(self):
                return settle()
        async def f():
            return Tool().size
        """,
    "the setter of a property": """
        from helper import settle
        class Tool:
            @property
            def size(self):
                return 1
            @size.setter
            def size(self, value):
                settle()
        async def f(tool: Tool):
            tool.size = 1
        """,
    "a class method": """
        from helper import settle
        class Tool:
            @classmethod
            def make(cls):
                settle()
                return cls()
        async def f():
            Tool.make()
        """,
    "a static method": """
        from helper import settle
        class Tool:
            @staticmethod
            def make():
                settle()
        async def f(tool: "Tool"):
            tool.make()
        """,
    "making an object": """
        from helper import settle
        class Tool:
            def __init__(self):
                settle()
        async def f():
            return Tool()
        """,
    "making a data class": """
        from dataclasses import dataclass
        from helper import settle
        @dataclass
        class Tool:
            size: int
            def __post_init__(self):
                settle()
        async def f():
            return Tool(1)
        """,
    "validating a model": """
        from pydantic import BaseModel, field_validator
        from helper import settle
        class Model(BaseModel):
            path: str
            @field_validator("path")
            @classmethod
            def exists(cls, value):
                settle()
        async def f():
            return Model(path="x")
        """,
    "calling an object": """
        from helper import settle
        class Tool:
            def __call__(self):
                settle()
        async def f():
            Tool()()
        """,
    "entering a block": """
        from helper import settle
        class Lock:
            def __enter__(self):
                settle()
            def __exit__(self, *error):
                pass
        async def f():
            with Lock():
                pass
        """,
    "leaving a block": """
        from contextlib import contextmanager
        from helper import settle
        @contextmanager
        def block():
            yield
            settle()
        async def f():
            with block():
                pass
        """,
    "iterating over a generator": """
        from helper import settle
        def items():
            yield settle()
        async def f():
            for item in items():
                pass
        """,
    "taking the next one": """
        from helper import settle
        def items():
            yield settle()
        async def f():
            batches = items()
            next(batches)
        """,
    "making a list of a generator": """
        from helper import settle
        def items():
            yield settle()
        async def f():
            return sorted(items())
        """,
    "iterating over an object": """
        from helper import settle
        class Items:
            def __iter__(self):
                return self
            def __next__(self):
                settle()
        async def f():
            return [item for item in Items()]
        """,
    "an item": """
        from helper import settle
        class Table:
            def __getitem__(self, key):
                settle()
        async def f(table: Table):
            return table[1]
        """,
    "an operator": """
        from helper import settle
        class Table:
            def __contains__(self, key):
                settle()
        async def f(table: Table):
            return 1 in table
        """,
    "text of an object": """
        from helper import settle
        class Table:
            def __str__(self):
                settle()
                return ""
        async def f(table: Table):
            return f"{table}"
        """,
    "a lambda": """
        from helper import settle
        async def f():
            go = lambda: settle()
            go()
        """,
    "a function in a function": """
        from helper import settle
        async def f():
            def inner():
                settle()
            inner()
        """,
    "a decorator": """
        from helper import settle
        def patient(function):
            def wrapper(*args):
                settle()
                return function(*args)
            return wrapper
        @patient
        def work():
            pass
        async def f():
            work()
        """,
    "a function that is given to another": """
        from helper import settle
        def apply(function):
            function()
        async def f():
            apply(settle)
        """,
    "a function that is given on": """
        from helper import settle
        def apply(function):
            function()
        def apply_again(go):
            apply(go)
        async def f():
            apply_again(settle)
        """,
    "a function that is kept": """
        from helper import settle
        class Tool:
            def __init__(self, action):
                self._action = action
            def use(self):
                self._action()
        async def f():
            Tool(settle).use()
        """,
    "a function in a list": """
        from helper import settle
        async def f():
            for action in [settle]:
                action()
        """,
    "a function that was appended": """
        from helper import settle
        class Hooks:
            def __init__(self):
                self._hooks = []
            def add(self, hook):
                self._hooks.append(hook)
            async def f(self):
                for hook in self._hooks:
                    hook()
        Hooks().add(settle)
        """,
    "a key to sort by": """
        from helper import settle
        async def f(items):
            return sorted(items, key=lambda item: settle())
        """,
    "a map": """
        from helper import settle
        async def f(items):
            return list(map(settle, items))
        """,
    "a partial": """
        from functools import partial
        from helper import settle
        async def f():
            partial(settle)()
        """,
    "the result of a function": """
        from helper import settle
        def choose():
            return settle
        async def f():
            choose()()
        """,
    "an object that a function returns": """
        from helper import settle
        class Tool:
            def use(self):
                settle()
        def make():
            return Tool()
        async def f():
            make().use()
        """,
    "an object that is awaited": """
        from helper import settle
        class Tool:
            def use(self):
                settle()
        async def make() -> Tool: ...
        async def f():
            tool = await make()
            tool.use()
        """,
    "an object from a block": """
        from contextlib import asynccontextmanager
        from helper import settle
        class Tool:
            def use(self):
                settle()
        @asynccontextmanager
        async def opened():
            yield Tool()
        async def f():
            async with opened() as tool:
                tool.use()
        """,
    "an item of a container": """
        from helper import settle
        class Tool:
            def use(self):
                settle()
        async def f(tools: dict[str, list[Tool]]):
            for tool in tools["x"]:
                tool.use()
        """,
    "a data class's attribute": """
        from dataclasses import dataclass
        from helper import settle
        class Tool:
            def use(self):
                settle()
        @dataclass
        class Box:
            tool: "Tool | None"
        async def f(box: Box):
            box.tool.use()
        """,
    "a method that only one class has": """
        from helper import settle
        class Tool:
            def settle_everything(self):
                settle()
        async def f(tool):
            tool.settle_everything()
        """,
    "a dependency that is asynchronous": """
        from fastapi import Depends
        from helper import settle
        async def dependency():
            settle()
        async def route(given=Depends(dependency)):
            pass
        """,
    "an asynchronous generator": """
        from helper import settle
        async def f():
            settle()
            yield 1
        """,
    "a callback of the loop": """
        import asyncio
        from helper import settle
        def later():
            settle()
        def schedule():
            asyncio.get_running_loop().call_later(1, later)
        """,
    "a callback of a future": """
        from helper import settle
        def watch(task):
            task.add_done_callback(lambda _: settle())
        """,
    "a protocol of asyncio": """
        import asyncio
        from helper import settle
        class Channel(asyncio.Protocol):
            def data_received(self, data):
                settle()
        """,
    "a thread that calls back on the loop": """
        import anyio
        from helper import settle
        def work():
            anyio.from_thread.run_sync(finish)
        def finish():
            settle()
        """,
    "a cycle of calls": """
        from helper import settle
        def odd(n):
            return even(n - 1)
        def even(n):
            settle()
            return odd(n - 1)
        async def f():
            odd(3)
        """,
    "a global that is set later": """
        from helper import settle
        action = None
        def install():
            global action
            action = settle
        async def f():
            action()
        """,
    "a name that a comprehension uses too": """
        from helper import settle
        async def f(items):
            rest = [settle for settle in items]
            settle()
        """,
    "a walrus in a comprehension": """
        from helper import settle
        async def f(items):
            rest = [(go := settle) for item in items]
            go()
        """,
    "a default that the caller leaves": """
        from helper import settle
        def work(rest=settle):
            rest()
        async def f():
            work()
        """,
    "a mapping of arguments": """
        from helper import settle
        def apply(*, function):
            function()
        async def f():
            apply(**{"function": settle})
        """,
    "arguments that are passed on": """
        from helper import settle
        def low(*, function):
            function()
        def apply(**options):
            low(**options)
        async def f():
            apply(function=settle)
        """,
    "a generator in a generator": """
        from helper import settle
        def low():
            yield settle()
        def high():
            yield from low()
        async def f():
            for item in high():
                pass
        """,
    "a generator that is unpacked": """
        from helper import settle
        def pair():
            yield settle()
        async def f():
            one, other = pair()
        """,
    "a generator that is sent to": """
        from helper import settle
        def items():
            yield settle()
        async def f():
            items().send(None)
        """,
    "a generator that is looked into": """
        from helper import settle
        def items():
            yield settle()
        async def f():
            return 1 in items()
        """,
    "a single dispatch": """
        from functools import singledispatch
        from helper import settle
        @singledispatch
        def work(item): ...
        @work.register
        def of_number(item: int):
            settle()
        async def f():
            work(1)
        """,
    "a decorator of a class": """
        from helper import settle
        def register(of):
            settle()
            return of
        async def f():
            @register
            class Tool: ...
        """,
    "a decorator between a property and its function": """
        from helper import settle
        def same(function):
            def wrapper(*args):
                return function(*args)
            return wrapper
        class Tool:
            @property
            @same
            def size(self):
                settle()
        async def f(tool: Tool):
            return tool.size
        """,
    "a callback of a decorated function": """
        from functools import wraps
        from helper import settle
        def same(function):
            @wraps(function)
            def wrapper(*args):
                return function(*args)
            return wrapper
        @same
        def apply(go):
            go()
        async def f():
            apply(settle)
        """,
    "a pattern": """
        from helper import settle
        class Tool:
            def use(self):
                settle()
        class Other:
            def use(self): ...
        async def f(item):
            match item:
                case [Tool() as tool, *_]:
                    tool.use()
        """,
    "the subject of a match": """
        from helper import settle
        class Tool:
            def use(self):
                settle()
        class Other:
            def use(self): ...
        async def f(item: Tool):
            match item:
                case tool:
                    tool.use()
        """,
    "asking for the type": """
        from helper import settle
        class Tool:
            def use(self):
                settle()
        class Other:
            def use(self): ...
        async def f(item):
            if isinstance(item, Tool):
                item.use()
        """,
    "a cast": """
        from typing import cast
        from helper import settle
        class Tool:
            def use(self):
                settle()
        class Other:
            def use(self): ...
        async def f(item):
            cast("Tool", item).use()
        """,
    "the bound of a type variable": """
        from typing import TypeVar
        from helper import settle
        class Tool:
            def use(self):
                settle()
        class Other:
            def use(self): ...
        T = TypeVar("T", bound=Tool)
        async def f(item: T):
            item.use()
        """,
    "a member of an enumeration": """
        from enum import Enum
        from helper import settle
        class Other:
            def use(self): ...
        class Tool(Enum):
            ONE = 1
            def use(self):
                settle()
        async def f():
            Tool.ONE.use()
        """,
    "a mixin before another class": """
        from helper import settle
        class Mixin:
            def use(self):
                super().use()
        class Tool:
            def use(self):
                settle()
        class Both(Mixin, Tool): ...
        async def f():
            Both().use()
        """,
    "a stack of blocks": """
        from contextlib import AsyncExitStack
        from helper import settle
        class Lock:
            def __enter__(self):
                settle()
        async def f():
            async with AsyncExitStack() as stack:
                stack.enter_context(Lock())
        """,
    "closing": """
        from contextlib import closing
        from helper import settle
        class Tool:
            def close(self):
                settle()
        async def f():
            with closing(Tool()):
                pass
        """,
    "what makes the value of a field": """
        from dataclasses import dataclass, field
        from helper import settle
        @dataclass
        class Tool:
            size: int = field(default_factory=settle)
        async def f():
            Tool()
        """,
    "adding in place": """
        from helper import settle
        class Tool:
            def __iadd__(self, other):
                settle()
        async def f(tool: Tool):
            tool += 1
        """,
    "a handler of Starlette's start": """
        from fastapi import FastAPI
        from helper import settle
        app = FastAPI()
        @app.on_event("startup")
        def start():
            settle()
        """,
    "a module as an object": """
        import helper
        async def f(tools=helper):
            tools.settle()
        """,
}


@pytest.mark.parametrize("way", WAYS)
def test_reached_by(sample: Sample, way: str) -> None:
    rules = {rule for rule, _ in sample.rules(helper=HELPER, a=WAYS[way])}
    assert rules == {"SF002"}


OFF_THE_LOOP = {
    "asyncio.to_thread": "import asyncio\nasync def f():\n    await asyncio.to_thread(settle)",
    "anyio.to_thread": "import anyio\nasync def f():\n    await anyio.to_thread.run_sync(settle)",
    "anyio.to_process": """
        from anyio import to_process
        async def f():
            await to_process.run_sync(settle)
        """,
    "an executor": """
        import asyncio
        async def f():
            await asyncio.get_running_loop().run_in_executor(None, settle)
        """,
    "a process pool": """
        from concurrent.futures import ProcessPoolExecutor
        pool = ProcessPoolExecutor()
        async def f():
            pool.submit(settle)
        """,
    "a thread": """
        import threading
        async def f():
            threading.Thread(target=settle).start()
        """,
    "a thread pool of Starlette": """
        from starlette.concurrency import run_in_threadpool
        async def f():
            await run_in_threadpool(settle)
        """,
    "a partial in a thread": """
        import asyncio, functools
        async def f():
            await asyncio.to_thread(functools.partial(settle))
        """,
    "a lambda in a thread": """
        import asyncio
        async def f():
            await asyncio.to_thread(lambda: settle())
        """,
    "a method in a thread": """
        import asyncio
        class Tool:
            def use(self):
                settle()
        async def f(tool: Tool):
            await asyncio.to_thread(tool.use)
        """,
    "a function of ours that hands on what it is given": """
        import asyncio
        async def ask(question, *args):
            return await asyncio.to_thread(question, *args)
        async def f():
            await ask(settle)
            await ask(lambda: settle())
        """,
    "a thread of ours": """
        import threading
        def in_thread(question):
            def work():
                question()
            threading.Thread(target=work).start()
        async def f():
            in_thread(settle)
        """,
    "a queue to a thread of ours": """
        import queue, threading
        class Threads:
            def __init__(self):
                self._questions = queue.SimpleQueue()
                threading.Thread(target=self._answer).start()
            def ask(self, question):
                self._questions.put(question)
            def _answer(self):
                while True:
                    self._questions.get()()
        async def f(threads: Threads):
            threads.ask(settle)
        """,
    "what a function that comes later makes": """
        import threading
        class Threads:
            def ask(self, question):
                threading.Thread(target=question).start()
        def work():
            open("x")
        async def f():
            make().ask(work)
        def make():
            made = Threads()
            return made
        """,
    "what may be ours or foreign": """
        import threading
        import elsewhere
        class Threads:
            def ask(self, question):
                threading.Thread(target=question).start()
        async def f(ours):
            threads = Threads() if ours else elsewhere.threads
            threads.ask(settle)
        """,
    "a task that hands off": """
        import anyio
        async def f():
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(anyio.to_thread.run_sync, settle)
        """,
    "what the threads of an executor begin with": """
        from concurrent.futures import ThreadPoolExecutor
        async def f():
            return ThreadPoolExecutor(initializer=settle)
        """,
    "a decorator that hands off": """
        import asyncio, functools
        def in_thread(function):
            @functools.wraps(function)
            async def wrapper(*args):
                return await asyncio.to_thread(function, *args)
            return wrapper
        class Tool:
            @in_thread
            def use(self):
                settle()
        @in_thread
        def work():
            settle()
        async def f(tool: Tool):
            await work()
            await tool.use()
        """,
    "a decorator with arguments that hands off": """
        import asyncio
        def in_thread(limit):
            def decorate(function):
                def wrapper(*args):
                    return asyncio.to_thread(function, *args)
                return wrapper
            return decorate
        @in_thread(3)
        def work():
            settle()
        async def f():
            await work()
        """,
    "an asynchronous function that looks like a plain one": """
        import asyncio, functools
        def make():
            @functools.wraps(settle)
            async def work():
                await asyncio.to_thread(settle)
            return work
        async def f():
            await make()()
        """,
    "a default that the caller replaces": """
        def work(rest=settle):
            rest()
        async def f():
            work(rest=print)
        """,
    "a generator that is iterated over in a thread": """
        import asyncio
        def items():
            yield settle()
        async def f():
            batches = items()
            await asyncio.to_thread(next, batches)
        """,
    "a context that is entered in a thread": """
        import asyncio
        from contextlib import contextmanager
        @contextmanager
        def block():
            settle()
            yield
        async def f():
            await asyncio.to_thread(block().__enter__)
        """,
    "a plain route": """
        from fastapi import APIRouter
        router = APIRouter()
        @router.get("/")
        def route():
            settle()
        @router.get("/other")
        async def other():
            pass
        """,
    "a plain dependency": """
        from typing import Annotated
        from fastapi import Depends
        def dependency():
            settle()
        async def route(given: Annotated[int, Depends(dependency)], other=Depends(dependency)):
            pass
        """,
    "a background task": """
        async def route(background_tasks):
            background_tasks.add_task(settle)
        """,
    "a typer command": """
        import asyncio, typer
        app = typer.Typer()
        @app.command()
        def command():
            settle()
            asyncio.run(main())
        async def main():
            pass
        """,
    "a synchronous function that nothing calls": """
        def unused():
            settle()
        async def f():
            pass
        """,
    "making a coroutine function's argument": """
        async def other(): ...
        def plain():
            settle()
            return other()
        """,
}


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
