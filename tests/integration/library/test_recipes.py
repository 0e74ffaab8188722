"""Rendered files in the library, with the requests that made them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from tests.integration.library.rows import save, video

from stoat_ferret.library.query import VideoQuery
from stoat_ferret.library.recipes import MadeFile, RecipeBook
from stoat_ferret.library.repository import VideoRepository
from stoat_ferret.library.tables import recipes

if TYPE_CHECKING:
    from stoat_ferret.database import Database

REQUEST = {"preset": "copy", "clips": [{"video_id": "x", "start_seconds": "1001/30000"}]}


async def test_a_made_file_is_in_the_library_with_its_recipe(database: Database) -> None:
    repository = VideoRepository(database)
    (root,) = await repository.ensure_roots(["/one"])
    files = [MadeFile(root, video("b.mp4"), REQUEST), MadeFile(root, video("a.mp4"), REQUEST)]
    ids = await RecipeBook(database).add(files, job_id="job-1")
    found = [await repository.get(video_id) for video_id in ids]
    assert [one.path for one in found] == ["b.mp4", "a.mp4"]
    for one in found:
        assert one.recipe
        assert (one.recipe.job_id, one.recipe.request) == ("job-1", REQUEST)
        assert one.recipe.made_at.tzinfo
        assert one.media_info


async def test_a_file_made_anew_keeps_its_id_and_has_the_new_recipe(database: Database) -> None:
    repository, book = VideoRepository(database), RecipeBook(database)
    (root,) = await repository.ensure_roots(["/one"])
    for job_id in ("job-1", "job-2"):
        (video_id,) = await book.add(
            [MadeFile(root, video("a.mp4", size=len(job_id)), REQUEST)], job_id=job_id
        )
    (listed,) = (await repository.find(VideoQuery())).items
    found = await repository.get(listed.id)
    assert found.id == video_id
    assert found.recipe
    assert found.recipe.job_id == "job-2"


async def test_other_content_at_its_path_has_no_recipe(database: Database) -> None:
    repository = VideoRepository(database)
    (root,) = await repository.ensure_roots(["/one"])
    made = MadeFile(root, video("a.mp4", size=5, fingerprint="mine"), REQUEST)
    (video_id,) = await RecipeBook(database).add([made], job_id="job")
    await save(database, root, video("a.mp4", size=6, fingerprint="other"))
    assert (await repository.get(video_id)).recipe is None


async def test_a_recipe_goes_with_its_record(database: Database) -> None:
    repository = VideoRepository(database)
    (root,) = await repository.ensure_roots(["/one"])
    made = MadeFile(root, video("a.mp4"), REQUEST)
    (video_id,) = await RecipeBook(database).add([made], job_id="job")
    await repository.delete(video_id)
    async with database.read() as connection:
        count = sa.select(sa.func.count()).select_from(recipes)
        assert await connection.scalar(count) == 0
