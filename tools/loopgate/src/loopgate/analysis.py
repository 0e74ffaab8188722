"""Follows values through a project until it is known what each call may run.

Every expression is given the set of things that it may stand for, whatever the order of the
statements; functions are looked at again until no set grows any more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from blocking_calls.evaluation import Evaluation
from blocking_calls.flow import Flow

if TYPE_CHECKING:
    from blocking_calls.project import Project


def find_calls(project: Project) -> None:
    """Note the calls of every function in it.

    First only what names stand for, for until that is known too much looks like a call; methods
    of objects that nothing is known of are guessed in the end.
    """
    flow = Flow(project)
    _evaluate(flow)
    flow.forget_calls()
    flow.is_guessing = True
    _evaluate(flow)


def _evaluate(flow: Flow) -> None:
    flow.look_at_all()
    while function := flow.next_to_look_at():
        Evaluation(flow, function).run()
