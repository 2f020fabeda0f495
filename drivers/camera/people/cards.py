"""PAI species ``card_photo``: the card itself, or a copy of it, held close to the lens."""

from __future__ import annotations

import cv2
import numpy as np

from drivers.camera.people.attacker import draw_thumb
from drivers.camera.people.plane import Hold
from drivers.camera.people.prints import PrintAttack
from drivers.camera.portrait import compose_card_photo
from drivers.types import Image

_CARD_CM = (8.56, 5.40)
"""ISO/IEC 7810 ID-1."""
_PHOTO_CM = (2.6, 3.2)
"""Photo area of a resident identity card, as its standard GA/T is said to have it; assumed."""
_ENLARGED = 2
_CARD_BGR = (236, 228, 218)
_INK_BGR = (120, 112, 108)


class CardPhotoAttack(PrintAttack):
    """A twin of the reference as a small picture, about 10 cm before the lens, where a fixed focus no longer reaches.

    Blur at that distance: a lens of 1 mm aperture and 3 mm focal length focused at 50 cm spreads a point by about 0.8 % of the
    distance's own picture, 2 pixels of 640; assumed. A polycarbonate card is glossy and stiff.
    """

    species = "card_photo"
    is_stiff = True

    def _draw_hands(self, texture: Image, thumb_px: float) -> None:
        height, width = texture.shape[:2]
        draw_thumb(texture, (width * 0.22, height - thumb_px * 0.4), thumb_px, 12.0)

    def _sheet(self, portrait: Image) -> tuple[Image, float, Hold]:
        photo = compose_card_photo(portrait)
        size = (photo.shape[1] * _ENLARGED, photo.shape[0] * _ENLARGED)
        photo = np.asarray(cv2.resize(photo, size, interpolation=cv2.INTER_CUBIC), np.uint8)
        px_per_cm = size[0] / _PHOTO_CM[0]
        card = np.full((round(_CARD_CM[1] * px_per_cm), round(_CARD_CM[0] * px_per_cm), 3), _CARD_BGR, np.uint8)
        for line, length in enumerate((0.26, 0.34, 0.42, 0.42, 0.36)):  # grey bars where words would stand
            y = round((0.16 + 0.13 * line) * card.shape[0])
            cv2.line(
                card, (round(0.07 * card.shape[1]), y), (round((0.07 + length) * card.shape[1]), y), _INK_BGR, 9, cv2.LINE_AA
            )
        left, top = round(card.shape[1] * 0.64), round(card.shape[0] * 0.14)
        card[top : top + size[1], left : left + size[0]] = photo[..., None]
        card = np.asarray(cv2.GaussianBlur(card, (0, 0), 1.8), np.uint8)
        # The hand brings the photo before the lens, not the middle of the card.
        aside_cm = (left + size[0] / 2 - card.shape[1] / 2) / px_per_cm
        return card, px_per_cm, Hold(right_cm=-aside_cm, away_cm=self.random.uniform(8.5, 11.0))
