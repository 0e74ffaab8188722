"""Programs in which the loop reaches a helper through what names are bound to."""

from __future__ import annotations

BY_BINDING = {
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
