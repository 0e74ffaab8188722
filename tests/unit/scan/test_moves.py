"""Videos that may have moved from a disk that does not answer."""

from __future__ import annotations

import threading

from stoat_ferret.library.reconcile.moves import PossibleMove
from stoat_ferret.library.video import FoundFile, Root
from stoat_ferret.scan.moves import MoveVerifier

DEAD = Root(2, "dead", "/dead")


def move(video_id: str, *, certain: bool) -> PossibleMove:
    return PossibleMove(video_id, DEAD, "a.mp4", certain, FoundFile("b.mp4", 1, 1), 1)


async def test_a_disk_that_does_not_answer_has_what_it_had_and_is_asked_once() -> None:
    gate, asked = threading.Event(), threading.Semaphore(0)

    def is_gone(root: str, path: str, size_bytes: int) -> bool:
        asked.release()
        return gate.wait()

    verifier = MoveVerifier(is_gone, answer_seconds=0.01)
    unsure, certain = move("1", certain=False), move("2", certain=True)
    try:
        for _ in range(3):
            assert await verifier.among([unsure, certain]) == {certain}
        assert asked.acquire(timeout=15)
        assert not asked.acquire(timeout=0.05)
    finally:
        gate.set()
