"""Programs in which a helper blocks where no loop runs."""

from __future__ import annotations

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
