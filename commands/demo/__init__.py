"""A practice hall on one machine: the demo centre, simulated printers, a sandbox portal."""

from commands.demo.hall import keep_codes_alive, prepare, show
from commands.demo.neighbours import Neighbours, neighbours

__all__ = ["Neighbours", "keep_codes_alive", "neighbours", "prepare", "show"]
