"""The line of a signature bends, and ends where the finger began and ended."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF

from ui.widgets.signature_pad import smooth

POINTS = st.lists(st.builds(QPointF, st.floats(0, 1000), st.floats(0, 1000)), min_size=1, max_size=40)


@given(POINTS)
def test_it_begins_and_ends_with_the_finger_and_stays_within_its_way(points: list[QPointF]) -> None:
    path = smooth(points)
    assert path.elementAt(0).x == points[0].x()  # type: ignore[comparison-overlap]
    assert (path.currentPosition() - points[-1]).manhattanLength() < 1e-6
    around = path.controlPointRect()
    for edge, ends in ((around.left(), min), (around.right(), max)):
        assert abs(ends(edge, ends(point.x() for point in points)) - ends(point.x() for point in points)) < 1e-6


def test_a_corner_is_rounded() -> None:
    path = smooth([QPointF(0, 0), QPointF(50, 0), QPointF(100, 0), QPointF(100, 50), QPointF(100, 100)])
    assert not path.contains(QPointF(100, 0))
    assert min((path.pointAtPercent(n / 100) - QPointF(100, 0)).manhattanLength() for n in range(101)) > 10
