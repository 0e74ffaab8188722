"""The schema of signing in."""

from pydantic import BaseModel, ConfigDict, Field


class SessionRequest(BaseModel):
    """The token of this server."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"token": "correct horse battery staple"}]}
    )

    token: str = Field(max_length=1000, description="The value of STOAT_TOKEN on the server.")
