"""The command `stoat-ferret rules`: list, make, try, change and delete rules."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from stoat_ferret.cli.options import AsJson, Cursor, DataDir, Everything, Limit, read_settings

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from stoat_ferret.cli.client import LibraryClient
    from stoat_ferret.cli.output import Column, Row

HELP = "Do something with videos that come, change, fail or match a search; docs/rules.md."
EPILOG = """
[bold]Examples[/bold]

  stoat-ferret rules add Camera --when added --folder camera --storyboard --tag new

  stoat-ferret rules list

  stoat-ferret rules runs 0199c0de-0000-7000-8000-000000000000 --state failed
"""
ADD_EPILOG = """
[bold]Examples[/bold]

  stoat-ferret rules add Camera --when added --folder camera --storyboard --tag new --dry-run

  stoat-ferret rules add Proxies --when matches --search 3 --render proxy --render-folder proxies

  stoat-ferret rules add Broken --when failed --webhook https://example.org/hook

  stoat-ferret rules add Copies --body rule.json
"""
_LIST_EPILOG = """
[bold]Example[/bold]

  stoat-ferret rules list --json
"""
_ID = "0199c0de-0000-7000-8000-000000000000"

RuleArgument = Annotated[
    str, typer.Argument(metavar="RULE", help="The id of the rule.", show_default=False)
]


def list_rules(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List rules, oldest first, with the numbers of their runs."""
    from stoat_ferret.cli.output import plural, print_json, print_out, print_rows

    rows = _ask(lambda client: client.list_rules(), data_dir)
    if as_json:
        print_json({"items": rows})
    elif rows:
        print_rows(_rule_columns(), rows)
    else:
        print_out(plural(0, "rule"))


