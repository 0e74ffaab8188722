"""SF001: blocking calls in asynchronous functions, and beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tools.loopgate.tests.conftest import ASYNC

if TYPE_CHECKING:
    from tools.loopgate.tests.conftest import Sample

PROCESS_SLEEP_NETWORK = {
    "subprocess.run": "import subprocess\n{}subprocess.run(['x'])",
    "subprocess.call": "import subprocess\n{}subprocess.call(['x'])",
    "subprocess.check_call": "import subprocess\n{}subprocess.check_call(['x'])",
    "subprocess.check_output": "import subprocess\n{}subprocess.check_output(['x'])",
    "subprocess.getoutput": "import subprocess\n{}subprocess.getoutput('x')",
    "subprocess.Popen.wait": "import subprocess\n{}subprocess.Popen(['x']).wait()",
    "subprocess.Popen.communicate": "import subprocess\n{}subprocess.Popen(['x']).communicate()",
    "os.system": "import os\n{}os.system('x')",
    "os.popen": "import os\n{}os.popen('x')",
    "os.waitpid": "import os\n{}os.waitpid(1, 0)",
    "time.sleep": "import time\n{}time.sleep(1)",
    "urllib.request.urlopen": "import urllib.request\n{}urllib.request.urlopen('http://x')",
    "requests.get": "import requests\n{}requests.get('http://x')",
    "requests.Session.get": "import requests\n{}requests.Session().get('http://x')",
    "httpx.get": "import httpx\n{}httpx.get('http://x')",
    "httpx.Client.post": "import httpx\n{}httpx.Client().post('http://x')",
    "socket.create_connection": "import socket\n{}socket.create_connection(('x', 1))",
    "socket.socket.recv": "import socket\n{}socket.socket().recv(1)",
}
DISK_AND_DATABASE = {
    "sqlite3.connect": "import sqlite3\n{}sqlite3.connect('x')",
    "sqlite3.Connection.commit": "import sqlite3\n{}sqlite3.connect('x').commit()",
    "sqlite3.Cursor.fetchall": "import sqlite3\n{}sqlite3.connect('x').execute('y').fetchall()",
    "open": "{}open('x')",
    "io.file.read": "{}open('x').read()",
    "os.walk": "import os\n{}list(os.walk('x'))",
    "os.scandir": "import os\n{}os.scandir('x')",
    "os.stat": "import os\n{}os.stat('x')",
    "os.path.exists": "import os\n{}os.path.exists('x')",
    "shutil.copy": "import shutil\n{}shutil.copy('x', 'y')",
    "shutil.rmtree": "import shutil\n{}shutil.rmtree('x')",
    "glob.glob": "import glob\n{}glob.glob('x')",
    "pathlib.Path.read_text": "import pathlib\n{}pathlib.Path('x').read_text()",
    "pathlib.Path.exists": "from pathlib import Path\n{}(Path('x') / 'y').parent.exists()",
    "pathlib.Path.rglob": "from pathlib import Path\n{}list(Path.home().rglob('x'))",
}


def in_function(statement: str, keyword: str) -> str:
    *imports, call = statement.split("\n")
    return "\n".join([*imports, f"{keyword} work():", f"    {call.format('')}"])


@pytest.mark.parametrize("call", [*PROCESS_SLEEP_NETWORK, *DISK_AND_DATABASE])
def test_a_blocking_call_in_an_asynchronous_function(sample: Sample, call: str) -> None:
    statement = {**PROCESS_SLEEP_NETWORK, **DISK_AND_DATABASE}[call]
    assert ("SF001", call) in sample.rules(a=in_function(statement, "async def"))


@pytest.mark.parametrize("call", PROCESS_SLEEP_NETWORK)
def test_processes_sleep_and_network_anywhere_in_such_a_file(sample: Sample, call: str) -> None:
    text = in_function(PROCESS_SLEEP_NETWORK[call], "def") + ASYNC
    assert ("SF001", call) in sample.rules(a=text)


@pytest.mark.parametrize("call", PROCESS_SLEEP_NETWORK)
def test_at_the_top_of_such_a_file(sample: Sample, call: str) -> None:
    text = PROCESS_SLEEP_NETWORK[call].format("") + ASYNC
    assert ("SF001", call) in sample.rules(a=text)


@pytest.mark.parametrize("call", DISK_AND_DATABASE)
def test_a_synchronous_function_may_use_the_disk_where_nothing_asynchronous_calls_it(
    sample: Sample, call: str
) -> None:
    text = in_function(DISK_AND_DATABASE[call], "def") + ASYNC
    assert sample.rules(a=text) == []


@pytest.mark.parametrize("call", [*PROCESS_SLEEP_NETWORK, *DISK_AND_DATABASE])
def test_a_file_without_asynchronous_functions_is_left_alone(sample: Sample, call: str) -> None:
    statement = {**PROCESS_SLEEP_NETWORK, **DISK_AND_DATABASE}[call]
    assert sample.rules(a=in_function(statement, "def")) == []


ALIASES = {
    "a name of its own": "from subprocess import run as r\nasync def f():\n    r(['x'])",
    "a module by another name": "import subprocess as s\nasync def f():\n    s.run(['x'])",
    "a variable": "import subprocess\ngo = subprocess.run\nasync def f():\n    go(['x'])",
    "a local one": "import subprocess\nasync def f():\n    go = subprocess.run\n    go(['x'])",
    "an import where it is used": "async def f():\n    from subprocess import run\n    run(['x'])",
    "all names of a module": "from subprocess import *\nasync def f():\n    run(['x'])",
    "a default": "import subprocess\nasync def f(go=subprocess.run):\n    go(['x'])",
    "a partial": """
        import functools, subprocess
        go = functools.partial(subprocess.run, ["x"])
        async def f():
            go()
        """,
    "one of several": """
        import subprocess, time
        nap, go = time.time, subprocess.run
        async def f():
            go(["x"])
        """,
    "an item": """
        import subprocess
        CALLS = {"run": subprocess.run}
        async def f():
            CALLS["run"](["x"])
        """,
    "an attribute of a class": """
        import subprocess
        class Runner:
            go = staticmethod(subprocess.run)
            async def f(self):
                self.go(["x"])
        """,
    "an attribute of an object": """
        import subprocess
        class Runner:
            def __init__(self):
                self.go = subprocess.run
            async def f(self):
                self.go(["x"])
        """,
    "getattr": "import subprocess\nasync def f():\n    getattr(subprocess, 'run')(['x'])",
    "import_module": """
        from importlib import import_module
        async def f():
            import_module("subprocess").run(["x"])
        """,
    "a walrus": "import subprocess\nasync def f():\n    (go := subprocess.run)(['x'])",
    "a choice": """
        import subprocess
        async def f(quiet):
            (subprocess.run if quiet else print)(["x"])
        """,
    "under a condition": """
        try:
            import subprocess
        except ImportError:
            subprocess = None
        async def f():
            subprocess.run(["x"])
        """,
}


@pytest.mark.parametrize("form", ALIASES)
def test_an_alias_hides_nothing(sample: Sample, form: str) -> None:
    assert ("SF001", "subprocess.run") in sample.rules(a=ALIASES[form])


def test_an_alias_in_another_module_hides_nothing(sample: Sample) -> None:
    found = sample.rules(
        compat="from subprocess import run as launch",
        names="from compat import launch as go",
        a="import names\nasync def f():\n    names.go(['x'])",
    )
    assert found == [("SF001", "subprocess.run")]


def test_an_alias_beside_asynchronous_functions(sample: Sample) -> None:
    text = "import time as t\nnap = t.sleep\ndef rest():\n    nap(1)\n" + ASYNC
    assert sample.rules(a=text) == [("SF001", "time.sleep")]


@pytest.mark.parametrize(
    "statement",
    [
        "with open('x') as file:\n        pass",
        "for line in open('x'):\n        pass",
        "return [line for line in open('x')]",
        "data = await use(open('x'))",
        "assert open('x')",
        "x = {'a': open('x')}",
        "print(f'{open(\"x\")}')",
        "match open('x'):\n        case _:\n            pass",
        "try:\n        pass\n    finally:\n        open('x')",
        "lines = (yield open('x'))",
    ],
)
def test_wherever_it_stands_in_a_statement(sample: Sample, statement: str) -> None:
    text = f"from elsewhere import use\nasync def work():\n    {statement}\n"
    assert ("SF001", "open") in sample.rules(a=text)


def test_methods_are_known_by_the_type_of_the_object(sample: Sample) -> None:
    found = sample.rules(
        a="""
        import sqlite3
        import subprocess
        from pathlib import Path
        from typing import IO

        async def by_annotation(database: sqlite3.Connection, process: "subprocess.Popen[bytes]"):
            database.execute("x")
            process.wait()

        async def in_unions(path: Path | None, file: IO[str]):
            path.unlink()
            file.write("x")

        def make() -> Path:
            return Path("x")

        async def by_result():
            make().stat()
        """
    )
    assert [call for _, call in found] == [
        "sqlite3.Connection.execute",
        "subprocess.Popen.wait",
        "pathlib.Path.unlink",
        "io.file.write",
        "pathlib.Path.stat",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "import asyncio\nasync def f():\n    await asyncio.sleep(1)",
        "import anyio\nasync def f():\n    await anyio.Path('x').read_text()",
        "import anyio\nasync def f(path: anyio.Path):\n    return await path.exists()",
        "async def f(path):\n    async for entry in path.iterdir():\n        pass",
        "async def f(path):\n    return await path.read_text()",
        "import httpx\nasync def f():\n    await httpx.AsyncClient().get('x')",
        "async def f(process):\n    await process.wait()",
        "async def f(session):\n    session.run('x')\n    session.get('x').open()",
        "import queue\nasync def f():\n    q = queue.Queue()\n    q.get(block=False)\n    q.put(1)",
        "class time:\n    sleep = print\nasync def f():\n    time.sleep(1)",
        "from os import path\nasync def f():\n    path.join('a', path.basename('b'))",
        "import os\nasync def f(os):\n    os.stat('x')",
        "async def f():\n    'subprocess.run()'  # time.sleep(1)",
    ],
)
def test_what_does_not_block_is_left_alone(sample: Sample, text: str) -> None:
    assert sample.rules(a=text) == []


DATABASES = {
    "sqlalchemy.SyncEngine.begin": """
        from sqlalchemy import create_engine
        engine = create_engine("sqlite://")
        async def f():
            with engine.begin() as connection:
                connection.execute("x")
        """,
    "sqlalchemy.SyncConnection.commit": """
        import sqlalchemy as sa
        class Store:
            def __init__(self):
                self._engine = sa.create_engine("sqlite://")
            async def f(self):
                with self._engine.connect() as connection:
                    connection.commit()
        """,
    "sqlalchemy.orm.Session.commit": """
        from sqlalchemy.orm import sessionmaker
        make = sessionmaker()
        async def f():
            session = make()
            session.commit()
        """,
    "psycopg.Cursor.fetchall": """
        import psycopg
        async def f():
            with psycopg.connect("x") as connection, connection.cursor() as cursor:
                cursor.fetchall()
        """,
}


@pytest.mark.parametrize("call", DATABASES)
def test_synchronous_drivers_of_databases(sample: Sample, call: str) -> None:
    assert ("SF001", call) in sample.rules(a=DATABASES[call])


@pytest.mark.parametrize(
    ("call", "made"),
    [("threading.Thread", "threading.Thread"), ("multiprocessing.Process", "mp.Process")],
)
def test_waiting_for_a_thread_or_a_process_of_ours(sample: Sample, call: str, made: str) -> None:
    imports = "import threading\nimport multiprocessing as mp\n"
    text = f"{imports}async def f():\n    one = {made}(target=print)\n    one.join()\n"
    assert sample.rules(a=text) == [("SF001", f"{call}.join")]


def test_a_file_that_was_opened_in_a_thread_is_read_on_the_loop(sample: Sample) -> None:
    text = """
        import asyncio
        async def f():
            file = await asyncio.to_thread(open, "x")
            file.read()
        """
    assert sample.rules(a=text) == [("SF001", "io.file.read")]


def test_pathlib_is_known_by_its_methods_where_the_object_is_not(sample: Sample) -> None:
    text = "async def f(settings):\n    return settings.folder.read_text()"
    assert sample.rules(a=text) == [("SF001", "pathlib.Path.read_text")]


def test_a_function_inside_an_asynchronous_one_is_not_itself_on_the_loop(sample: Sample) -> None:
    text = """
        import asyncio
        async def f():
            def work():
                open("x")
            await asyncio.to_thread(work)
        """
    assert sample.rules(a=text) == []
