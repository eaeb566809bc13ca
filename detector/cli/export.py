"""`stillwatch export`: a finding as a file for others."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from detector.cli.exports import exporting
from detector.cli.store_options import DEFAULT_STORE, StoreOption
from detector.exports.assembly import make_product
from detector.exports.errors import ExportError
from detector.exports.formats import FORMATS, exported
from detector.exports.outbox.reading import campaign_of, finding_of
from detector.exports.stix.objects import TLPS


def export_command(
    case: Annotated[str, typer.Argument(help="Id of a case (which is its alert's), campaign or account.")],
    name: Annotated[str, typer.Option("--format", help=f"One of {', '.join(FORMATS)}.")] = "ocsf",
    out: Annotated[
        Path | None, typer.Option("--out", help="File to write; standard output if left out.")
    ] = None,
    tlp: Annotated[str, typer.Option("--tlp", help=f"Marking of stix: {', '.join(TLPS)}.")] = "amber",
    store: StoreOption = DEFAULT_STORE,
) -> None:
    """Write what was found and decided, as others read it.

    For example:

      stillwatch export cmp_4f2a --format report --out campaign.html
    """
    with exporting(store) as database:
        if name not in FORMATS:
            raise ExportError(f"--format {name!r} is not known; give one of {', '.join(FORMATS)}")
        if tlp not in TLPS:
            raise ExportError(f"--tlp {tlp!r} is not known; give one of {', '.join(TLPS)}")
        with database.reading() as connection:
            finding = finding_of(connection, case, make_product(os.environ))
            campaign = None if finding else campaign_of(connection, case)
        if finding is None and campaign is not None:
            raise ExportError(f"the alert that covers account {case} is of its campaign; export {campaign}")
        if finding is None:
            raise ExportError("no alert has this id, nor an alerted campaign or account; see the queue")
        body = exported(finding, name, tlp)
        if out is not None:
            out.write_bytes(body)
            return
    sys.stdout.buffer.write(body)
