"""`motcua sandbox`: the sandbox portal alone, for training and for trying out a connection."""

from pathlib import Path

import click

CATALOGUE = Path(__file__).parent / "demo" / "procedures.jsonl"


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="0 = any free port")
@click.option("--catalogue", type=click.Path(exists=True, dir_okay=False, path_type=Path), default=CATALOGUE,
              help="Procedures, one JSON object a line, may be gzipped [the demo's].")  # fmt: skip
@click.option("--username", default="H56", show_default=True)
@click.option("--password-file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="File with the password [thu-nghiem].")  # fmt: skip
@click.option("--push-url", default="", help="Where online dossiers are pushed to: …/portal/inbox/nhanhsdvcqg")
@click.option("--push-secret-file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="The file of MOTCUA_INBOX_SECRET_FILE.")  # fmt: skip
@click.option("--memory", type=click.Path(dir_okay=False, path_type=Path),
              help="Keeps there what came in, for the next start [nowhere].")  # fmt: skip
def sandbox(
    host: str, port: int, catalogue: Path, username: str, password_file: Path | None, push_url: str,
    push_secret_file: Path | None, memory: Path | None,
) -> None:  # fmt: skip
    """Run the sandbox portal until stopped: it receives dossiers, pushes some, and fails on demand."""
    from portal.sandbox import TEST_ACCOUNTS, main

    words = ["--host", host, "--port", str(port), "--catalogue", str(catalogue), "--username", username]
    password = password_file.read_text(encoding="utf-8").strip() if password_file else TEST_ACCOUNTS["H56"]
    words += ["--password", password, "--push-url", push_url]
    if push_secret_file is not None:
        words += ["--push-secret-file", str(push_secret_file)]
    if memory is not None:
        words += ["--memory", str(memory)]
    if main(words):
        raise click.ClickException("cổng thử nghiệm không chạy được: xem dòng ở trên")
