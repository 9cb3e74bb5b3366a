"""Price, maximum and frontier of the ratios on a case worked out by hand."""

from __future__ import annotations

import pytest

from planner.analysis.ratio import Point, Ratios, undominated
from planner.core.errors import InputError
from planner.outputs.charts_frontier import frontier
from tests.concepts.test_ratios import case
from tests.tiny import tiny


@pytest.fixture(scope="module")
def asked() -> Ratios:
    return Ratios(case())


def test_best_plan_has_the_ratios_worked_out(asked: Ratios) -> None:
    # Receipts 5 % against payments 10 % of the same sales; exports 80 % against imports 20 %.
    assert asked.best.technology == pytest.approx(0.5)
    assert asked.best.goods == pytest.approx(4.0)


def test_price_of_a_step_by_hand(asked: Ratios) -> None:
    # Receipts / payments = 0.05 S_jp / (0.10 S_tw): to reach 0.6, S_tw = S_jp / 1.2, so home drops
    # a sixth of its wafers; to reach 0.7, 1 - 1 / 1.4 = 2/7. Costs are in that proportion.
    first, second = asked.prices("technology", 0.1, 2)
    assert first.floor == pytest.approx(0.6)
    assert second.cost_usd_bn / first.cost_usd_bn == pytest.approx((2 / 7) / (1 / 6))
    assert second.step_usd_bn == pytest.approx(second.cost_usd_bn - first.cost_usd_bn)
    assert 0 < first.cost_usd_bn <= 3 * 9.6 / 6


def test_goods_price_rises_with_every_step(asked: Ratios) -> None:
    costs = [p.cost_usd_bn for p in asked.prices("goods", 1.0, 4)]
    assert costs == sorted(costs)
    assert costs[0] > 0


def test_maximum_is_where_the_kept_value_runs_out(asked: Ratios) -> None:
    # The value is proportional to wafers sold, each country half. Keeping 90 % gives up a tenth of
    # all, a fifth of one side: technology 0.5 / 0.8 = 0.625, goods 4 / 0.8 = 5.
    for aim, expected in (("technology", 0.625), ("goods", 5.0)):
        found = asked.highest(aim, keep=0.9)
        assert found is not None
        assert found.proven
        assert found.point.of(aim) <= expected + 0.1
        assert found.point.of(aim) == pytest.approx(expected, rel=0.03)
        assert found.beyond >= found.point.of(aim)
        kept = asked.best.value_usd_bn - 0.1 * abs(asked.best.value_usd_bn)
        assert found.point.value_usd_bn >= kept - 1e-6


def test_keeping_everything_leaves_the_best_ratio(asked: Ratios) -> None:
    found = asked.highest("goods", keep=1.0)
    assert found is not None
    assert found.point.goods == pytest.approx(4.0, abs=0.01)


def test_impossible_floor_has_no_highest(asked: Ratios) -> None:
    assert asked.highest("goods", keep=1.0, floors={"technology": 5.0}) is None


def test_frontier_trades_one_for_the_other(asked: Ratios) -> None:
    # Technology falls with home sales, goods rises with them: more of one is less of the other.
    points = asked.frontier(4, keep=0.9)
    assert len(points) >= 3
    technology, goods = [p.technology for p in points], [p.goods for p in points]
    assert technology == sorted(technology)
    assert goods == sorted(goods, reverse=True)
    picture = frontier([(p.technology, p.goods) for p in points], (0.5, 4.0))
    assert picture.startswith("<svg")
    assert picture.count("<rect") == len(points) + 1


def test_undominated_drops_the_beaten() -> None:
    points = [Point(0, 1, 1), Point(0, 2, 2), Point(0, 3, 1)]
    assert undominated(points) == [Point(0, 2, 2), Point(0, 3, 1)]


def test_needs_balance_data() -> None:
    with pytest.raises(InputError, match="balance"):
        Ratios(tiny())
