from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
BARE: Final = ROOT / ".venv" / "client" / "bin" / "python"
"""an environment with what the client depends on and nothing else"""
PROGRAM: Final = """
import sys
from stillwatch_client import CacheSettings, EventShipper, Service, ShipperSettings, VerdictCache
from stillwatch_client.http_transport import HttpTransport
service = Service("http://127.0.0.1:1", "swk_x")
with VerdictCache(CacheSettings(service)) as cache:
    assert cache.decide(account="a").bypass == "not_ready"
with EventShipper(HttpTransport(service, 1.0), ShipperSettings()) as shipper:
    pass
ours = {"detector", "features", "models", "streaming", "numpy", "msgspec", "litellm", "kafka"}
print(sorted(ours & {name.partition(".")[0] for name in sys.modules}))
"""


def test_the_wheel_works_in_a_bare_environment(tmp_path: Path) -> None:
    """It imports nothing but its own package, httpx and the standard library."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    options = ["--no-deps", "--no-build-isolation", "--no-index"]
    # A copy, since a build leaves its traces beside the sources.
    subprocess.run(["cp", "-r", str(ROOT / "client"), str(tmp_path / "client")], check=True)
    subprocess.run(
        [*pip, "wheel", *options, "--wheel-dir", str(tmp_path), str(tmp_path / "client")], check=True
    )
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        metadata = archive.read(next(name for name in names if name.endswith("/METADATA"))).decode()
        archive.extractall(tmp_path / "site")
    assert "stillwatch_client/py.typed" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    required = [
        line for line in metadata.splitlines() if line.startswith("Requires-Dist") and "extra ==" not in line
    ]
    assert required == ["Requires-Dist: httpx<1,>=0.27"]
    told = subprocess.run(
        [BARE, "-c", PROGRAM],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        check=True,
        text=True,
    )
    assert (told.stdout, told.stderr) == ("[]\n", "")
