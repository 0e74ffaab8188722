"""Each router is part of the interface."""

from __future__ import annotations

import pkgutil

from stoat_ferret.api import local_app, routers
from stoat_ferret.api.app import ROUTERS

MODULES = {module.name for module in pkgutil.iter_modules(routers.__path__)}


def test_each_router_that_there_is_is_listed_in_the_application() -> None:
    listed = [module.__name__.rpartition(".")[2] for module in ROUTERS]
    assert sorted(listed) == sorted(MODULES)


def test_the_calls_of_commands_are_routers() -> None:
    assert {*local_app.LIBRARY_CALLS, *local_app.TASK_CALLS} <= MODULES
