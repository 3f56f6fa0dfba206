"""The ways out to printers: the form of an address says whether over the network, here, or by an agent."""

from domain.printer_addresses import Agent, Network, read_address
from domain.records import Wrong
from printers import blocking, tcp
from printers.agents import Agents
from printers.connections import Connection as Connection
from printers.connections import Stopped as Stopped
from printers.connections import Unreachable as Unreachable
from printers.drivers import driver_for
from printers.status import Trouble


async def connect(address: str, agents: Agents | None = None) -> Connection:
    """Open the way to a printer for one job. Raises Unreachable."""
    try:
        place = read_address(address)
    except Wrong as wrong:
        raise Unreachable(address, Trouble.WRONG_ADDRESS) from wrong
    match place:
        case Network():
            return await tcp.connect(place)
        case Agent():
            if agents is None:
                raise Unreachable(address, Trouble.NO_AGENT)
            return await agents.connect(place.name)
        case _:
            return await blocking.connect(address, driver_for(place))
