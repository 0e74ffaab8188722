"""The command `stoat-ferret doctor`: checks of the machine, with advice."""

import typer

from stoat_ferret.cli.options import AsJson, DataDir, read_settings

EPILOG = """
[bold]Examples[/bold]

  stoat-ferret doctor

  stoat-ferret doctor --json | jq .checks.ffprobe
"""


def doctor(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Check everything this program needs. Exit code 1 if something essential is broken.

    Nothing is changed, and a running server is not disturbed.
    """
    from stoat_ferret.cli.checks import Finding, examine
    from stoat_ferret.cli.output import print_json, print_out
    from stoat_ferret.cli.terminal import run
    from stoat_ferret.errors import ConfigurationError
    from stoat_ferret.stored_settings import with_stored

    settings = read_settings(data_dir=data_dir)
    stored = Finding("ok", "those of the settings page can be used")
    try:
        settings = with_stored(settings)
    except ConfigurationError as error:  # the other checks are worth knowing all the same
        stored = Finding("broken", str(error), "The server does not start until this is mended.")
    findings = {**run(lambda: examine(settings)), "settings": stored}
    ok = all(finding.state != "broken" for finding in findings.values())
    if as_json:
        checks = {name: finding.as_json() for name, finding in findings.items()}
        print_json({"ok": ok, "checks": checks})
    else:
        for name, finding in findings.items():
            print_out(f"{finding.state:8} {name:12} {finding.detail}")
            if finding.mend:
                print_out(f"{'':8} {'':12} → {finding.mend}")
        print_out("Everything essential works." if ok else "Something essential is broken.")
    raise typer.Exit(0 if ok else 1)
