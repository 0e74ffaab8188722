"""Requests generated from the OpenAPI document, and the checks of their answers.

A module of its own since Schemathesis takes a second to import: a process that collects the tests
need not wait for it.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import FlakyStrategyDefinition, Unsatisfiable
from hypothesis.stateful import run_state_machine_as_test
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from schemathesis.core.transport import Response

    Case = schemathesis.Case[Any]

CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
    allow_header_conformance,
]
ENDLESS = frozenset({"/api/v1/events"})
DEADLINE_SECONDS = 60.0


def trials(examples: int) -> settings:
    """Return settings for so many examples, the same in each run, without shrinking."""
    return settings(
        max_examples=examples,
        stateful_step_count=8,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
    )


def read_description(url: str) -> schemathesis.BaseSchema:
    """Read the OpenAPI document of the server at `url`, without the calls that never end."""
    document = schemathesis.openapi.from_url(f"{url}/api/v1/openapi.json", timeout=60)
    return document.exclude(path=list(ENDLESS))


def naming(case: Case, video_id: str, path: str) -> None:
    """Make `case` name an existing video and folder if it names any."""
    if "video_id" in (case.path_parameters or {}):
        case.path_parameters["video_id"] = video_id
    body: Any = case.body
    if isinstance(body, dict):
        if "video_ids" in body:
            body["video_ids"] = [video_id]
        if "path" in body:
            body["path"] = path
        for piece in body.get("clips") or ():
            if isinstance(piece, dict) and "video_id" in piece:
                piece["video_id"] = video_id


def try_each_operation(
    described: schemathesis.BaseSchema, examples: int, change: Callable[[Case], None]
) -> int:
    """Send each call `examples` valid and as many invalid requests; return how many were sent.

    `change` is applied to half of the requests.
    """
    sent = 0
    for result in described.get_all_operations():
        assert isinstance(result, Ok), result
        operation = result.ok()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

            @trials(examples)
            @given(case=operation.as_strategy(generation_mode=mode), is_real=st.booleans())
            def send(case: Case, is_real: bool) -> None:
                nonlocal sent
                if is_real:
                    change(case)
                case.call_and_validate(checks=CHECKS, timeout=DEADLINE_SECONDS)
                sent += 1

            try:
                send()
            except Unsatisfiable:  # a call that takes nothing cannot be given anything wrong
                assert mode is GenerationMode.NEGATIVE, operation.label
    return sent


def follow_sequences(described: schemathesis.BaseSchema, examples: int) -> None:
    """Follow links from answers to further calls, `examples` times."""

    class Workflow(described.as_state_machine()):  # type: ignore[misc]  # a class made at run time
        def get_call_kwargs(self, case: Case) -> dict[str, Any]:
            return {"timeout": DEADLINE_SECONDS}

        def validate_response(self, response: Response, case: Case, **options: Any) -> None:
            case.validate_response(response, checks=CHECKS)

    # The server's answers decide what is sent next, and it is another server each time: if that
    # makes the generator flaky, and no answer was wrong, the next sequence begins.
    for number in range(examples):
        with suppress(FlakyStrategyDefinition):
            machine = seed(number)(Workflow)
            run_state_machine_as_test(machine, settings=settings(trials(3), derandomize=False))
