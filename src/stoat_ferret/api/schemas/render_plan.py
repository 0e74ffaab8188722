"""What a render would make, as it goes over the wire."""

from fractions import Fraction
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field

from stoat_ferret.api.schemas.text import Display
from stoat_ferret.render.plan.plan import OutputKind, PlannedOutput
from stoat_ferret.render.run.renderer import PreparedRender

_EXAMPLE: dict[str, Any] = {
    "name": "holiday.mp4",
    "kind": "video",
    "extension": ".mp4",
    "muxer": "mp4",
    "duration_seconds": 2.5,
    "frames": 75,
    "frame_rate": "30/1",
    "width": 1280,
    "height": 720,
    "video_codec": "h264",
    "audio_codec": "aac",
    "audio_streams": 1,
    "subtitle_streams": 0,
}


class PlannedOutputResponse(BaseModel):
    """One file; null is what is not known before it is made, or what it does not have."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    name: Display = Field(
        description="The file; ` (2)` is added where one of this name is there by then."
    )
    kind: OutputKind
    extension: str
    muxer: str = Field(description="As FFmpeg calls the container.")
    duration_seconds: float | None
    frames: int | None
    frame_rate: str | None = Field(description="Frames a second, exactly.")
    width: int | None
    height: int | None
    video_codec: str | None
    audio_codec: str | None
    audio_streams: int
    subtitle_streams: int

    @classmethod
    def from_output(cls, name: str, output: PlannedOutput) -> Self:
        """`output` of a render called `name`."""
        seconds = output.duration_seconds
        return cls(
            name=f"{name}{output.name_suffix}{output.extension}",
            kind=output.kind,
            extension=output.extension,
            muxer=output.muxer,
            duration_seconds=None if seconds is None else float(seconds),
            frames=output.frames,
            frame_rate=_frame_rate(output),
            width=output.width,
            height=output.height,
            video_codec=output.video_codec,
            audio_codec=output.audio_codec,
            audio_streams=output.audio_streams,
            subtitle_streams=output.subtitle_streams,
        )


class RenderPlanResponse(BaseModel):
    """What would come out of a render, and what to know before it is started."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "holiday",
                    "outputs": [_EXAMPLE],
                    "duration_seconds": 2.5,
                    "estimated_bytes": 1_300_000,
                    "notes": [],
                }
            ]
        }
    )

    name: Display = Field(description="The name of its files, without extension.")
    outputs: list[PlannedOutputResponse]
    duration_seconds: float
    estimated_bytes: int = Field(description="About how much is written; rather more than less.")
    notes: list[Display] = Field(
        description="Sentences for people, such as where a cut really lies."
    )

    @classmethod
    def from_prepared(cls, prepared: PreparedRender) -> Self:
        """`prepared` in the form of the wire."""
        plan = prepared.plan
        return cls(
            name=prepared.name,
            outputs=[
                PlannedOutputResponse.from_output(prepared.name, output) for output in plan.outputs
            ],
            duration_seconds=float(plan.duration_seconds),
            estimated_bytes=plan.estimated_bytes,
            notes=list(plan.notes),
        )


def _frame_rate(output: PlannedOutput) -> str | None:
    seconds, frames = output.duration_seconds, output.frames
    if not seconds or not frames:
        return None
    rate = Fraction(frames) / seconds
    return f"{rate.numerator}/{rate.denominator}"
