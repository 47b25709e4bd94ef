"""What metering labels have counted, in Prometheus's text format. Not here: counting (`metering`)."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from prometheus_client import CollectorRegistry, write_to_textfile
from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

from neutrino.agent.counters import Total


class _Totals(Collector):
    def __init__(self, totals: Iterable[Total]) -> None:
        self._totals = sorted(totals, key=lambda total: total.meter)

    def collect(self) -> Iterator[Metric]:
        names = ("label_id", "project_id", "router_id", "direction")
        for what, says in (
            ("bytes", "What metering labels have counted on this host, in bytes of IP packets."),
            ("packets", "What metering labels have counted on this host, in packets."),
        ):
            family = CounterMetricFamily(f"neutrino_metering_{what}", says, labels=names)
            for total in self._totals:
                family.add_metric(total.meter, getattr(total, what))
            yield family


def tell(path: Path, totals: Iterable[Total]) -> None:
    """Write *totals* to *path*, all or nothing, as Prometheus's node exporter reads them (its textfile collector)."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Totals(totals))
    write_to_textfile(str(path), registry)
