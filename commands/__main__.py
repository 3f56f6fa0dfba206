"""`python -m commands` is `motcua`."""

from commands.main import main

main(prog_name="motcua")
