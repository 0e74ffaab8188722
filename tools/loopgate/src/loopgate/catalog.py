"""A catalog of code outside the project: what blocks, what it returns, what leaves the loop."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True)
class _Kind:
    why: str
    instead: str
    anywhere: bool
    """True if a file with asynchronous functions must not contain such a call at all."""


class Kind(Enum):
    """The thing that a blocking call waits for."""

    PROCESS = _Kind("waits for a process", "asyncio.create_subprocess_exec", True)
    SLEEP = _Kind("sleeps", "asyncio.sleep", True)
    NETWORK = _Kind("waits for the network", "an asynchronous client (httpx.AsyncClient)", True)
    FILE = _Kind("waits for the disk", "anyio.to_thread.run_sync or asyncio.to_thread", False)
    DATABASE = _Kind(
        "waits for the database", "an asynchronous driver, or asyncio.to_thread", False
    )
    WAIT = _Kind("waits for other threads or processes", "what asyncio has for it", False)


def _names(prefix: str, words: str) -> list[str]:
    return [f"{prefix}{word}" for word in words.split()]


_BY_KIND: dict[Kind, list[str]] = {
    Kind.PROCESS: [
        *_names("subprocess.", "run call check_call check_output getoutput getstatusoutput Popen"),
        *_names("subprocess.Popen.", "wait communicate __exit__"),
        *_names("os.", "system popen wait wait3 wait4 waitpid waitid"),
        *_names("os.", "spawnl spawnle spawnlp spawnlpe spawnv spawnve spawnvp spawnvpe"),
        "pty.spawn",
        "webbrowser.open",
    ],
    Kind.SLEEP: ["time.sleep", *_names("signal.", "pause sigwait sigwaitinfo sigtimedwait")],
    Kind.NETWORK: [
        *_names("urllib.request.", "urlopen urlretrieve OpenerDirector.open"),
        *_names("requests.", "get post put patch delete head options request"),
        *_names("requests.Session.", "get post put patch delete head options request send"),
        *_names("httpx.", "get post put patch delete head options request stream"),
        *_names("httpx.Client.", "get post put patch delete head options request stream send"),
        *_names("urllib3.", "request PoolManager.request PoolManager.urlopen"),
        *_names("http.client.HTTPConnection.", "connect request getresponse"),
        *_names("http.client.HTTPSConnection.", "connect request getresponse"),
        *_names("http.client.HTTPResponse.", "read readline readinto"),
        *_names("socket.", "create_connection getaddrinfo gethostbyname gethostbyname_ex"),
        *_names("socket.", "gethostbyaddr getnameinfo getfqdn"),
        *_names("socket.socket.", "connect connect_ex accept recv recvfrom recv_into recvmsg"),
        *_names("socket.socket.", "recvfrom_into send sendall sendto sendmsg sendfile"),
        "ssl.get_server_certificate",
        *_names("select.", "select poll.poll epoll.poll"),
        *_names("smtplib.", "SMTP SMTP_SSL LMTP"),
        *_names("ftplib.", "FTP FTP_TLS"),
        *_names("imaplib.", "IMAP4 IMAP4_SSL"),
        *_names("poplib.", "POP3 POP3_SSL"),
        *_names("paramiko.SSHClient.", "connect exec_command"),
    ],
    Kind.FILE: [
        *_names("", "open input"),
        *_names("io.", "open open_code FileIO"),
        *_names("io.file.", "read read1 readline readlines readinto readall write writelines"),
        *_names("io.file.", "flush truncate"),
        *_names("sys.stdin.", "read readline readlines buffer.read buffer.readline"),
        *_names("os.", "open read write pread pwrite readv writev sendfile copy_file_range"),
        *_names("os.", "fsync fdatasync sync truncate ftruncate walk fwalk scandir listdir"),
        *_names("os.", "stat lstat statvfs access remove unlink rename renames replace mkdir"),
        *_names("os.", "makedirs rmdir removedirs link symlink readlink chmod chown utime mkfifo"),
        *_names("os.path.", "exists lexists isfile isdir islink ismount getsize getmtime"),
        *_names("os.path.", "getatime getctime realpath samefile"),
        *_names("os.DirEntry.", "stat is_dir is_file is_symlink"),
        *_names(
            "shutil.", "copy copy2 copyfile copyfileobj copytree copymode copystat move rmtree"
        ),
        *_names("shutil.", "disk_usage which chown make_archive unpack_archive"),
        *_names("glob.", "glob iglob"),
        *_names("pathlib.Path.", "read_text read_bytes write_text write_bytes open exists stat"),
        *_names("pathlib.Path.", "lstat is_file is_dir is_symlink is_mount is_fifo is_socket"),
        *_names("pathlib.Path.", "is_block_device is_char_device is_junction iterdir glob rglob"),
        *_names("pathlib.Path.", "walk mkdir rmdir unlink rename replace touch chmod lchmod"),
        *_names("pathlib.Path.", "symlink_to hardlink_to link_to readlink resolve samefile owner"),
        *_names("pathlib.Path.", "group copy copy_into move move_into"),
        *_names("tempfile.", "mkdtemp mkstemp NamedTemporaryFile TemporaryDirectory"),
        *_names("tempfile.", "TemporaryFile"),
        *_names("zipfile.", "ZipFile ZipFile.extract ZipFile.extractall ZipFile.read"),
        *_names("tarfile.", "open TarFile.extract TarFile.extractall"),
        *_names("", "gzip.open bz2.open lzma.open shelve.open dbm.open fileinput.input"),
        *_names("", "hashlib.file_digest filecmp.cmp filecmp.cmpfiles linecache.getlines"),
        *_names("fcntl.", "flock lockf"),
        *_names("filelock.FileLock.", "acquire __enter__"),
        "getpass.getpass",
    ],
    Kind.DATABASE: [
        "sqlite3.connect",
        *_names("sqlite3.Connection.", "execute executemany executescript commit rollback backup"),
        *_names("sqlite3.Connection.", "iterdump close __exit__"),
        *_names("sqlite3.Cursor.", "execute executemany executescript fetchone fetchmany fetchall"),
        *_names("sqlalchemy.SyncEngine.", "connect begin raw_connection dispose"),
        *_names("sqlalchemy.SyncConnection.", "execute scalar scalars commit rollback begin"),
        *_names("sqlalchemy.SyncConnection.", "exec_driver_sql __exit__"),
        *_names("sqlalchemy.orm.Session.", "execute scalar scalars get query flush refresh merge"),
        *_names("sqlalchemy.orm.Session.", "commit rollback delete __exit__"),
        *_names("psycopg.", "connect Connection.execute Connection.commit Connection.rollback"),
        *_names("psycopg.Cursor.", "execute executemany fetchone fetchmany fetchall"),
        *_names("", "psycopg2.connect pymysql.connect MySQLdb.connect"),
    ],
    Kind.WAIT: [
        *_names("threading.", "Thread.join Event.wait Condition.wait Condition.wait_for"),
        *_names("threading.", "Barrier.wait"),
        *_names("queue.", "Queue.get Queue.put Queue.join SimpleQueue.get"),
        *_names("multiprocessing.", "Process.join Queue.get Queue.put Event.wait"),
        *_names("multiprocessing.Pool.", "map starmap apply join __exit__"),
        *_names("concurrent.futures.", "wait as_completed Future.result Future.exception"),
        *_names("concurrent.futures.Executor.", "shutdown __exit__"),
    ],
}

BLOCKING: dict[str, Kind] = {name: kind for kind, names in _BY_KIND.items() for name in names}
"""Blocking functions by their dotted names, methods with the name of their class."""

UNMISTAKABLE = {
    name.rpartition(".")[2]: name
    for name in _names("pathlib.Path.", "read_text read_bytes write_text write_bytes")
    + _names("pathlib.Path.", "iterdir rglob")
}
"""Methods recognized by name alone if the type of the object is unknown."""

_FILE = "io.file"
_PATH = "pathlib.Path"
_EXECUTOR = "concurrent.futures.Executor"

SAME: dict[str, str] = {
    "io.open": "open",
    "posixpath": "os.path",
    "builtins.open": "open",
    "builtins.input": "input",
    "pathlib.PosixPath": _PATH,
    "pathlib.WindowsPath": _PATH,
    "typing.IO": _FILE,
    "typing.TextIO": _FILE,
    "typing.BinaryIO": _FILE,
    "io.TextIOWrapper": _FILE,
    "io.BufferedReader": _FILE,
    "io.BufferedWriter": _FILE,
    "io.BufferedRandom": _FILE,
    "io.FileIO": _FILE,
    "filelock.UnixFileLock": "filelock.FileLock",
    "concurrent.futures.ThreadPoolExecutor": _EXECUTOR,
    "concurrent.futures.ProcessPoolExecutor": _EXECUTOR,
    "concurrent.futures.thread.ThreadPoolExecutor": _EXECUTOR,
    "concurrent.futures.process.ProcessPoolExecutor": _EXECUTOR,
    "queue.LifoQueue": "queue.Queue",
    "queue.PriorityQueue": "queue.Queue",
    "multiprocessing.pool.Pool": "multiprocessing.Pool",
    "sqlalchemy.engine.create_engine": "sqlalchemy.create_engine",
}
"""Other names for the same thing."""

RESULTS: dict[str, str] = {
    **dict.fromkeys(("open", "os.fdopen", "os.popen", "gzip.open", "bz2.open", "lzma.open"), _FILE),
    **dict.fromkeys(_names("tempfile.", "NamedTemporaryFile TemporaryFile"), _FILE),
    f"{_PATH}.open": _FILE,
    **dict.fromkeys(
        _names(
            f"{_PATH}.",
            "home cwd absolute expanduser joinpath relative_to resolve with_name with_stem "
            "with_suffix iterdir glob rglob rename replace readlink walk",
        ),
        _PATH,
    ),
    "os.scandir": "os.DirEntry",
    "threading.Thread": "threading.Thread",
    "threading.Timer": "threading.Thread",
    "multiprocessing.Process": "multiprocessing.Process",
    "multiprocessing.context.Process": "multiprocessing.Process",
    "sqlite3.connect": "sqlite3.Connection",
    "sqlite3.Connection.cursor": "sqlite3.Cursor",
    "sqlite3.Connection.execute": "sqlite3.Cursor",
    "sqlalchemy.create_engine": "sqlalchemy.SyncEngine",
    "sqlalchemy.SyncEngine.connect": "sqlalchemy.SyncConnection",
    "sqlalchemy.SyncEngine.begin": "sqlalchemy.SyncConnection",
    "sqlalchemy.orm.sessionmaker": "sqlalchemy.orm.sessionmaker",
    "sqlalchemy.orm.sessionmaker.__call__": "sqlalchemy.orm.Session",
    "psycopg.connect": "psycopg.Connection",
    "psycopg.Connection.cursor": "psycopg.Cursor",
    "requests.session": "requests.Session",
    "socket.create_connection": "socket.socket",
    "socket.socket.accept": "socket.socket",
    "socket.socket.makefile": _FILE,
    "http.client.HTTPConnection.getresponse": "http.client.HTTPResponse",
    "http.client.HTTPSConnection.getresponse": "http.client.HTTPResponse",
    "urllib.request.urlopen": "http.client.HTTPResponse",
    "urllib.request.build_opener": "urllib.request.OpenerDirector",
    f"{_EXECUTOR}.submit": "concurrent.futures.Future",
    "asyncio.run_coroutine_threadsafe": "concurrent.futures.Future",
    "select.poll": "select.poll",
    "select.epoll": "select.epoll",
    "socket.socket": "socket.socket",
    "multiprocessing.Pool": "multiprocessing.Pool",
}
"""The types of results, unless the result is an object of the class that is called."""

ATTRIBUTES: dict[str, str] = dict.fromkeys(_names(f"{_PATH}.", "parent parents"), _PATH)
"""The types of attributes."""

RETURNS_ARGUMENTS = frozenset(
    _names("", "iter next list tuple set frozenset sorted reversed enumerate zip filter dict")
    + _names("", "min max")
    + _names("functools.", "partial wraps lru_cache cache cached_property partialmethod")
    + _names("copy.", "copy deepcopy")
    + _names("contextlib.", "closing aclosing nullcontext contextmanager asynccontextmanager")
    + _names("asyncio.", "wait_for shield create_task gather ensure_future")
    + _names("itertools.", "chain islice chain.from_iterable")
    + ["dataclasses.replace", "staticmethod", "classmethod", "property", "weakref.ref"]
)  # fmt: skip
"""Outside functions that return their arguments, or something that holds them."""

CALLS_NOTHING = frozenset(
    _names("", "isinstance issubclass callable id repr str hash print type getattr hasattr setattr")
    + _names("", "list tuple set frozenset dict reversed enumerate zip iter bool len vars")
    + _names("pickle.", "dumps dump") + ["copy.copy", "copy.deepcopy", "dataclasses.replace"]
    + _names("functools.", "partial wraps partialmethod update_wrapper lru_cache cache")
    + _names("typing.", "cast get_type_hints") + _names("asyncio.", "iscoroutinefunction")
    + _names("inspect.", "signature iscoroutinefunction isfunction unwrap getsource")
    + ["staticmethod", "classmethod", "property", "weakref.ref", "dataclasses.field"]
    + ["concurrent.futures.Executor", "multiprocessing.Pool"]
    + _names("queue.", "Queue.put Queue.put_nowait SimpleQueue.put SimpleQueue.put_nowait")
)  # fmt: skip
"""Outside functions that do not call the functions passed to them."""

HAND_OFFS: dict[str, tuple[int, str]] = {
    "asyncio.to_thread": (0, "func"),
    "anyio.to_thread.run_sync": (0, "func"),
    "anyio.to_process.run_sync": (0, "func"),
    "anyio.to_interpreter.run_sync": (0, "func"),
    "starlette.concurrency.run_in_threadpool": (0, "func"),
    "starlette.concurrency.iterate_in_threadpool": (0, "iterator"),
    "fastapi.concurrency.run_in_threadpool": (0, "func"),
    "fastapi.concurrency.contextmanager_in_threadpool": (0, "cm"),
    "starlette.background.BackgroundTask": (0, "func"),
    "asgiref.sync.sync_to_async": (0, "func"),
    "concurrent.futures.Executor.submit": (0, "fn"),
    "concurrent.futures.Executor.map": (0, "fn"),
    "threading.Thread": (1, "target"),
    "threading.Timer": (1, "function"),
    "_thread.start_new_thread": (0, "function"),
    "multiprocessing.Process": (1, "target"),
    "multiprocessing.context.Process": (1, "target"),
    "fastapi.Depends": (0, "dependency"),
    "fastapi.params.Depends": (0, "dependency"),
    "fastapi.Security": (0, "dependency"),
    "atexit.register": (0, "func"),
    "weakref.finalize": (1, "func"),
}
"""Functions that run another one off the loop, with the position and name of that argument.

