from __future__ import annotations

import hashlib
import json
import re
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import skops.io
from sklearn.naive_bayes import GaussianNB

from features.scored import OWN
from models.anomaly import fit_anomaly
from models.artefact import ARRAYS, ESTIMATORS, MANIFEST, ModelError, load, save
from models.cohort import Cohorts
from models.fit import fit
from tests.models.conftest import COLUMNS, EVIDENCE, SMALL, make_world, vectors_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from models.anomaly import AnomalyScorer
    from models.dataset import Examples
    from models.fit import Fitted

WEIGHTS = "weights of the tests"


@pytest.fixture(scope="module")
def anomaly(world: Examples) -> AnomalyScorer:
    """Fitted on the same rows as the scorer."""
    return fit_anomaly(world.accounts.vectors, EVIDENCE, seed=1)


@pytest.fixture(scope="module")
def cohorts(world: Examples, fitted: Fitted) -> Cohorts:
    """What is usual among the same accounts."""
    return Cohorts.of(vectors_of(world, fitted), world.accounts.events)


@pytest.fixture(scope="module")
def other() -> Fitted:
    """A detector of another world."""
    return fit(make_world(200, seed=3), COLUMNS, SMALL)


@pytest.fixture(scope="module")
def stored(
    fitted: Fitted, anomaly: AnomalyScorer, cohorts: Cohorts, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A folder that holds a model."""
    folder = tmp_path_factory.mktemp("model") / "made" / "by save"
    save(folder, fitted, anomaly, cohorts, {"text_weights": WEIGHTS})
    return folder


@pytest.fixture
def copy(stored: Path, tmp_path: Path) -> Path:
    """A copy that a test may damage."""
    return shutil.copytree(stored, tmp_path / "model")


def _edit(folder: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    path = folder / MANIFEST
    manifest = json.loads(path.read_text())
    change(manifest)
    path.write_text(json.dumps(manifest))


def test_a_stored_model_scores_alike(
    stored: Path, world: Examples, fitted: Fitted, anomaly: AnomalyScorer, cohorts: Cohorts
) -> None:
    """Scores, reasons, ranks and thresholds are the same to the last bit after a round trip."""
    model, shown = load(stored, WEIGHTS), vectors_of(world, fitted)

    before, after = fitted.scorer.score(shown), model.scorer.score(shown)
    assert np.array_equal(before.distillation, after.distillation)
    assert np.array_equal(before.relay, after.relay)
    for vectors, one, same in (
        (shown, fitted.scorer, model.scorer),
        (shown[:, :OWN], fitted.scorer.account, model.scorer.account),
    ):
        reasons = zip(one.contributions(vectors), same.contributions(vectors), strict=True)
        assert all(np.array_equal(made, read) for made, read in reasons)
    vectors = world.accounts.vectors
    assert np.array_equal(anomaly.score(vectors), model.anomaly.score(vectors))
    assert (model.raise_at, model.relay_at) == (fitted.raise_at, fitted.relay_at)
    assert np.array_equal(model.cohorts.usual(9), cohorts.usual(9), equal_nan=True)


def test_a_stored_model_scores_populations_alike(stored: Path, world: Examples, fitted: Fitted) -> None:
    """Log-odds of both classes are the same to the last bit after a round trip."""
    model, vectors = load(stored, WEIGHTS), world.populations.vectors

    logits = zip(fitted.populations.logits(vectors), model.populations.logits(vectors), strict=True)
    assert all(np.array_equal(made, read) for made, read in logits)


def test_the_same_model_has_the_same_id(
    stored: Path, world: Examples, fitted: Fitted, tmp_path: Path
) -> None:
    """The id is that of the manifest, starts with `sw-` and does not depend on where the model lies."""
    model = load(stored, WEIGHTS)
    moved = load(shutil.copytree(stored, tmp_path / "moved"), WEIGHTS)

    assert re.fullmatch(r"sw-[0-9a-f]{12}", model.model_id)
    assert model.model_id == moved.model_id == model.manifest["model_id"]
    assert vectors_of(world, fitted).shape[1] == len(model.manifest["features"])


@pytest.mark.parametrize("what", ["full", "evidence", "populations", "fusion", "raise_at"])
def test_a_model_that_decides_otherwise_has_another_id(
    fitted: Fitted, other: Fitted, anomaly: AnomalyScorer, cohorts: Cohorts, tmp_path: Path, what: str
) -> None:
    """Each of the four models, and a threshold, is part of what the id names."""
    scorer = fitted.scorer
    account, theirs = scorer.account, other.scorer.account
    changes: dict[str, dict[str, Any]] = {
        "full": {"scorer": replace(scorer, account=replace(account, full=theirs.full))},
        "evidence": {"scorer": replace(scorer, account=replace(account, evidence=theirs.evidence))},
        "populations": {"populations": other.populations},
        "fusion": {"scorer": replace(scorer, forest=other.scorer.forest)},
        "raise_at": {"raise_at": fitted.raise_at / 2},
    }

    ids = [
        save(tmp_path / name, one, anomaly, cohorts, {"text_weights": WEIGHTS})
        for name, one in (("as it is", fitted), ("changed", replace(fitted, **changes[what])))
    ]

    assert ids[0] != ids[1]


@pytest.mark.parametrize("name", [MANIFEST, ESTIMATORS, ARRAYS])
def test_a_missing_file_is_named(copy: Path, name: str) -> None:
    """Whichever file is missing, the error says which, and what to do."""
    (copy / name).unlink()

    with pytest.raises(ModelError, match=f"{re.escape(str(copy / name))}: .*(re)?build"):
        load(copy, WEIGHTS)


@pytest.mark.parametrize("name", [ESTIMATORS, ARRAYS])
def test_an_altered_byte_is_refused(copy: Path, name: str) -> None:
    """One byte changed is one file named, before anything in it is read."""
    data = bytearray((copy / name).read_bytes())
    data[len(data) // 2] ^= 1
    (copy / name).write_bytes(data)

    with pytest.raises(ModelError, match=f"{name}: sha256 differs from the manifest; restore or rebuild"):
        load(copy, WEIGHTS)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda m: m.update(catalogue="other"), "made for feature catalogue other, but .* rebuild"),
        (lambda m: m.update(text_weights="old"), f"made for purpose weights old, but {WEIGHTS} .* rebuild"),
        (
            lambda m: m["libraries"].update({"scikit-learn": "1.0"}),
            "made for scikit-learn 1.0, .* rebuild",
        ),
        (lambda m: m.update(format=99), "format is not 2; rebuild"),
        (lambda m: m.update(features=["a"]), "lists other features than the catalogue; rebuild"),
        (lambda m: m.pop("sha256"), "KeyError: 'sha256'.*; rebuild"),
        (lambda m: m.update(sha256=None), "TypeError: .*; rebuild"),
        (lambda m: m.update(thresholds={}), "KeyError: 'raise_at'.*; rebuild"),
        (lambda m: m["calibration"].update(own={"slope": 1}), "TypeError: .*; rebuild"),
        (lambda m: m.update(context_margin="wide"), "ValueError: .*; rebuild"),
    ],
)
def test_a_manifest_of_another_making_is_refused(
    copy: Path, change: Callable[[dict[str, Any]], Any], complaint: str
) -> None:
    """Another catalogue, other weights, another library or a damaged field: each is named with its remedy."""
    _edit(copy, change)

    with pytest.raises(ModelError, match=complaint) as raised:
        load(copy, WEIGHTS)
    assert str(copy) in str(raised.value)


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"\xff", b"null"])
def test_a_manifest_that_is_none_is_refused(copy: Path, text: bytes) -> None:
    """Something else in the manifest's place is an error with the file's name."""
    (copy / MANIFEST).write_bytes(text)

    with pytest.raises(ModelError, match=re.escape(str(copy / MANIFEST))):
        load(copy, WEIGHTS)


def test_a_foreign_type_is_not_loaded(copy: Path) -> None:
    """An estimator of a type that needs trust is refused although every digest is right."""
    model = GaussianNB().fit([[0.0], [1.0]], [0, 1])
    model.foreign = re.compile("x").fullmatch
    skops.io.dump({"full": model}, copy / ESTIMATORS)
    digest = hashlib.sha256((copy / ESTIMATORS).read_bytes()).hexdigest()
    _edit(copy, lambda m: m["sha256"].update({ESTIMATORS: digest}))

    with pytest.raises(ModelError, match="rebuild the model"):
        _ = load(copy, WEIGHTS).anomaly


def test_a_tree_that_leaves_its_arrays_is_not_loaded(copy: Path) -> None:
    """A child, a feature or a class out of bounds is refused although every digest is right."""
    with np.load(copy / ARRAYS, allow_pickle=False) as arrays:
        held = {name: arrays[name] for name in arrays.files}
    held["full_nodes"]["left"][0] = len(held["full_nodes"])
    np.savez_compressed(copy / ARRAYS, allow_pickle=False, **held)
    digest = hashlib.sha256((copy / ARRAYS).read_bytes()).hexdigest()
    _edit(copy, lambda m: m["sha256"].update({ARRAYS: digest}))

    with pytest.raises(ModelError, match=r"full: a tree leaves its arrays.*rebuild"):
        load(copy, WEIGHTS)


def test_nothing_is_pickled(stored: Path) -> None:
    """Arrays load with pickling off, and no estimator is of a type that needs to be trusted."""
    with np.load(stored / ARRAYS, allow_pickle=False) as arrays:
        assert all(arrays[name].dtype != object for name in arrays.files)

    assert skops.io.get_untrusted_types(file=stored / ESTIMATORS) == []
