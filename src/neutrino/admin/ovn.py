"""``neutrino ovn check`` and ``repair``: whether the Northbound is what the intent asks for, and making it so.

Here: what is printed. Not here: looking (reconcile/check.py). Both may run at any time, beside daemons or without.
"""

import argparse
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec

from neutrino.admin.table import text, write
from neutrino.backends.ovn import numbered, wire_macs
from neutrino.backends.ovn.northbound import backend
from neutrino.model.agent import Agent
from neutrino.model.network import Network
from neutrino.model.port import Port
from neutrino.model.router import Router
from neutrino.ovsdb.client import Client
from neutrino.reconcile import check as looking
from neutrino.reconcile.differences import ROW, Difference
from neutrino.reconcile.noun import Backend
from neutrino.runtime.config import Config
from neutrino.server.controller import settings
from neutrino.server.ovsdb import northbound
from neutrino.store.database import open_database
from neutrino.store.intent import Intent

_COLUMNS = ("kind", "id", "name", "row", "column", "expected", "found")
_BEHIND = "The controller has not realised all of the journal: is it running? Some of this may be on its way."


@asynccontextmanager
async def _opened(config: Config) -> AsyncIterator[tuple[Backend, Client, Intent]]:
    database = open_database(config.database_connection)
    try:
        async with northbound(config, leader_only=True) as client:
            yield backend(await settings(config, database)), client, Intent(database)
    finally:
        database.close()


async def check(config: Config, words: argparse.Namespace) -> int:
    """Print each difference, and warn of what the intent asks that OVN cannot; return 1 when there are differences."""
    async with _opened(config) as (ovn, client, intent):
        report = await looking.check(ovn, client, intent, patience_s=words.wait)
        networks = await intent.all(Network)
        lacking = list(wire_macs.lacking(await intent.all(Router), networks, await intent.all(Agent)))
        overfull = list(numbered.overfull(networks, await intent.all(Port)))
    if words.json:
        found = {"differences": report.differences, "realised": report.is_realised}
        _print_json(found | {"lacking": lacking, "overfull": overfull})
    else:
        _print(report.differences)
        sys.stderr.writelines(f"Warning: {one}.\n" for one in (*lacking, *overfull))
        if not report.is_realised:
            sys.stderr.write(f"{_BEHIND}\n")
    return 1 if report.differences else 0


async def repair(config: Config, words: argparse.Namespace) -> int:
    """Mend the differences and print what is left; return 1 when something is."""
    async with _opened(config) as (ovn, client, intent):
        wake_path = config.state_path / f"repair.{os.getpid()}.wake"
        written = await looking.repair(ovn, client, intent, wake_path, patience_s=words.wait)
        report = await looking.check(ovn, client, intent, patience_s=words.wait)
    if words.json:
        _print_json({"written": written, "differences": report.differences, "realised": report.is_realised})
    else:
        sys.stdout.write(f"{written} rows written.\n")
        _print(report.differences)
    return 1 if report.differences else 0


def _print(differences: list[Difference]) -> None:
    if not differences:
        sys.stdout.write("The Northbound is what the intent asks for.\n")
        return
    write(_COLUMNS, [_cells(one) for one in differences])
    sys.stdout.write(f"\n{len(differences)} differences.\n")


def _cells(one: Difference) -> tuple[str, ...]:
    if one.column == ROW:
        expected, found = ("-" if value is None else "row" for value in (one.expected, one.found))
        if not one.table:  # it cannot be rendered
            expected, found = text(one.expected), text(one.found)
    else:
        expected, found = text(one.expected), text(one.found)
    row = f"{one.table} {one.row_name}".strip()
    return one.kind or "-", one.id or "-", one.name or "-", row or "-", one.column or "-", expected, found


def _print_json(value: object) -> None:
    sys.stdout.write(f"{msgspec.json.format(msgspec.json.encode(value), indent=2).decode()}\n")
