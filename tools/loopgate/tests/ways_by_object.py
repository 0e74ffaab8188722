"""Programs in which the loop reaches a helper through objects and what syntax does to them."""

from __future__ import annotations

BY_OBJECT = {
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
}
