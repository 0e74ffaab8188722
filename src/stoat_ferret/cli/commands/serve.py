"""The command `stoat-ferret serve`: the server."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from stoat_ferret.cli.options import AsJson, DataDir, read_settings

EPILOG = """
[bold]Examples[/bold]

  stoat-ferret serve ~/Videos /mnt/films

  STOAT_TOKEN=a-long-secret stoat-ferret serve --host 0.0.0.0 /mnt/films

Every option is also an environment variable; docs/settings.md lists them all. Ctrl-C or SIGTERM
stops the server: jobs that run then go on when it is started again.
"""


def serve(
    roots: Annotated[
        list[Path] | None,
        typer.Argument(
            # Otherwise typer would check the folder, and a disk that does not respond would block.
            parser=Path,
            metavar="[ROOT]...",
            help="Folders that may be scanned (STOAT_ROOTS). Default: the video folder of the "
            "home folder, or the home folder.",
            show_default=False,
        ),
    ] = None,
    host: Annotated[
        str | None, typer.Option(help="Address to listen on; 127.0.0.1.", show_default=False)
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            help="Port to listen on; 8765. 0 takes a free one.",
            min=0,
            max=65535,
            show_default=False,
        ),
    ] = None,
    data_dir: DataDir = None,
    token: Annotated[
        str | None,
        typer.Option(
            help="Secret that every request must carry; needed beyond loopback. Better given as "
            "STOAT_TOKEN, which other users of this machine cannot see.",
            show_default=False,
        ),
    ] = None,
    trusted_proxies: Annotated[
        str | None,
        typer.Option(
            help="Addresses or networks of proxies, separated by commas, whose X-Forwarded-For is "
            "believed; none.",
            show_default=False,
        ),
    ] = None,
    database_url: Annotated[
        str | None,
        typer.Option(
            help="SQLAlchemy URL of the database; SQLite in the data folder.", show_default=False
        ),
    ] = None,
    ffmpeg: Annotated[
        Path | None, typer.Option(help="The ffmpeg program.", show_default=False)
    ] = None,
    ffprobe: Annotated[
        Path | None, typer.Option(help="The ffprobe program.", show_default=False)
    ] = None,
    prober: Annotated[
        Literal["libav", "ffprobe"] | None,
        typer.Option(help="What reads the files; libav.", show_default=False),
    ] = None,
    probe_timeout: Annotated[
        float | None, typer.Option(help="Deadline of one file in seconds; 30.", show_default=False)
    ] = None,
    scan_timeout: Annotated[
        float | None, typer.Option(help="Deadline of one scan in seconds.", show_default=False)
    ] = None,
    scan_schedule: Annotated[
        str | None,
        typer.Option(
            help="When all folders are scanned again, as in cron: '0 3 * * *'.", show_default=False
        ),
    ] = None,
    quiet_hours: Annotated[
        str | None,
        typer.Option(
            help="Hours in which jobs wait: 'mon-fri 9:00-17:30, sat 22:00-6:00'.",
            show_default=False,
        ),
    ] = None,
    watch: Annotated[
        Literal["auto", "on", "poll", "off"] | None,
        typer.Option(help="How scanned folders are watched; auto.", show_default=False),
    ] = None,
    media_processes: Annotated[
        int | None,
        typer.Option(help="Media processes at a time; the number of cores.", show_default=False),
    ] = None,
    output_dir: Annotated[
        Path | None, typer.Option(help="Folder for rendered files.", show_default=False)
    ] = None,
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"] | None,
        typer.Option(help="Least level of what is logged; info.", show_default=False),
    ] = None,
    log_format: Annotated[
        Literal["auto", "text", "json"] | None,
        typer.Option(help="Form of the log on standard error.", show_default=False),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Serve the library: the page, the HTTP interface, and the jobs.

    Stops cleanly, with exit code 0, on Ctrl-C and on SIGTERM.
    """
    from stoat_ferret.cli.server import serve_until_stopped

    settings = read_settings(
        roots=tuple(roots) if roots else None,
        host=host,
        port=port,
        data_dir=data_dir,
        token=token,
        trusted_proxies=trusted_proxies,
        database_url=database_url,
        ffmpeg=ffmpeg,
        ffprobe=ffprobe,
        prober=prober,
        probe_timeout_seconds=probe_timeout,
        scan_timeout_seconds=scan_timeout,
        scan_schedule=scan_schedule,
        quiet_hours=quiet_hours,
        watch=watch,
        media_processes=media_processes,
        output_dir=output_dir,
        log_level=log_level,
        log_format=log_format,
    )
    serve_until_stopped(settings, as_json=as_json)
