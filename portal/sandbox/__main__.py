"""Runs the sandbox portal."""

import sys

from portal.sandbox import main

sys.exit(main())
