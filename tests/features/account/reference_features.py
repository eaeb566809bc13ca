"""Every feature by its name, from a plain account: written from the catalogue's meanings."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from features.text.purposes import PURPOSES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.features.account.reference import Account

NAN = math.nan


def features(account: Account) -> dict[str, float]:
    """What the catalogue promises, by name; NaN where the log had nothing to compute it from."""
    return _content(account) | _purposes(account) | _request(account) | _settings(account) | _context(account)


def _share(part: float, whole: float, usual: float) -> float:
    """A share that starts from two unremarkable events, with the `usual` one; no part is no share."""
    if not whole:
        return NAN
    return min((part + 2 * usual) / (whole + 2), 1) if part > 0 else 0.0


def _mean(total: float, count: int) -> float:
    return total / count if count else NAN


def _deviation(n: Mapping[str, int], what: str, count: str) -> float:
    if n[count] < 2:
        return NAN
    mean = n[f"log_{what}"] / n[count]
    return math.sqrt(max(n[f"log_{what}_sq"] / n[count] - mean**2, 0)) / 256


def _content(account: Account) -> dict[str, float]:
    n, texts, users = account.n, account.n["with_text"], account.n["with_user"]
    top = {name: max(counter.counts) for name, counter in account.tracked.items()}
    different = {name: sketch.estimate() for name, sketch in account.distinct.items()}
    wrapper = _share(max(top["heads"], top["tails"]), users, 0.1)
    novelty = _share(different["contents"], texts, 0.9)
    return {
        "template_share": _share(top["templates"], users, 0.1),
        "wrapper_share": wrapper,
        "system_share": _share(top["systems"], texts, 0.1),
        "content_novelty": novelty,
        "shingle_novelty": _share(different["shingles"] / 16, users, 0.7),
        "template_variety": _share(different["template_kinds"], users, 0.7),
        "opening_variety": _share(different["openings"], texts, 0.5),
        "wrapped_novelty": wrapper * novelty,
        "wrapped_length": wrapper * novelty * _mean(n["log_output"], n["with_output"]) / 256,
        "single_turn_share": _share(n["single_turn"], texts, 0.7),
        "tool_result_share": _share(n["tool_results"], texts, 0.05),
        "repeat_share": _share(n["repeated"], texts, 0.02),
        "refused_share": _share(n["refused"], n["finished"], 0.005),
        "user_length": _mean(n["log_user"], users) / 256,
        "user_spread": _deviation(n, "user", "with_user"),
    }


def _purposes(account: Account) -> dict[str, float]:
    return {
        f"purpose_{name}": _share(account.purposes[at], account.n["with_text"], 0.02)
        for at, name in enumerate(PURPOSES)
    }


def _request(account: Account) -> dict[str, float]:
    n = account.n
    output = _mean(n["log_output"], n["with_output"]) / 256
    prompt = _mean(n["log_input"], n["with_input"]) / 256
    cached = min(n["cached_tokens"], n["input_tokens"]) if n["with_cached"] else NAN
    return {
        "output_length": output,
        "output_spread": _deviation(n, "output", "with_output"),
        "input_length": prompt,
        "input_spread": _deviation(n, "input", "with_input"),
        "yield": output - prompt,
        "fill": _mean(n["fill"], n["filled"]) / 1024,
        "capped_share": _share(n["capped"], n["finished"], 0.03),
        "limit_length": _mean(n["log_limit"], n["with_limit"]) / 256,
        "reasoned_share": _share(n["reasoned"], n["ok"], 0.2),
        "cached_ratio": _mean(cached, n["input_tokens"]),
        "history_share": _share(n["with_history"], n["with_text"], 0.3),
        "foreign_history_share": _share(n["with_history"] - n["own_history"], n["with_history"], 0.2),
    }


def _settings(account: Account) -> dict[str, float]:
    n, events = account.n, account.n["events"]
    return {
        "settings_share": _share(max(account.tracked["settings"].counts), events, 0.5),
        "temperature": _mean(n["temperature"], n["with_temperature"]) / 1000,
        "cold_share": _share(n["cold"], n["with_temperature"], 0.2),
        "seeded_share": _share(n["seeded"], events, 0.02),
        "sampled_share": _share(n["sampled"], events, 0.01),
        "logprob_share": _share(n["logprobs"], events, 0.01),
        "bias_share": _share(n["biased"], events, 0.005),
        "bias_size": n["bias_size"] / n["biased"] if n["biased"] else 0,
        "one_token_share": _share(n["one_token"], n["with_limit"], 0.01),
        "formatted_share": _share(n["formatted"], events, 0.05),
        "tooled_share": _share(n["tooled"], events, 0.2),
        "effort_share": _share(n["effortful"], events, 0.02),
    }


def _context(account: Account) -> dict[str, float]:
    n, events = account.n, account.n["events"]
    different = {name: sketch.estimate() for name, sketch in account.distinct.items()}
    days_old = max(account.first - account.created, 0) / 86_400_000
    return {
        "volume": math.log2(1 + events),
        "daily_volume": math.log2(1 + events / max(different["days"], 1)),
        "peak_volume": math.log2(1 + account.day_peak),
        "gap_length": _mean(n["log_gap"], n["gaps"]) / 256,
        "gap_spread": _deviation(n, "gap", "gaps"),
        "even_gap_share": _share(n["even_gaps"], n["gaps"], 0.03),
        "instant_share": _share(n["instant_gaps"], n["gaps"], 0.05),
        "overlap_share": _share(n["overlaps"], n["gaps"], 0.1),
        "hour_entropy": _entropy(account.hours),
        "early_share": _share(n["early"], events, 0.5),
        "error_share": _share(n["errors"], events, 0.02),
        "limited_share": _share(n["limited"], events, 0.01),
        "age": math.log2(1 + days_old) if account.created > 0 else NAN,
        "session_rate": _share(different["sessions"], events, 0.5) if different["sessions"] else NAN,
        "human_share": _share(n["human_valid"], n["with_human"], 0.5),
    } | {name: different[name] for name in ("end_users", "networks", "asns", "agents", "devices", "models")}


def _entropy(counts: list[int]) -> float:
    total = sum(counts)
    shares = [count / total for count in counts if count]
    return -sum(share * math.log2(share) for share in shares) if total else NAN
