"""What is wrong with a camera that delivers, or should: told by the age of its last good picture alone."""

from __future__ import annotations

from drivers.camera.newest import NewestFrame
from drivers.status import DeviceState, DeviceStatus

FROZEN = DeviceStatus(DeviceState.HARDWARE_ERROR, "frozen", "the picture no longer changes")
TORN = DeviceStatus(DeviceState.HARDWARE_ERROR, "torn", "only cut pictures arrive")
BLACK = DeviceStatus(DeviceState.USER_ERROR, "black", "nothing can be seen; is the lens cap on, or the light off?")
COVERED = DeviceStatus(DeviceState.USER_ERROR, "covered", "something lies on the lens")


def trouble_of(newest: NewestFrame, frozen_after_s: float, dark_after_s: float) -> DeviceStatus | None:
    """The trouble, ``None`` when there is none."""
    if newest.unchanged_for_s > frozen_after_s:
        return FROZEN
    if newest.torn_for_s > frozen_after_s:
        return TORN
    if newest.black_for_s > dark_after_s:
        return BLACK
    return COVERED if newest.covered_for_s > dark_after_s else None
