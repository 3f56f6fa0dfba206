"""Runs the simulated printers."""

import sys

from printers.simulator import main

sys.exit(main())
