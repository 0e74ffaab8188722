"""The summary of a library, as a sentence and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoat_ferret.cli.output import local_time, plural, size

if TYPE_CHECKING:
    from stoat_ferret.cli.output import Row
    from stoat_ferret.library.backup import LibrarySummary


def sentence(summary: LibrarySummary) -> str:
    """Return the summary as a sentence."""
    return (
        f"{plural(summary.videos, 'video')} ({summary.missing:,} missing), "
        f"{plural(summary.tags, 'tag')}, {plural(summary.annotated, 'video')} with "
        f"details, {size(summary.size_bytes)}, last changed {local_time(summary.changed_at)}"
    )


def facts(summary: LibrarySummary) -> Row:
    """Return the summary for JSON."""
    return {
        "schema": summary.schema,
        "videos": summary.videos,
        "missing": summary.missing,
        "tags": summary.tags,
        "annotated": summary.annotated,
        "size_bytes": summary.size_bytes,
        "changed_at": summary.changed_at and summary.changed_at.isoformat(),
    }
