"""What to forget, and what that would take away, as they go over the wire."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from stoat_ferret.api.schemas.text import Display
from stoat_ferret.library.forget import ForgetPreview, Forgettable, Forgetting

MAX_IDS = 1000
MAX_COUNT = 2**31
_CENTURY_SECONDS = 100 * 365 * 86400


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("must lie in the years 1 to 9999, in UTC too") from error


class ForgetBody(BaseModel):
    """Which records to forget: those missing long enough, or those with these ids, or both."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"missing_for_seconds": 2592000, "dry_run": True},
                {
                    "missing_before": "2026-01-01T00:00:00Z",
                    "dry_run": False,
                    "expected_count": 12,
                },
            ]
        },
    )

    missing_for_seconds: float | None = Field(
        default=None, ge=0, le=_CENTURY_SECONDS, description="Missing for at least so long."
    )
    missing_before: Annotated[AwareDatetime, AfterValidator(_in_utc)] | None = Field(
        default=None, description="Missing since then or longer, as a dry run answers it."
    )
    ids: list[Annotated[str, Field(max_length=100)]] = Field(
        default=[], max_length=MAX_IDS, description="These, missing or not."
    )
    dry_run: bool = Field(description="Only count what would go.")
    expected_count: int | None = Field(
        default=None,
        ge=0,
        le=MAX_COUNT,
        description="How many are to go, as a dry run has counted them; needed without one.",
    )

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.missing_for_seconds is not None and self.missing_before is not None:
            raise ValueError("missing_for_seconds and missing_before say the same: give one")
        if self.missing_for_seconds is None and self.missing_before is None and not self.ids:
            raise ValueError("say which: missing_for_seconds, missing_before or ids")
        if not self.dry_run and self.expected_count is None:
            raise ValueError("expected_count is needed: make a dry run first")
        return self

    def forgettable(self) -> Forgettable:
        """Which records that is, now."""
        before = self.missing_before
        if self.missing_for_seconds is not None:
            before = datetime.now(UTC) - timedelta(seconds=self.missing_for_seconds)
        return Forgettable(before, tuple(self.ids))


class ForgettableVideoResponse(BaseModel):
    """A record that would go."""

    id: str
    root: Display
    path: Display
    missing_since: datetime | None


class ForgetResponse(BaseModel):
    """What would go, or went."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "dry_run": True,
                    "missing_before": "2026-01-01T00:00:00Z",
                    "count": 12,
                    "annotated": 3,
                    "rated": 2,
                    "tagged": 1,
                    "titled": 0,
                    "noted": 1,
                    "forgotten": 0,
                    "not_found": [],
                    "examples": [
                        {
                            "id": "0199e6a2-7c01-7d2e-9f10-2f4d5c6b7a80",
                            "root": "Videos",
                            "path": "holidays/beach.mp4",
                            "missing_since": "2025-11-01T09:00:00Z",
                        }
                    ],
                }
            ]
        }
    )

    dry_run: bool
    missing_before: datetime | None = Field(
        description="Send this to forget what was counted, whatever the time is by then."
    )
    count: int = Field(description="How many records there are to forget, or were.")
    annotated: int = Field(description="How many of them people said something about.")
    rated: int
    tagged: int
    titled: int
    noted: int
    forgotten: int = Field(
        description="How many went. Fewer than `count` where there was no time for all: "
        "send the request again with what is left as `expected_count`."
    )
    not_found: list[Display] = Field(description="Ids of the request that no record has.")
    examples: list[ForgettableVideoResponse] = Field(description="At most 10.")

    @classmethod
    def of(
        cls, preview: ForgetPreview, which: Forgettable, *, dry_run: bool, forgotten: int
    ) -> Self:
        """`preview` in the form of the wire."""
        return cls(
            dry_run=dry_run,
            missing_before=which.missing_before,
            count=preview.count,
            annotated=preview.annotated,
            rated=preview.rated,
            tagged=preview.tagged,
            titled=preview.titled,
            noted=preview.noted,
            forgotten=forgotten,
            not_found=list(preview.not_found),
            examples=[
                ForgettableVideoResponse(
                    id=one.id, root=one.root, path=one.path, missing_since=one.missing_since
                )
                for one in preview.examples
            ],
        )


async def carry_out(body: ForgetBody, forgetting: Forgetting) -> ForgetResponse:
    """Do what `body` asks for, with a server and without one. Raises `ForgettingChangedError`."""
    which = body.forgettable()
    preview = await forgetting.preview(which)
    forgotten = 0
    if not body.dry_run and body.expected_count is not None:
        forgotten = await forgetting.forget(which, expected_count=body.expected_count)
    return ForgetResponse.of(preview, which, dry_run=body.dry_run, forgotten=forgotten)
