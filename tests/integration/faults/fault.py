"""Ways to hold the event loop, as small changes of the program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_FFPROBE_TEST = "test_the_server_answers_while_ffprobe_is_slow"
_LIBAV_TEST = "test_the_server_answers_while_libav_reads_many_files_and_slow_ones"


@dataclass(frozen=True)
class Edit:
    """A text in a file that is replaced by another one."""

    path: str
    old: str
    new: str

    def apply(self, tree: Path) -> None:
        """Make the change. Fails unless the text occurs exactly once."""
        file = tree / self.path
        text = file.read_text("utf-8")
        count = text.count(self.old)
        assert count == 1, f"{self.path} has {count} times what the fault replaces: {self.old!r}"
        file.write_text(text.replace(self.old, self.new), "utf-8")


@dataclass(frozen=True)
class Fault:
    """One way to hold the loop, and what has to detect it.

    The gate must name `path` and `call`; None if it cannot know. `test` must fail with `culprit`
    in the stack that it shows; None if it need not.
    """

    name: str
    edits: tuple[Edit, ...]
    path: str | None = None
    call: str | None = None
    test: str | None = None
    culprit: str | None = None
    new_path: str = ""
    new_file: str = ""

    def plant(self, tree: Path) -> None:
        """Plant the fault in a copy of the repository."""
        for edit in self.edits:
            edit.apply(tree)
        if self.new_path:
            (tree / self.new_path).write_text(self.new_file, "utf-8")

    def __str__(self) -> str:
        return self.name


_PROBE = "src/stoat_ferret/ffmpeg/probe.py"
_SCANNER = "src/stoat_ferret/scan/scanner.py"
_SCAN_JOB = "src/stoat_ferret/scan/job.py"
_PROBING = "src/stoat_ferret/scan/reading.py"
_SETTLING = "src/stoat_ferret/scan/settling.py"

_START_OF_SCAN = "    started = time.monotonic()\n    try:\n"
_IMPORT_OF_SCANNER = "from stoat_ferret.scan.request import ScanRequest, ScanTools\n"

FAULTS = (
    Fault(
        "subprocess.run in ffprobe_video",
        (
            Edit(_PROBE, "import re\n", "import re\nimport subprocess\n"),
            Edit(
                _PROBE,
                "    name = os.fsdecode(path)\n",
                "    name = os.fsdecode(path)\n"
                "    subprocess.run([ffprobe, name], capture_output=True, check=False)\n",
            ),
        ),
        path=_PROBE,
        call="subprocess.run",
        test=_FFPROBE_TEST,
        culprit="in ffprobe_video",
    ),
    Fault(
        "a helper of the scanner that sleeps for 3 s",
        (
            Edit(
                _SCANNER,
                _IMPORT_OF_SCANNER,
                "from stoat_ferret.scan.settling import let_it_settle\n" + _IMPORT_OF_SCANNER,
            ),
            Edit(_SCANNER, _START_OF_SCAN, f"    let_it_settle()\n{_START_OF_SCAN}"),
        ),
        path=_SETTLING,
        call="time.sleep",
        test=_LIBAV_TEST,
        culprit="in let_it_settle",
        new_path=_SETTLING,
        new_file='''"""Gives a disk time to settle."""

import time


def let_it_settle() -> None:
    """Wait until no file is being written."""
    time.sleep(3)
''',
    ),
    Fault(
        "a walk over 100,000 entries in the handler",
        (
            Edit(
                _SCAN_JOB,
                "from typing import TYPE_CHECKING, Any\n",
                "from pathlib import Path\nfrom typing import TYPE_CHECKING, Any\n",
            ),
            Edit(
                _SCAN_JOB,
                "        result = ScanResult(root=root.name, earlier=earlier)\n",
                "        result = ScanResult(root=root.name, earlier=earlier)\n"
                '        result.found = sum(p.is_file() for p in Path(root.path).rglob("*"))\n',
            ),
        ),
        path=_SCAN_JOB,
        call="rglob",
        test=_LIBAV_TEST,
        culprit="in __call__",
    ),
    Fault(
        "a commit to a database for each file",
        (
            Edit(_PROBING, "import os\n", "import os\nimport sqlite3\n"),
            Edit(
                _PROBING,
                "        warn(self.result, probed.thumbnail)\n",
                "        warn(self.result, probed.thumbnail)\n"
                '        with sqlite3.connect("done.db") as connection:\n'
                '            connection.execute("CREATE TABLE IF NOT EXISTS done (path)")\n'
                '            connection.execute("INSERT INTO done VALUES (?)", [file.path])\n'
                "            connection.commit()\n",
            ),
        ),
        path=_PROBING,
        call="sqlite3",
    ),
    Fault(
        "1 s of computing on the loop",
        (
            Edit(
                _SCANNER,
                _START_OF_SCAN,
                "    end = time.thread_time() + 1\n"
                "    while time.thread_time() < end:\n"
                "        sum(range(1000))\n" + _START_OF_SCAN,
            ),
        ),
        test=_LIBAV_TEST,
        culprit="in scan_folder",
    ),
)