def add_rule(
    name: Annotated[str, typer.Argument(help="Its name.", show_default=False)],
    when: Annotated[
        Literal["added", "changed", "failed", "matches"] | None,
        typer.Option(help="What it waits for.", show_default=False),
    ] = None,
    q: Annotated[
        str | None,
        typer.Option("--q", "-q", help="Only videos with these words.", show_default=False),
    ] = None,
    folder: Annotated[
        str | None, typer.Option(help="Only videos in this folder.", show_default=False)
    ] = None,
    search: Annotated[
        int | None,
        typer.Option(help="Only videos of the saved search with this id.", show_default=False),
    ] = None,
    storyboard: Annotated[bool, typer.Option("--storyboard", help="Make storyboards.")] = False,
    render: Annotated[
        str | None, typer.Option(help="Render with this preset.", show_default=False)
    ] = None,
    render_folder: Annotated[
        str | None,
        typer.Option(
            help="Folder for what is rendered, inside the output folder.", show_default=False
        ),
    ] = None,
    tag: Annotated[
        list[str] | None, typer.Option(help="Add this tag; repeatable.", show_default=False)
    ] = None,
    webhook: Annotated[
        str | None, typer.Option(help="Call this URL afterwards.", show_default=False)
    ] = None,
    body: Annotated[
        Path | None,
        typer.Option(
            help="The JSON that POST /rules takes, in a file; `-`: standard input. Options that "
            "are given replace its values.",
            show_default=False,
        ),
    ] = None,
    existing: Annotated[
        bool, typer.Option("--existing", help="Run it on the videos that it concerns now, too.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only tell what it would do with existing videos.")
    ] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Make a rule. It runs while a server does, on what happens from now on."""
    from stoat_ferret.cli.output import print_err, print_json, print_out

    document = _read(body)
    query = {"q": q, "folder": folder}
    if any(value is not None for value in query.values()):
        query = {key: value for key, value in query.items() if value is not None}
        document["filter"] = {**(document.get("filter") or {}), **query}
    actions = dict(document.get("actions") or {})
    given: dict[str, Any] = {
        "storyboard": storyboard or None,
        "render": _render_action(actions.get("render"), render, render_folder),
        "add_tags": tag,
        "webhook": webhook and {"url": webhook},
    }
    actions.update({key: value for key, value in given.items() if value})
    document["actions"] = actions
    document.update(
        {key: one for key, one in (("when", when), ("search_id", search)) if one is not None}
    )
    if dry_run:
        for field in ("name", "enabled", "include_existing"):
            document.pop(field, None)
        preview = _ask(lambda client: client.preview_rule(document), data_dir)
        if as_json:
            print_json(preview)
        else:
            _print_preview(preview)
        return
    document["name"] = name
    if existing:
        document["include_existing"] = True
    rule = _ask(lambda client: client.add_rule(document), data_dir, owner="add")
    if as_json:
        print_json(rule)
        return
    print_out(f"Rule {rule['id']} is {'on' if rule['enabled'] else 'off'}.")
    if rule["webhook_secret"]:
        print_out(f"The key that signs its webhooks: {rule['webhook_secret']}")
        print_err("It is not shown again.")


def _render_action(given: "Row | None", preset: str | None, folder: str | None) -> "Row | None":
    if folder is not None and preset is None and given is None:
        raise typer.BadParameter("--render-folder needs --render.")
    own: Row = dict(given or {}) if preset is None else {"preset": preset}
    return {**own, "folder": folder} if folder is not None else own or None


def turn_on(rule: RuleArgument, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Turn a rule on; it concerns what happens from now on."""
    _turn(rule, data_dir, enabled=True, as_json=as_json)


def turn_off(rule: RuleArgument, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Turn a rule off; it forgets the videos that wait."""
    _turn(rule, data_dir, enabled=False, as_json=as_json)


def delete_rule(rule: RuleArgument, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Delete a rule and its history, nothing that it made."""
    from stoat_ferret.cli.output import print_json, print_out

    _ask(lambda client: client.delete_rule(rule), data_dir, owner="delete")
    if as_json:
        print_json({"deleted": rule})
    else:
        print_out(f"Rule {rule} is deleted.")


def list_runs(
    rule: RuleArgument,
    state: Annotated[
        Literal["waiting", "running", "done", "failed"] | None,
        typer.Option(help="Only videos in this state.", show_default=False),
    ] = None,
    limit: Limit = 50,
    everything: Everything = False,
    cursor: Cursor = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """List the videos that a rule ran on, newest first."""
    from stoat_ferret.cli.listing import list_rows

    list_rows(
        read_settings(data_dir=data_dir),
        lambda client: lambda filters: client.list_rule_runs(rule, filters),
        {"state": state, "cursor": cursor},
        wanted=None if everything else limit,
        columns=_run_columns(),
        noun="run",
        as_json=as_json,
        calls=_CALLS,
    )


def list_deliveries(
    rule: RuleArgument,
    state: Annotated[
        Literal["waiting", "delivered", "failed"] | None,
        typer.Option(help="Only calls in this state.", show_default=False),
    ] = None,
    limit: Limit = 50,
    everything: Everything = False,
    cursor: Cursor = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """List the calls of a rule's webhook, newest first."""
    from stoat_ferret.cli.listing import list_rows

    list_rows(
        read_settings(data_dir=data_dir),
        lambda client: lambda filters: client.list_deliveries(rule, filters),
        {"state": state, "cursor": cursor},
        wanted=None if everything else limit,
        columns=_delivery_columns(),
        noun="call",
        as_json=as_json,
        calls=_CALLS,
    )


def _example(command: str) -> str:
    return f"\n[bold]Example[/bold]\n\n  stoat-ferret rules {command} {_ID}\n"


COMMANDS: tuple[tuple[str, Callable[..., None], str], ...] = (
    ("list", list_rules, _LIST_EPILOG),
    ("add", add_rule, ADD_EPILOG),
    ("on", turn_on, _example("on")),
    ("off", turn_off, _example("off")),
    ("delete", delete_rule, _example("delete")),
    ("runs", list_runs, _example("runs")),
    ("deliveries", list_deliveries, _example("deliveries")),
)
_CALLS = ("rules",)


def _ask(
    call: "Callable[[LibraryClient], Awaitable[Any]]",
    data_dir: Path | None,
    *,
    owner: str | None = None,
) -> Any:
    """Return the answer to `call`; `owner` is a command that changes something."""
    from stoat_ferret.cli.client import open_client
    from stoat_ferret.cli.logs import logging_to_stderr
    from stoat_ferret.cli.terminal import run

    settings = read_settings(data_dir=data_dir)
    command = None if owner is None else f"stoat-ferret rules {owner}"

    async def ask() -> Any:
        async with open_client(settings, owner=command, calls=_CALLS) as client:
            return await call(client)

    with logging_to_stderr(settings, quiet=True):
        return run(ask)


def _read(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    from stoat_ferret.cli.render_request import read_document

    document = read_document(path)
    if not isinstance(document, dict):
        raise typer.BadParameter("its JSON must be an object", param_hint="--body")
    return document


def _turn(rule: str, data_dir: Path | None, *, enabled: bool, as_json: bool) -> None:
    from stoat_ferret.cli.output import print_json, print_out

    command, changes = "on" if enabled else "off", {"enabled": enabled}
    row = _ask(lambda client: client.change_rule(rule, changes), data_dir, owner=command)
    if as_json:
        print_json(row)
    else:
        print_out(f"Rule {row['id']} is {command}.")


def _print_preview(preview: "Row") -> None:
    from stoat_ferret.cli.output import plural, print_out

    print_out(f"It concerns {plural(preview['count'], 'existing video')}.")
    for video in preview["videos"]:
        print_out(f"  {video['folder']}{video['name']}")
    if preview["count"] > len(preview["videos"]):
        print_out("  …")
    counts = (
        ("storyboards", "storyboard"),
        ("renders", "render"),
        ("tagged", "video to tag"),
        ("webhook_calls", "call of the webhook"),
        ("jobs", "job"),
    )
    several = {"video to tag": "videos to tag", "call of the webhook": "calls of the webhook"}
    for field, noun in counts:
        if preview[field]:
            print_out(plural(preview[field], noun, several.get(noun)))


def _rule_columns() -> "list[Column]":
    from stoat_ferret.cli.output import Column

    return [
        Column("Id", lambda row: row["id"]),
        Column("Name", lambda row: row["name"], wide=True),
        Column("When", lambda row: row["when"]),
        Column("State", lambda row: row["problem"] or ("on" if row["enabled"] else "off")),
        Column("Done", lambda row: f"{row['runs']['done']:,}", "right"),
        Column("Failed", lambda row: f"{row['runs']['failed']:,}", "right"),
        Column("Waiting", _waiting, "right"),
    ]


def _waiting(row: "Row") -> str:
    return f"{row['runs']['waiting'] + row['runs']['running']:,}"


def _run_columns() -> "list[Column]":
    from stoat_ferret.cli.output import Column, local_time

    return [
        Column("Video", lambda row: row["name"] or "(removed)", wide=True),
        Column("State", lambda row: row["state"]),
        Column("Changed", lambda row: local_time(row["changed_at"])),
        Column("Error", lambda row: row["error"] or "-", wide=True),
        Column("Id", lambda row: row["video_id"], lines_only=True),
    ]


def _delivery_columns() -> "list[Column]":
    from stoat_ferret.cli.output import Column, local_time

    return [
        Column("Id", lambda row: row["id"]),
        Column("State", lambda row: row["state"]),
        Column("Videos", lambda row: f"{row['videos']:,}", "right"),
        Column("Attempts", lambda row: f"{row['attempts']:,}", "right"),
        Column("Created", lambda row: local_time(row["created_at"])),
        Column("Next", lambda row: local_time(row["next_at"])),
        Column("Error", lambda row: row["error"] or "-", wide=True),
    ]
