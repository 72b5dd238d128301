"""The command, put together."""

import typer

from pepperchain.cli import keeping, matching, people, schema, serving, sheets

app = typer.Typer(
    name="pepperchain",
    help="Pepperchain 椒链: the Sichuan-pepper chain of Jiangjin in one book.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("demo")(serving.demo)
app.command("serve")(serving.serve)
app.command("migrate")(schema.migrate)
app.command("seed")(schema.seed)
app.add_typer(people.user, name="user")
app.add_typer(people.token, name="token")
app.command("import")(sheets.import_)
app.command("export")(sheets.export)
app.command("duplicates")(matching.duplicates)
app.command("run-due")(keeping.run_due_now)
app.command("backup")(keeping.backup)
app.command("restore")(keeping.restore)
app.command("doctor")(keeping.doctor)
