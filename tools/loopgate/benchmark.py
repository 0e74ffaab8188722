"""Compare what the gate finds with ruff and flake8-async, and time it on the whole project.

.venv/bin/python tools/loopgate/benchmark.py    (flake8-async runs if it is on PATH)
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

TOP = Path(__file__).resolve().parents[2]
GATE = TOP / "scripts" / "check_blocking_calls.py"
_BLOCKING_CODES = re.compile(r"ASYNC2\d\d")


def by_gate(folder: Path) -> bool:
    """Return whether the gate finds anything."""
    return b"SF00" in _output([sys.executable, str(GATE), str(folder)])


def by_ruff(folder: Path) -> bool:
    """Return whether ruff's ASYNC rules find a blocking call."""
    ruff = str(Path(sys.executable).parent / "ruff")
    options = ["--isolated", "--preview", "--select", "ASYNC", "--output-format", "json"]
    output = _output([ruff, "check", *options, str(folder)])
    return bool(_BLOCKING_CODES.search(output.decode()))


def by_flake8_async(folder: Path) -> bool:
    """Return whether flake8-async finds a blocking call."""
    codes = "210 211 212 220 221 222 230 231 232 240 250 251".split()
    enabled = ",".join(f"ASYNC{code}" for code in codes)
    files = [str(file) for file in folder.glob("*.py")]
    output = _output(["flake8-async", f"--enable={enabled}", "--asyncio", *files])
    return bool(_BLOCKING_CODES.search(output.decode()))


def _output(command: list[str]) -> bytes:
    return subprocess.run(command, capture_output=True, check=False).stdout


def _samples() -> dict[str, list[dict[str, str]]]:
    sys.path[:0] = [str(TOP), str(TOP / "tools" / "loopgate" / "src")]
    from tools.loopgate.tests import test_plain_rule as plain
    from tools.loopgate.tests import test_reached_rule as reached
    from tools.loopgate.tests.ways_off_loop import OFF_THE_LOOP

    direct = {**plain.PROCESS_SLEEP_NETWORK, **plain.DISK_AND_DATABASE}
    helper = {"helper": reached.HELPER}
    off = (textwrap.dedent(text) for text in OFF_THE_LOOP.values())
    return {
        "blocking calls in an asynchronous function": [
            {"a": plain.in_function(text, "async def")} for text in direct.values()
        ],
        "forms of an alias": [{"a": text} for text in plain.ALIASES.values()],
        "ways to reach a helper": [{**helper, "a": text} for text in reached.WAYS.values()],
        "ways off the loop": [{**helper, "a": f"{reached.IMPORT}{text}"} for text in off],
    }


def _count(samples: list[dict[str, str]], finds: Callable[[Path], bool]) -> int:
    return sum(_finds(sample, finds) for sample in samples)


def _finds(sample: Mapping[str, str], finds: Callable[[Path], bool]) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        for name, text in sample.items():
            Path(folder, f"{name}.py").write_text(textwrap.dedent(text))
        return finds(Path(folder))


def main() -> None:
    """Print a line for each group of samples, and the seconds for the whole project."""
    tools = {"ruff": by_ruff, "flake8-async": by_flake8_async, "gate": by_gate}
    if shutil.which("flake8-async") is None:
        del tools["flake8-async"]
    for title, samples in _samples().items():
        found = ", ".join(f"{name} {_count(samples, finds)}" for name, finds in tools.items())
        print(f"{len(samples)} {title}: {found}")
    start = time.perf_counter()
    subprocess.run([sys.executable, str(GATE), str(TOP / "src")], check=False)
    print(f"src: {time.perf_counter() - start:.2f} s")


if __name__ == "__main__":
    main()
