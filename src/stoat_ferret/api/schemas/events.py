"""What the stream of events holds beside jobs."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from stoat_ferret.jobs.job import Job

_COUNTS = ("added", "updated", "moved", "missing", "failed", "skipped")


class LibraryEvent(BaseModel):
    """A job or a person changed the library: ask again for what is shown of it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "job_id": "0199e6a2-7b5c-7cc0-8a44-6a4f0a3f7e11",
                    "done": 1000,
                    "total": 1000,
                    "finished": True,
                    "counts": {"added": 998, "failed": 2},
                }
            ]
        }
    )

    job_id: str | None = Field(description="The job; null where a person did it.")
    done: int | None = Field(description="Files it has dealt with.")
    total: int | None = Field(description="Files it has to deal with.")
    finished: bool = Field(description="Whether it has ended, well or not.")
    counts: dict[str, int] = Field(description="What it did; empty until it has ended.")

    @classmethod
    def from_person(cls, **counts: int) -> Self:
        """What somebody did: how many videos were `edited`, `removed` or `restored`."""
        return cls(job_id=None, done=None, total=None, finished=True, counts=counts)

    @classmethod
    def from_render(cls, job: Job) -> Self | None:
        """What `job`, a render, added to the library; None where that is nothing so far."""
        outputs = (job.result or {}).get("outputs", ())
        added = sum(output.get("video_id") is not None for output in outputs)
        if not (job.status.is_final and added):
            return None
        return cls(job_id=job.id, done=None, total=None, finished=True, counts={"added": added})

    @classmethod
    def from_storyboards(cls, job: Job) -> Self | None:
        """How many storyboards `job` made; None where it is none so far, or goes on."""
        made = (job.result or {}).get("made", 0)
        if not (job.status.is_final and made):
            return None
        return cls(
            job_id=job.id, done=None, total=None, finished=True, counts={"storyboards": made}
        )

    @classmethod
    def from_scan(cls, job: Job) -> Self:
        """What `job`, a scan, says of the library."""
        result = job.result or {}
        return cls(
            job_id=job.id,
            done=job.progress.done,
            total=job.progress.total,
            finished=job.status.is_final,
            counts={name: result[name] for name in _COUNTS if isinstance(result.get(name), int)},
        )
