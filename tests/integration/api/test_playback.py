"""Videos that are converted while they are played, over HTTP, with the real FFmpeg."""

from __future__ import annotations

import io
import re
import shutil
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import av
import psutil
import pytest
from tests.clips import ffmpeg, make_once
from tests.integration.api.problems import problem
from tests.integration.api.server import running_server
from tests.integration.api.streams import scan

from stoat_ferret.config import Settings, load_settings
from stoat_ferret.playing import transcoder
from stoat_ferret.playing.transcoder import AHEAD

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx

    from stoat_ferret.bootstrap import Services

SECONDS = 10
RATE = 25
BITS = 10
WIDTH, HEIGHT = 160, 96
NUMBERS = (
    f"color=size={WIDTH}x{HEIGHT}:rate={RATE}:duration={SECONDS},format=gray,"
    f"geq=lum='if(bitand(N\\,pow(2\\,floor(X*{BITS}/W)))\\,235\\,16)'"
)
"""Each picture shows its number, as black and white bars: the lowest bit at the left."""
TONE = f"sine=440:duration={SECONDS}:sample_rate=48000"
KINDS = {
    "mpeg4.avi": "-c:v mpeg4 -q:v 3 -bf 0 -c:a libmp3lame",
    "mpeg2.ts": "-c:v mpeg2video -q:v 3 -bf 2 -g 15 -c:a mp2",
    "mpeg2.mpg": "-c:v mpeg2video -q:v 3 -bf 2 -g 15 -c:a mp2 -f vob",
    "h264.mkv": "-c:v libx264 -preset ultrafast -bf 2 -b_strategy 0 -g 50 -c:a ac3",
    "h264.mp4": "-c:v libx264 -preset ultrafast -bf 2 -b_strategy 0 -g 40 -c:a aac",
    "few-keys.mp4": "-c:v libx264 -preset ultrafast -g 9999 -c:a aac",
    "hevc.mp4": "-c:v libx265 -preset ultrafast -g 50 -x265-params log-level=none -c:a aac",
    "vp9.webm": "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -b:v 300k -g 50 -c:a libopus",
    "prores.mov": "-c:v prores_ks -profile:v 0 -c:a pcm_s16le",
    "ten-bit.mkv": "-c:v libx264 -preset ultrafast -g 50 -pix_fmt yuv420p10le -c:a flac",
    "flash.flv": "-c:v flv1 -q:v 3 -c:a libmp3lame -ar 44100",
}
CONVERTED = "aac"
FREE = "vp9,opus"
COPIED = ("h264.mkv", "h264.mp4", "few-keys.mp4", "hevc.mp4", "vp9.webm", "ten-bit.mkv")
EVERYTHING = "h264,hevc,vp9,av1,aac,mp3,opus,flac"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a root with a video of each kind, which shows the numbers of its pictures."""
    root = tmp_path_factory.mktemp("films")
    make_once(root, make_films)
    return root


def make_films(root: Path) -> None:
    """Make a video of each kind."""
    numbers = root / ".numbers.mkv"
    ffmpeg("-f", "lavfi", "-i", NUMBERS, "-f", "lavfi", "-i", TONE, "-c:v", "ffv1", numbers)
    for name, options in KINDS.items():
        pixels = [] if "-pix_fmt" in options else ["-pix_fmt", "yuv420p"]
        if "prores" in name:
            pixels = ["-pix_fmt", "yuv422p10le"]
        ffmpeg("-i", numbers, *pixels, *options.split(), root / name)
    words = root / ".words.srt"
    words.write_text("1\n00:00:02,000 --> 00:00:03,500\nGuten Tag, Łódź\n")
    ffmpeg(
        "-i",
        root / "h264.mkv",
        "-i",
        words,
        "-map",
        "0",
        "-map",
        "1",
        "-c",
        "copy",
        "-metadata:s:s:0",
        "language=ger",
        root / "words.mkv",
    )
    (root / "broken.mp4").write_bytes(b"no video")


@pytest.fixture(scope="module")
def settings(library: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return settings with which processes of players end soon."""
    return load_settings(
        roots=(library,),
        data_dir=tmp_path_factory.mktemp("data"),
        port=0,
        playback_idle_seconds=1.5,
        playback_processes=2,
        shutdown_grace_seconds=0.5,
    )


