"""The description of the interface is complete."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from stoat_ferret.api.app import create_app
from stoat_ferret.bootstrap import open_services
from stoat_ferret.config import load_settings

if TYPE_CHECKING:
    import httpx

API_PAGE = Path(__file__).parents[3] / "docs" / "api.md"
OPERATION_IDS = {
    "cancel_job",
    "count_facets",
    "delete_job",
    "delete_tag",
    "edit_video",
    "edit_videos",
    "export_timeline",
    "export_video_timeline",
    "follow_events",
    "forget_finished_jobs",
    "forget_video",
    "forget_videos",
    "get_job",
    "get_liveness",
    "get_metrics",
    "get_folder_path",
    "get_readiness",
    "get_system",
    "get_video",
    "get_video_index",
    "get_video_storyboard",
    "get_video_storyboard_sheet",
    "get_video_thumbnail",
    "head_video_stream",
    "head_video_storyboard",
    "head_video_storyboard_sheet",
    "head_video_thumbnail",
    "import_timeline",
    "list_job_kinds",
    "list_jobs",
    "list_folder_level",
    "list_presets",
    "list_roots",
    "list_sub_folders",
    "list_tags",
    "list_videos",
    "make_storyboards",
    "plan_render",
    "restore_library",
    "rename_tag",
    "rescan_videos",
    "retry_job",
    "sign_in",
    "sign_out",
    "start_render",
    "start_scan",
    "stream_video",
    "undo_edit",
}
"""Clients are generated from these: new ones may be added at each release, none may change."""


@pytest.fixture(scope="module")
def document(client: httpx.Client) -> dict[str, Any]:
    answer = client.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    body: dict[str, Any] = answer.json()
    return body


@pytest.fixture(scope="module")
def operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [call for calls in document["paths"].values() for call in calls.values()]


async def test_the_start_of_a_server_makes_none(tmp_path: Path) -> None:
    settings = load_settings(roots=(tmp_path,), data_dir=tmp_path, port=0)
    async with open_services(settings) as services:
        app = create_app(services)
        async with app.router.lifespan_context(app):
            assert app.openapi_schema is None


def test_the_names_of_calls_stay_the_same(operations: list[dict[str, Any]]) -> None:
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names))
    assert set(names) >= OPERATION_IDS


def test_each_path_is_on_the_page_of_the_interface(document: dict[str, Any]) -> None:
    """The page shortens names of parameters, and what is common to paths of one row."""
    page = API_PAGE.read_text("utf-8")
    for path in document["paths"]:
        shown = re.sub(r"\{\w+_id\}", "{id}", path).replace("{number}", "{n}")
        last = shown.rpartition("/")[2]
        assert shown in page or f"…/{last}" in page, path


def test_every_call_says_what_it_is_for(operations: list[dict[str, Any]]) -> None:
    for operation in operations:
        name = operation["operationId"]
        assert operation["summary"], name
        assert len(operation["description"]) > 20, name
        assert operation["tags"], name
        for parameter in operation.get("parameters", ()):
            assert parameter["description"], (name, parameter["name"])


def test_every_success_has_an_example(
    document: dict[str, Any], operations: list[dict[str, Any]]
) -> None:
    for operation in operations:
        name = operation["operationId"]
        successes = {
            status: answer for status, answer in operation["responses"].items() if status < "300"
        }
        assert successes, name
        for status, answer in successes.items():
            assert (status == "204") == ("content" not in answer), name
            for content in answer.get("content", {}).values():
                assert has_example(document, content), (name, status)


def test_every_body_has_an_example(
    document: dict[str, Any], operations: list[dict[str, Any]]
) -> None:
    for operation in operations:
        for content in operation.get("requestBody", {}).get("content", {}).values():
            assert has_example(document, content), operation["operationId"]


def test_every_error_is_a_problem_with_examples(operations: list[dict[str, Any]]) -> None:
    for operation in operations:
        name = operation["operationId"]
        errors = {
            status: answer for status, answer in operation["responses"].items() if status >= "400"
        }
        assert {"403", "422", "500"} <= set(errors), name
        assert ("401" in errors) == ("429" in errors), name
        for status, answer in errors.items():
            assert answer["description"], (name, status)
            assert list(answer["content"]) == ["application/problem+json"], (name, status)
            content = answer["content"]["application/problem+json"]
            assert content["schema"] == {"$ref": "#/components/schemas/Problem"}
            for example in content["examples"].values():
                assert example["value"]["status"] == int(status)


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    def references(node: object) -> set[str]:
        if isinstance(node, dict):
            own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
            return own.union(*(references(value) for value in node.values()))
        if isinstance(node, list):
            return set().union(*(references(value) for value in node))
        return set()

    for reference in references(document):
        resolve(document, reference)


def test_every_path_of_the_design_is_there(document: dict[str, Any]) -> None:
    assert {
        "/health/live",
        "/health/ready",
        "/metrics",
        "/api/v1/scans",
        "/api/v1/jobs",
        "/api/v1/jobs/{job_id}",
        "/api/v1/jobs/{job_id}/cancel",
        "/api/v1/jobs/{job_id}/retry",
        "/api/v1/events",
        "/api/v1/videos",
        "/api/v1/videos/{video_id}",
        "/api/v1/videos/facets",
        "/api/v1/videos/bulk",
        "/api/v1/tags",
        "/api/v1/roots",
        "/api/v1/folders",
        "/api/v1/folders/tree",
    } <= set(document["paths"])


def resolve(document: dict[str, Any], reference: str) -> dict[str, Any]:
    node = document
    for part in reference.removeprefix("#/").split("/"):
        node = node[part]
    return node


def has_example(document: dict[str, Any], content: dict[str, Any]) -> bool:
    if content.get("example") or content.get("examples"):
        return True
    schema = content.get("schema", {})
    if "$ref" in schema:
        schema = resolve(document, schema["$ref"])
    return bool(schema.get("examples"))
