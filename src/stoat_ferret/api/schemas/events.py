"""The schema of events about the library."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from stoat_ferret.jobs.job import Job, LibraryChange


class LibraryEvent(BaseModel):
    """A change of the library by a job or a person: reload what you show of it."""

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

    job_id: str | None = Field(description="The job; null if a person made the change.")
    done: int | None = Field(description="The number of files processed.")
    total: int | None = Field(description="The number of files to process.")
    finished: bool = Field(description="Whether it has ended, successfully or not.")
    counts: dict[str, int] = Field(
        description="The number of changes by kind; empty until it has ended."
    )

    @classmethod
    def from_person(cls, **counts: int) -> Self:
        """Return the event of a person who `edited`, `removed` or `restored` videos, or others."""
        return cls(job_id=None, done=None, total=None, finished=True, counts=counts)

    @classmethod
    def from_job(cls, job: Job, change: LibraryChange) -> Self:
        """Return the event for what `job` has changed so far."""
        return cls(
            job_id=job.id,
            done=change.done,
            total=change.total,
            finished=job.status.is_final,
            counts=dict(change.counts),
        )
