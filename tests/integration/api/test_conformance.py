"""Requests made of the description of the interface, one by one and in sequences.

Whatever is sent, the server does not fail, and answers what the description says.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
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
from tests.integration.api.streams import scan

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import httpx
    from schemathesis.core.transport import Response

    Case = schemathesis.Case[Any]
    from tests.integration.api.server import RunningServer

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
    """So many, the same in each run, and the first one that fails is shown as it is."""
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


@pytest.fixture(scope="module")
def video_id(client: httpx.Client, library: Path) -> str:
    assert scan(client, str(library))["status"] == "succeeded"
    found: str = client.get("/api/v1/videos").json()["items"][0]["id"]
    return found


@pytest.fixture(scope="module")
def described(server: RunningServer) -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_url(f"{server.url}/api/v1/openapi.json").exclude(
        path=list(ENDLESS)
    )


def naming(case: Case, video_id: str, path: str) -> None:
    """Have `case` speak of a video and of a folder that there are, where it speaks of any."""
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
    class Workflow(described.as_state_machine()):  # type: ignore[misc]  # a class made at run time
        def get_call_kwargs(self, case: Case) -> dict[str, Any]:
            return {"timeout": DEADLINE_SECONDS}

        def validate_response(self, response: Response, case: Case, **options: Any) -> None:
            case.validate_response(response, checks=CHECKS)

    # What the server answers decides what is sent next, and it is another server each time: where
    # that takes the generator out of its stride, and no answer was wrong, the next one begins.
    for number in range(examples):
        with suppress(FlakyStrategyDefinition):
            machine = seed(number)(Workflow)
            run_state_machine_as_test(machine, settings=settings(trials(3), derandomize=False))


def test_each_call_answers_as_it_is_described(
    described: schemathesis.BaseSchema, video_id: str, library: Path
) -> None:
    folder = str(library)
    assert try_each_operation(described, 5, lambda case: naming(case, video_id, folder)) > 200


def test_sequences_of_calls_answer_as_they_are_described(
    described: schemathesis.BaseSchema, video_id: str
) -> None:
    follow_sequences(described, 4)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_each_call_answers_as_it_is_described_however_often(
    described: schemathesis.BaseSchema, video_id: str, library: Path
) -> None:
    folder = str(library)
    assert try_each_operation(described, 200, lambda case: naming(case, video_id, folder)) > 5000


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_sequences_of_calls_answer_as_they_are_described_however_many(
    described: schemathesis.BaseSchema, video_id: str
) -> None:
    follow_sequences(described, 200)
