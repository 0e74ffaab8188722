"""Which file that was found is which video that is gone, among those with the same content."""

from __future__ import annotations

import posixpath
from collections import defaultdict, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence

    from stoat_ferret.library.video import FoundFile, Root


@dataclass(frozen=True, slots=True)
class PossibleMove:
    """The video at `old_path` of `video_root` may be what now is `file`.

    `certain` is False where the scan does not look at the old path, so that it must be made
    sure that it is not there any more: nothing is, or a file that is not of `old_size_bytes`.
    """

    video_id: str
    video_root: Root
    old_path: str
    certain: bool
    file: FoundFile
    old_size_bytes: int


@dataclass(frozen=True, slots=True)
class GoneVideo:
    """A video that may be gone, and the fingerprint of its content."""

    id: str
    root: Root
    path: str
    certain: bool
    fingerprint: str
    size_bytes: int


def match_moves(
    files: Iterable[tuple[str, FoundFile]], gone: Sequence[GoneVideo], root: Root
) -> list[PossibleMove]:
    """Pair files of `root`, given with their fingerprints, with videos; each at most once.

    Certain ones go first. Among equals those at the same place, then of the same name, then in
    the same folder, then whatever there is, in the order of `gone`.
    """
    moves: list[PossibleMove] = []
    left = dict.fromkeys(files)
    for certain in (True, False):
        unpaired = dict.fromkeys(video for video in gone if video.certain is certain)
        for likeness in (_place, _name, _folder, _anything):
            moves += _pair(left, unpaired, likeness, root)
    return moves


def _place(root_id: int, path: str) -> Hashable:
    return root_id, path


def _name(_root_id: int, path: str) -> Hashable:
    return posixpath.basename(path)


def _folder(root_id: int, path: str) -> Hashable:
    return root_id, posixpath.dirname(path)


def _anything(_root_id: int, _path: str) -> Hashable:
    return None


def _pair(
    files: dict[tuple[str, FoundFile], None],
    videos: dict[GoneVideo, None],
    likeness: Callable[[int, str], Hashable],
    root: Root,
) -> list[PossibleMove]:
    """Take out of `files` and `videos` those that are alike."""
    alike: defaultdict[Hashable, deque[GoneVideo]] = defaultdict(deque)
    for video in videos:
        alike[video.fingerprint, likeness(video.root.id, video.path)].append(video)
    moves = []
    for fingerprint, file in list(files):
        candidates = alike.get((fingerprint, likeness(root.id, file.path)))
        if candidates:
            video = candidates.popleft()
            moves.append(
                PossibleMove(
                    video.id, video.root, video.path, video.certain, file, video.size_bytes
                )
            )
            del files[fingerprint, file], videos[video]
    return moves
