"""The answer of a stress in two or three sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Row = Mapping[str, Any]


def words(found: Row) -> str:
    """What the plan is worth, how bad the tail is, and which event hurts most."""
    value = found["value"]
    loss = value["calm_usd_bn"] - value["mean_usd_bn"]
    text = (
        f"Over {found['draws']:,} histories of events the plan is worth USD "
        f"{brief(value['mean_usd_bn'])} bn on average, {brief(loss)} bn less than if nothing "
        f"happened; in the worst {100 * (1 - found['alpha']):.0f} % it is worth "
        f"{brief(value['cvar_usd_bn'])} bn."
    )
    return text + _worst(found, loss)


def _worst(found: Row, loss: float) -> str:
    events, value = found["events"], found["value"]
    if not events or loss <= 0 or events[0]["part_of_mean_loss_usd_bn"] <= 0:
        return ""
    worst = events[0]
    tail = max(events, key=lambda e: e["part_of_tail_loss_usd_bn"])
    share = 100 * worst["part_of_mean_loss_usd_bn"] / loss
    text = f" {worst['name']} hurts most: {share:.0f} % of the mean loss"
    if tail["event"] != worst["event"]:
        return f"{text}; in the tail it is {tail['name']}."
    whole = value["calm_usd_bn"] - value["cvar_usd_bn"]
    return f"{text} and {100 * tail['part_of_tail_loss_usd_bn'] / whole:.0f} % of the tail's."


def brief(value: float) -> str:
    """Number with about three significant digits."""
    size = abs(value)
    return f"{value:,.{2 if size < 10 else 1 if size < 100 else 0}f}"
