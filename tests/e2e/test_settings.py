"""The command that shows and changes settings, with a server and without one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.e2e.stoat import Stoat


def test_settings_are_changed_by_a_command_with_and_without_a_server(stoat: Stoat) -> None:
    shown = stoat.run("settings")
    assert shown.returncode == 0, shown.stderr
    assert "watch                    off  (fixed by STOAT_WATCH)" in shown.stdout
    changed = stoat.json("settings", "scan_concurrency", "3", "--json")
    assert changed == {"name": "scan_concurrency", "value": 3, "default": 1, "fixed_by": None}
    assert json.loads((stoat.data_dir / "settings.json").read_text())["scan_concurrency"] == 3
    limits = json.loads(stoat.run("doctor", "--json").stdout)["checks"]["limits"]
    assert limits["scan_concurrency"] == 3

    with stoat.serve() as serving:
        assert serving.call("GET", "/settings")["values"]["scan_concurrency"] == 3
        done = stoat.run("settings", "quiet-hours", "22:00-6:00")
        assert done.stdout == "quiet_hours              22:00-6:00  (default: none)\n"
        assert serving.call("GET", "/jobs/quiet-hours")["hours"] == "22:00-6:00"
        for arguments, said in (
            (("watch", "auto"), "STOAT_WATCH is set in the environment"),
            (("scan_schedule", "at night"), "name minute, hour"),
            (("thumbnails", "sometimes"), "thumbnails"),
        ):
            refused = stoat.run("settings", *arguments, "--json")
            assert refused.returncode == 1
            assert said in json.loads(refused.stdout)["error"]
        assert stoat.run("settings", "token", "x").returncode == 2
        stoat.json("settings", "quiet_hours", "default", "--json")
        assert serving.call("GET", "/jobs/quiet-hours")["hours"] is None
