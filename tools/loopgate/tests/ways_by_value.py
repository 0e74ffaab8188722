"""Programs in which the loop reaches a helper through functions that are given or kept."""

from __future__ import annotations

BY_VALUE = {
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
}
