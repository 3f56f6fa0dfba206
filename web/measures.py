"""Figures for Prometheus, on a listener of their own: no personal data, no ticket numbers in labels."""

from collections.abc import Iterator
from typing import Any
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from store import boards, centres, figures, jobs
from store.database import Connection
from web.house import House


class Measures(Collector):
    """Reads the figures when asked, on a connection of its own: each asking thread is a new one."""

    def __init__(self, house: House) -> None:
        self._house = house

    def collect(self) -> Iterator[Metric]:
        """All families."""
        house, store = self._house, self._house.store
        yield CounterMetricFamily("motcua_commits", "Transactions committed", value=store.writer.commits)
        yield CounterMetricFamily("motcua_operations", "Operations written", value=store.writer.written)
        yield GaugeMetricFamily("motcua_journal_events", "Newest journal number", value=store.seen)
        yield GaugeMetricFamily("motcua_screens", "Screens connected", value=house.hub.screens)
        printers = GaugeMetricFamily("motcua_printer_ready", "1 when the last slip went well", labels=["printer"])
        for name, state in house.printers().items():
            printers.add_metric([name], float(not state.trouble))
        yield printers
        with store.own_reader() as db:
            yield from _outbox(db)
            if centres.is_loaded(db):
                yield from _queues(db)


def _outbox(db: Connection) -> Iterator[Metric]:
    family = GaugeMetricFamily("motcua_outbox", "Work waiting for paper, portal or a person", labels=["kind"])
    for kind, depth in jobs.outbox_depths(db).items():
        family.add_metric([kind], depth)
    yield family


def _queues(db: Connection) -> Iterator[Metric]:
    board = boards.read_board(db)
    counted = figures.of_queues(db, board.day.id if board.day else 0)
    waiting = GaugeMetricFamily("motcua_waiting", "People waiting", labels=["queue"])
    today = GaugeMetricFamily("motcua_tickets_today", "Tickets of the business day", labels=["queue", "state"])
    for queue, line in board.lines.items():
        waiting.add_metric([queue], line.waiting)
        day = counted.get(queue, figures.NOTHING)
        for state, value in (("given", day.given), ("served", day.served), ("absent", day.absent)):
            today.add_metric([queue, state], value)
    yield waiting
    yield today


def serve_measures(house: House, port: int) -> Any:
    """Serve /metrics on 127.0.0.1:port in a thread; gives the server to shut down. Raises OSError."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Measures(house))
    server: WSGIServer
    server, _ = start_http_server(port, addr="127.0.0.1", registry=registry)
    return server
