"""The sandbox portal: a national portal for tests, demos and training, on one port of this machine.

`python -m portal.sandbox --port 8080 --catalogue FILE.jsonl` runs it; tests use `SandboxThread`. It
imports nothing of MotCua, so that it judges what MotCua sends and cannot share an error with it.
"""

from portal.sandbox.server import TEST_ACCOUNTS, SandboxThread, main, make_sandbox

__all__ = ["TEST_ACCOUNTS", "SandboxThread", "main", "make_sandbox"]
