"""Schemas of list pages and of problem details."""

from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

_Item = TypeVar("_Item")


class Page(BaseModel, Generic[_Item]):
    """A page of a list, with a cursor for the next one."""

    items: list[_Item]
    next_cursor: str | None = Field(
        default=None, description="Send it as `cursor` to get the next page; null at the end."
    )
    total: int = Field(description="The number of items in the whole list.")


class FieldError(BaseModel):
    """An error in a request."""

    location: str = Field(description="The location, such as `body.path` or `query.limit`.")
    message: str = Field(description="A description of the error.")
    code: str = Field(description="A stable code for the kind of error.")


class Problem(BaseModel):
    """An error, in a form for programs (`type`) and for people (`detail`)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "urn:stoat-ferret:problem:job-not-found",
                    "title": "There is no such job",
                    "status": 404,
                    "detail": "There is no job 0199e6a2-7b5c-7cc0-8a44-6a4f0a3f7e11.",
                    "instance": "/api/v1/jobs/0199e6a2-7b5c-7cc0-8a44-6a4f0a3f7e11",
                    "request_id": "5f0c7a1c9f2b4b7c8a6f5d1e3c2b1a09",
                }
            ]
        }
    )

    type: str = Field(description="A stable identifier of the kind of problem.")
    title: str = Field(description="The kind of problem, in words.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="This problem, in an actionable sentence.")
    instance: str | None = Field(default=None, description="The path of the request.")
    request_id: str | None = Field(
        default=None, description="The id of the request, as in the log and in X-Request-ID."
    )
    errors: list[FieldError] | None = Field(
        default=None,
        description="The errors in the request, if they are known.",
    )