FastAPI runs plain functions among routes and dependencies in threads.
"""

HAND_OFF_METHODS: dict[str, int] = {
    "run_in_executor": 1,
    "submit": 0,
    "apply_async": 0,
    "map_async": 0,
    "add_task": 0,
    "add_api_route": 1,
    "add_exception_handler": 1,
    "exception_handler": 1,
}
"""The same for methods of objects outside the project: the position of the argument."""

LOOP_CALLBACKS = frozenset(
    "call_soon call_soon_threadsafe call_later call_at add_reader add_writer add_signal_handler "
    "add_done_callback run_sync_soon".split()
)
"""Methods that schedule a function on the loop."""
LOOP_CALLS = frozenset({"anyio.from_thread.run_sync"})
"""Functions that do the same from another thread."""

PROTOCOLS = frozenset(
    _names("asyncio.", "BaseProtocol Protocol BufferedProtocol DatagramProtocol SubprocessProtocol")
    + _names("asyncio.protocols.", "BaseProtocol Protocol SubprocessProtocol")
)
"""Classes whose methods the loop calls."""

ENUMERATIONS = frozenset(_names("enum.", "Enum IntEnum StrEnum Flag IntFlag"))
"""Classes whose attributes are their instances."""

OF_INTEREST = frozenset(
    ".".join(parts[:count])
    for name in (
        *BLOCKING,
        *SAME,
        *RESULTS,
        *ATTRIBUTES,
        *RETURNS_ARGUMENTS,
        *CALLS_NOTHING,
        *HAND_OFFS,
        *LOOP_CALLS,
        *PROTOCOLS,
        *("typing.Self", "typing_extensions.Self", "typing.Protocol", "importlib.import_module"),
        *("typing.TypeVar", *ENUMERATIONS),
    )
    for parts in [name.split(".")]
    for count in range(1, len(parts) + 1)
)
"""Every name above and its prefixes; everything else outside the project is alike."""


def canonical(name: str) -> str:
    """Return the one name of something that has several."""
    if name in SAME:
        return SAME[name]
    if name.startswith("posixpath."):
        return f"os.path.{name[10:]}"
    if name.startswith("builtins."):
        return name[9:]
    return name
