"""The subtitles of a result as planned: files to burn in, or streams to keep."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from stoat_ferret.render.plan.excerpt import reading

if TYPE_CHECKING:
    from stoat_ferret.render.plan.assembly import Assembly
    from stoat_ferret.render.plan.excerpt import Excerpt
    from stoat_ferret.render.plan.filter_graph import Inputs
    from stoat_ferret.render.plan.plan import RenderPass
    from stoat_ferret.render.plan.text.external_subtitles import KeptText


@dataclass(frozen=True, slots=True)
class BurnedSubtitles:
    """Subtitles to burn into a segment: the `options` of FFmpeg's filter.

    Their file begins `lead` seconds before the segment, for those that are shown already.
    """

    options: str
    lead: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class SubtitlePlan:
    """The passes that extract subtitles, and their part in the encoding."""

    passes: tuple[RenderPass, ...] = ()
    burned: dict[int, BurnedSubtitles] = field(default_factory=dict)
    kept: tuple[Excerpt, tuple[int, ...]] | None = None
    codec_arguments: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    texts: dict[str, str] = field(default_factory=dict)
    """Files to write into the scratch folder."""
    kept_texts: tuple[KeptText, ...] = ()
    fonts: frozenset[tuple[str, int]] = frozenset()
    """The attached fonts that are used, or in `notes`: paths of files with indexes of streams."""

    @property
    def kept_streams(self) -> int:
        """The number of subtitle streams in the result."""
        return len(self.kept[1]) if self.kept else len(self.kept_texts)

    def by_segment(self, assembly: Assembly) -> list[BurnedSubtitles | None]:
        """Return the subtitles to burn into each segment."""
        return [self.burned.get(number) for number in range(len(assembly.segments))]

    def maps(self, inputs: Inputs) -> list[str]:
        """Open the file of the kept subtitles at the excerpt's start; return `-map` arguments."""
        if self.kept is None:
            opened = [text.open(inputs) for text in self.kept_texts]
            return [word for number in opened for word in ("-map", f"{number}:0")]
        part, streams = self.kept
        part = reading(part, streams)
        number = inputs.add_video(part.source.path, part.start - part.origin, part.length)
        return [word for stream in streams for word in ("-map", f"{number}:{stream}")]