@pytest.fixture(scope="module", autouse=True)
def _little_waits() -> Iterator[None]:
    """Let FFmpeg wait after less output that nobody reads: to encode it takes long."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(transcoder, "_MOST_WAITING", 2**17)
        yield


@pytest.fixture(scope="module", autouse=True)
def _scanned(client: httpx.Client, library: Path) -> None:
    assert scan(client, str(library))["status"] == "succeeded"


def id_of(client: httpx.Client, name: str) -> str:
    query: dict[str, Any] = {"q": name, "status": ["ok", "bad"]}
    (video,) = client.get("/api/v1/videos", params=query).json()["items"]
    return str(video["id"])


def base(client: httpx.Client, name: str) -> str:
    return f"/api/v1/videos/{id_of(client, name)}"


class Player:
    """A player of one quality, as hls.js is one."""

    def __init__(self, client: httpx.Client, name: str, **query: str | int) -> None:
        self._client = client
        self._folder = f"{base(client, name)}/hls"
        listed = client.get(f"{self._folder}/index.m3u8", params=query)
        assert listed.status_code == 200, listed.text
        assert listed.headers["content-type"] == "application/vnd.apple.mpegurl"
        self.qualities = [line for line in listed.text.splitlines() if line[:1] not in {"#", ""}]
        self.listed = listed.text
        self.playlist = self.listed
        if "EXT-X-STREAM-INF" in self.listed:
            self.playlist = client.get(f"{self._folder}/{self.qualities[0]}").text
        self.lengths = [float(one) for one in re.findall(r"#EXTINF:([\d.]+),", self.playlist)]
        self.segments = re.findall(r"^\d+\.m4s.*$", self.playlist, re.MULTILINE)
        (self.header,) = re.findall(r'#EXT-X-MAP:URI="([^"]+)"', self.playlist)

    def get(self, address: str) -> bytes:
        answer = self._client.get(f"{self._folder}/{address}")
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "video/mp4"
        return answer.content

    def pictures(self, *numbers: int) -> list[tuple[float, int]]:
        """Return when each picture of some segments is shown, and the number that it shows."""
        parts = [self.get(self.segments[number]) for number in numbers]
        data = self.get(self.header) + b"".join(parts)
        with opened(data) as container:
            return [(float(frame.time or 0), shown(frame)) for frame in container.decode(video=0)]

    def sound(self, number: int) -> tuple[float, float]:
        """Return when the sound of a segment starts and ends."""
        data = self.get(self.header) + self.get(self.segments[number])
        with opened(data) as container:
            frames = list(container.decode(audio=0))
        last = frames[-1]
        return float(frames[0].time or 0), float(last.time or 0) + last.samples / last.sample_rate


def opened(data: bytes) -> av.container.InputContainer:
    return av.open(io.BytesIO(data), "r")


def shown(frame: av.VideoFrame) -> int:
    """Return the number that a picture shows."""
    # Of most formats the first plane is gray; to convert a picture takes longer than to decode it.
    is_gray = frame.format.name == "yuv420p"
    gray = (frame if is_gray else frame.reformat(format="gray")).planes[0]
    row, middle = bytes(gray), frame.height // 2 * gray.line_size
    bar = frame.width / BITS
    return sum(1 << bit for bit in range(BITS) if row[middle + int((bit + 0.5) * bar)] > 128)


@pytest.mark.parametrize(
    ("name", "codecs"),
    [
        *[(name, CONVERTED) for name in KINDS],
        *[(name, FREE) for name in ("mpeg2.ts", "h264.mp4")],
        *[(name, EVERYTHING) for name in COPIED],
    ],
)
def test_every_segment_has_its_pictures_whichever_is_asked_for_first(
    client: httpx.Client, library: Path, name: str, codecs: str
) -> None:
    player = Player(client, name, codecs=codecs)
    assert sum(player.lengths) == pytest.approx(SECONDS, abs=0.2)
    seen: dict[int, list[tuple[float, int]]] = {}
    last = len(player.segments) - 1
    for number in [last, 0, *range(1, last)]:
        seen[number] = player.pictures(number)
    pictures = player.pictures(*range(last + 1))
    assert [number for _, number in pictures] == list(range(SECONDS * RATE))
    with av.open(str(library / name), "r") as source:
        start = (source.start_time or 0) / 1e6
        times = [float(frame.time or 0) - start for frame in source.decode(video=0)]
    # FFmpeg shows all later where some were decoded before they are shown; browsers do not.
    later = pictures[0][0] - times[0]
    assert later == pytest.approx(0, abs=0.001 if codecs == CONVERTED else 0.13)
    assert [at - later for at, _ in pictures] == pytest.approx(times, abs=0.001)
    for number in range(last + 1):
        planned = sum(player.lengths[:number])
        assert planned - 0.03 <= seen[number][0][0] - later <= planned + 2 / RATE


def test_pictures_and_sound_belong_together(client: httpx.Client) -> None:
    player = Player(client, "mpeg4.avi")
    for number in (2, 0, 1):
        start, end = player.sound(number)
        pictures = player.pictures(number)
        assert start == pytest.approx(pictures[0][0], abs=0.1)
        assert end == pytest.approx(pictures[-1][0], abs=0.2)


def test_what_the_client_decodes_is_copied(client: httpx.Client, library: Path) -> None:
    player = Player(client, "vp9.webm", codecs=EVERYTHING)
    assert "vp09" in player.listed
    assert "opus" in player.listed
    data = player.get(player.header) + player.get(player.segments[0])
    with opened(data) as made, opened((library / "vp9.webm").read_bytes()) as source:
        copied = [bytes(packet) for packet in made.demux(video=0) if packet.size]
        stored = [bytes(packet) for packet in source.demux(video=0) if packet.size]
    assert copied == stored[: len(copied)]
    assert "avc1" in Player(client, "vp9.webm").listed


def test_lower_qualities_are_smaller(client: httpx.Client, library: Path) -> None:
    ffmpeg("-f", "lavfi", "-i", "testsrc2=size=640x480:rate=25:duration=1", library / "big.mkv")
    scan(client, str(library))
    player = Player(client, "big.mkv")
    sizes = re.findall(r"RESOLUTION=(\d+)x(\d+)", player.listed)
    assert sizes == [("640", "480"), ("480", "360")]
    small = Player(client, "big.mkv", height=360)
    with opened(small.get(small.header) + small.get(small.segments[0])) as container:
        frame = next(container.decode(video=0))
    assert (frame.width, frame.height) == (480, 360)


def test_the_ways_to_play_are_told(client: httpx.Client) -> None:
    avi = client.get(f"{base(client, 'mpeg4.avi')}/playback").json()
    assert avi["direct"] is None
    assert "AVI" in avi["reason"]
    assert avi["hls"]["url"].endswith("/hls/index.m3u8")
    assert [one["channels"] for one in avi["audio"]] == [1]
    mp4 = client.get(f"{base(client, 'h264.mp4')}/playback").json()
    assert mp4["direct"]["url"].endswith("/stream")
    assert mp4["direct"]["type"].startswith('video/mp4; codecs="avc1.')
    broken = client.get(f"{base(client, 'broken.mp4')}/playback").json()
    assert broken["direct"] is broken["hls"] is None
    assert broken["reason"]


def test_subtitles_come_as_text(client: httpx.Client) -> None:
    told = client.get(f"{base(client, 'words.mkv')}/playback").json()
    (track,) = told["subtitles"]
    assert (track["language"], track["kind"]) == ("ger", "text")
    for _ in range(2):  # read, and stored
        answer = client.get(track["url"])
        assert answer.headers["content-type"] == "text/vtt; charset=utf-8"
        assert answer.text.startswith("WEBVTT")
        assert "00:02.000 --> 00:03.500\nGuten Tag, Łódź" in answer.text
    address = track["url"].rpartition("/")[0]
    problem(client.get(f"{address}/0.vtt"), 422, "not-playable")


@pytest.mark.parametrize(
    ("path", "status", "kind"),
    [
        ("hls/index.m3u8?audio=0", 422, "not-playable"),
        ("hls/index.m3u8?height=97", 422, "not-playable"),
        ("hls/9.m4s", 422, "not-playable"),
        ("hls/-1.m4s", 422, "malformed-request"),
        ("hls/index.m3u8?viewer=a/b", 422, "malformed-request"),
    ],
)
def test_what_is_not_there_is_a_clear_error(
    client: httpx.Client, path: str, status: int, kind: str
) -> None:
    answer = client.get(f"{base(client, 'mpeg4.avi')}/{path}")
    problem(answer, status, kind)


def test_a_file_that_is_no_video_cannot_be_played(client: httpx.Client) -> None:
    answer = client.get(f"{base(client, 'broken.mp4')}/hls/index.m3u8")
    problem(answer, 422, "not-playable")


def test_a_missing_file_is_not_played_even_if_another_is_at_its_path(
    client: httpx.Client, library: Path
) -> None:
    film = library / "gone.avi"
    shutil.copyfile(library / "mpeg4.avi", film)
    scan(client, str(library))
    address = base(client, "gone.avi")
    film.unlink()
    scan(client, str(library))
    shutil.copyfile(library / "mpeg4.avi", film)
    told = client.get(f"{address}/playback").json()
    assert told["direct"] is told["hls"] is None
    for path in ("hls/index.m3u8", "hls/0.m4s?height=96", "hls/init.mp4"):
        problem(client.get(f"{address}/{path}"), 404, "file-vanished")


def running_ffmpeg() -> list[psutil.Process]:
    found = []
    for process in psutil.Process().children(recursive=True):
        try:
            if "ffmpeg" in process.name():
                found.append(process)
        except psutil.NoSuchProcess:
            continue
    return found


def wait_until_none_runs() -> None:
    deadline = time.monotonic() + 30
    while running_ffmpeg():
        assert time.monotonic() < deadline, "FFmpeg still runs"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def long_film(client: httpx.Client, library: Path) -> str:
    """Add a video of an hour, whose conversion nobody waits for.

    It has few pictures, because each test that plays it converts some segments ahead, but these are
    noise: FFmpeg waits as soon as it has written more than is read.
    """
    source = "nullsrc=size=160x96:rate=5:duration=4,geq=random(1)*255:128:128"
    part = library / ".part.avi"
    ffmpeg("-f", "lavfi", "-i", source, "-c:v", "mpeg4", "-q:v", "31", part)
    ffmpeg("-stream_loop", "900", "-i", part, "-c", "copy", library / "hour.avi")
    scan(client, str(library))
    return "hour.avi"


def test_one_process_works_for_a_player_and_ends_when_it_asks_no_more(
    client: httpx.Client, long_film: str
) -> None:
    player = Player(client, long_film)
    assert len(player.segments) > 590
    for number in (0, 300, 20, 599):
        assert player.get(player.segments[number])
        assert len(running_ffmpeg()) <= 1
    wait_until_none_runs()
    assert player.get(player.segments[301])


def test_a_player_that_waits_keeps_few_segments_ahead(
    client: httpx.Client, settings: Settings, long_film: str
) -> None:
    wait_until_none_runs()
    player = Player(client, long_film, codecs="h264,opus")
    player.get(player.segments[100])
    (process,) = running_ffmpeg()
    folder = settings.playback_dir
    before = len(list(folder.rglob("*.part")))
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        player.get(player.header)  # which is not a part that it waits for
        used = process.cpu_times()
        time.sleep(0.3)
        with suppress(psutil.NoSuchProcess):
            if process.cpu_times() == used:
                break
    assert process.is_running(), "it was ended, though it was in use"
    assert len(list(folder.rglob("*.part"))) - before < 2 * AHEAD


def test_more_players_than_processes_take_turns(client: httpx.Client, long_film: str) -> None:
    players = [Player(client, long_film) for _ in range(4)]
    for number in range(3):
        for player in players:
            assert player.get(player.segments[50 + number])
    assert len(running_ffmpeg()) <= 2


def test_a_server_that_stops_leaves_nothing(library: Path, tmp_path: Path) -> None:
    settings = load_settings(roots=(library,), data_dir=tmp_path, port=0)
    with running_server(settings) as server, server.client() as client:
        scan(client, str(library))
        player = Player(client, "mpeg2.ts")
        assert player.get(player.segments[0])
        assert any((tmp_path / "playback").rglob("*.part"))
        pids = server.call(running_pids)
    assert not any((tmp_path / "playback").rglob("*"))
    assert not any(psutil.pid_exists(pid) for pid in pids)


async def running_pids(services: Services) -> list[int]:
    return services.streams.pids
