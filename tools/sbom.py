"""The bill of materials of a release: `python -m tools.sbom --time SECONDS [--out FILE]`.

CycloneDX 1.6 (ECMA-424) in JSON: what ships with Stillwatch, in the versions that are locked, who needs whom,
and the shipped model with the hashes of its files. The same commit and time give the same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tomllib
import uuid
from datetime import UTC, datetime
from importlib.metadata import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec
from packaging.utils import canonicalize_name

from tools.licences import judged, licence_of, read_rules
from tools.release_closure import PROJECT, Package, closure, roots

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tools.licences import Rules

MODEL: Final = Path("models/default")
_NAMESPACE: Final = uuid.uuid5(uuid.NAMESPACE_URL, "pkg:pypi/stillwatch")


def bill(root: Path, seconds: int) -> bytes:
    """Of the checkout at `root`, as of a Unix time; raises `ReleaseError` as `closure` does."""
    packages, rules = closure(root), read_rules(root / "tools" / "licences.toml")
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    main = _main(project)
    model = _model(root, project["version"])
    body = {
        "metadata": {
            "timestamp": datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": main,
        },
        "components": [*(_component(one, rules) for one in packages.values()), model],
        "dependencies": _graph(main["bom-ref"], model["bom-ref"], root, packages),
    }
    serial = uuid.uuid5(_NAMESPACE, msgspec.json.encode(body).hex())
    head = {"bomFormat": "CycloneDX", "specVersion": "1.6", "serialNumber": serial.urn, "version": 1}
    return msgspec.json.format(msgspec.json.encode(head | body), indent=1) + b"\n"


def _main(project: Mapping[str, Any]) -> dict[str, Any]:
    url = _purl(PROJECT, project["version"])
    return {
        "type": "application",
        "bom-ref": url,
        "name": PROJECT,
        "version": project["version"],
        "licenses": [{"expression": project["license"]}],
        "purl": url,
    }


def _component(package: Package, rules: Rules) -> dict[str, Any]:
    said = licence_of(metadata(package.name), rules.aliases)
    licence = judged(package.name, package.version, said, rules).licence
    url = _purl(package.name, package.version)
    return {
        "type": "library",
        "bom-ref": url,
        "name": package.name,
        "version": package.version,
        "licenses": [{"expression": licence}],
        "purl": url,
    }


def _model(root: Path, version: str) -> dict[str, Any]:
    """The model's files with their hashes, since a model decides as code does."""
    files = sorted(path for path in (root / MODEL).rglob("*") if path.is_file())
    return {
        "type": "machine-learning-model",
        "bom-ref": f"{PROJECT}-model",
        "name": f"{PROJECT}-model",
        "version": version,
        "components": [_file(path, path.relative_to(root).as_posix()) for path in files],
    }


def _file(path: Path, name: str) -> dict[str, Any]:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return {
        "type": "file",
        "bom-ref": name,
        "name": name,
        "hashes": [{"alg": "SHA-256", "content": digest}],
    }


def _graph(main: str, model: str, root: Path, packages: Mapping[str, Package]) -> list[dict[str, Any]]:
    direct = sorted({canonicalize_name(one.name) for one in roots(root)})
    refs = {name: _purl(name, package.version) for name, package in packages.items()}
    edges = [
        {"ref": refs[name], "dependsOn": [refs[need] for need in package.needs if need in refs]}
        for name, package in packages.items()
    ]
    return [{"ref": main, "dependsOn": [*(refs[name] for name in direct), model]}, *edges]


def _purl(name: str, version: str) -> str:
    return f"pkg:pypi/{name}@{version}"


def main() -> None:
    """Print or write it."""
    parser = argparse.ArgumentParser(description="The bill of materials of a release.")
    parser.add_argument("--time", type=int, required=True, help="Unix time that it says it was made at")
    parser.add_argument("--out", type=Path, help="file to write; left out, it is printed")
    said = parser.parse_args()
    made = bill(Path(__file__).parents[1], said.time)
    if said.out is None:
        sys.stdout.buffer.write(made)
    else:
        said.out.write_bytes(made)


if __name__ == "__main__":
    main()
