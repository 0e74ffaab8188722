"""The request for the same render of each of several videos."""

import hashlib
import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from stoat_ferret.render.request.clip import AudioClip, Clip, VideoId
from stoat_ferret.render.request.options import RenderOptions
from stoat_ferret.render.request.request import MAX_CLIPS, FileName, PresetName, RenderRequest
from stoat_ferret.render.request.subfolder import Subfolder

MAX_BATCH_VIDEOS = 1000
BATCH_NAME = "{video}-{preset}"
"""The pattern for the names of the files, unless the request has one."""


def _of_no_video(schema: dict[str, Any]) -> None:
    for field in ("video_id", "transition"):
        del schema["properties"][field]


class EachClip(Clip):
    """A part of each video: a clip without `video_id` and `transition`; all of it by default."""

    model_config = ConfigDict(json_schema_extra=_of_no_video)

    video_id: Literal["each"] = "each"
    transition: None = None


class BatchTemplate(BaseModel):
    """A render without its video."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    preset: PresetName
    clip: EachClip = EachClip()
    audio: tuple[AudioClip, ...] = Field(
        default=(), max_length=MAX_CLIPS, description="Audio that is mixed into each file."
    )
    name: FileName | None = Field(
        default=None,
        max_length=180,
        description="A pattern of `{number}` (`{number:03}`), `{video}`, `{start}`, `{end}` and "
        "`{preset}`, without extension; by default `{video}-{preset}`.",
    )
    folder: Subfolder | None = Field(
        default=None,
        description="A folder inside the output folder; it is made if it is not there.",
    )
    options: RenderOptions = RenderOptions()
    overwrite: bool = Field(default=False, description="Whether to replace files of these names.")

    def request_for(self, video_id: str, name: str) -> RenderRequest:
        """Return the render of a video to a file called `name`."""
        facts = {field: getattr(self.clip, field) for field in self.clip.model_fields_set}
        return RenderRequest(
            preset=self.preset,
            clips=(Clip(**{**facts, "video_id": video_id}),),
            audio=self.audio,
            name=name,
            folder=self.folder,
            options=self.options,
            overwrite=self.overwrite,
        )


def _once(video_ids: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(video_ids))


class RenderBatch(BatchTemplate):
    """A render of each of these videos, which are rendered in this order."""

    video_ids: Annotated[tuple[VideoId, ...], AfterValidator(_once)] = Field(
        min_length=1, max_length=MAX_BATCH_VIDEOS
    )

    @property
    def params(self) -> dict[str, Any]:
        """The request as plain JSON, without default values."""
        return self.model_dump(mode="json", exclude_defaults=True)

    @property
    def key(self) -> str:
        """A key that is equal for equal requests."""
        text = json.dumps(self.params, sort_keys=True).encode("utf-8", "replace")
        return f"render-batch:{hashlib.blake2b(text, digest_size=16).hexdigest()}"

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> Self:
        """Return the request that `params` represent."""
        return cls.model_validate(dict(params))
