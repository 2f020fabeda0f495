"""A still portrait taken apart into a person, a matte and a plain wall, ready to be animated.

The packaged picture is NASA's official portrait of an astronaut, in the public domain, as scikit-image ships it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.face_models import MODELS_TURN, landmarks_in_order, load_face_recognition
from drivers.types import Image

Points = NDArray[np.float32]
"""Landmarks of shape (68, 2): x and y in pixels, in the usual order of the iBUG 300-W annotation."""

_HEAD_ROWS = 300
"""Rows of the packaged picture that show head and shoulders; dlib's detector sees a second, false face below them."""
JAW_WIDTH_OF_FRAME_HEIGHT = 0.385
_EYES_AT_Y = 0.44
_LOWEST_EYES_AT_Y = 0.6
_WALL_BGR = (205, 208, 203)
_CARD_SIZE_PX = (102, 126)
_CARD_JAW_OF_WIDTH = 0.55
_CARD_EYES_AT = (0.5, 0.47)
_LARGEST_SIDE_PX = 720
_LEAST_ABOVE_BROWS = 0.45
_LEAST_BESIDE_JAW = 0.18
"""Of the jaw's width: below these a picture is cut too close to show the whole head."""


class UnusablePortrait(ValueError):
    """The picture given as a portrait does not show exactly one face."""


@dataclass(frozen=True, slots=True, eq=False)
class Portrait:
    """A person before a wall, all layers in the size of the camera picture."""

    person: Image = field(repr=False)
    matte: Image = field(repr=False)
    """255 where the person is, 0 where the wall is."""
    wall: Image = field(repr=False)
    landmarks: Points = field(repr=False)


def packaged_portrait() -> Image:
    """Head and shoulders of the packaged public-domain portrait, BGR."""
    from skimage import data  # loads scikit-image only where the simulator really runs

    return np.ascontiguousarray(data.astronaut()[:_HEAD_ROWS, :, ::-1])


def compose_portrait(picture: Image, size_px: tuple[int, int]) -> Portrait:
    """Scale and place the person of ``picture`` (BGR) in a camera picture of ``size_px`` (width, height).

    Before a plain wall; a picture cut close around the face keeps what is behind it, drawn out and blurred.

    Raises ``UnusablePortrait``.
    """
    picture = _limited(picture)
    landmarks = find_landmarks(picture)
    is_cut_close = _is_cut_close(picture, landmarks)
    if is_cut_close:
        picture, landmarks = _grown(picture, landmarks)
    width, height = size_px
    jaw_px = min(height, width * 3 / 4) * JAW_WIDTH_OF_FRAME_HEIGHT
    # In an upright picture the person stands lower, so that the shoulders reach the edge.
    below_eyes_px = (picture.shape[0] - float(landmarks[36:48, 1].mean())) * jaw_px / float(landmarks[16, 0] - landmarks[0, 0])
    eyes_at_y = min(max(_EYES_AT_Y, 1.0 - below_eyes_px / height), _LOWEST_EYES_AT_Y)
    matrix = _placement(landmarks, size_px, jaw_px, (0.5, eyes_at_y))
    matte = _matte_by_shape(picture.shape[:2], landmarks) if is_cut_close else _cut_out(picture, landmarks)[1]
    person, matte = _placed(picture, matrix, size_px), _placed(matte, matrix, size_px)
    return Portrait(
        person=person,
        matte=matte,
        wall=_without_person(person, matte) if is_cut_close else plain_wall(width, height),
        landmarks=cast(Points, landmarks @ matrix[:, :2].T + matrix[:, 2]),
    )


def compose_card_photo(picture: Image) -> Image:
    """The head of ``picture`` as on an ID card: 102x126, grey, before a light ground. Raises ``UnusablePortrait``."""
    picture = _limited(picture)
    landmarks = find_landmarks(picture)
    person, matte = _cut_out(picture, landmarks)
    # Shrinking in one step would alias, so the head is placed at four times the size first.
    large = (_CARD_SIZE_PX[0] * 4, _CARD_SIZE_PX[1] * 4)
    matrix = _placement(landmarks, large, large[0] * _CARD_JAW_OF_WIDTH, _CARD_EYES_AT)
    card = blend(_placed(person, matrix, large), _placed(matte, matrix, large), np.full((large[1], large[0], 3), 235, np.uint8))
    grey = cv2.cvtColor(cv2.resize(card, _CARD_SIZE_PX, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)
    return np.asarray(grey, np.uint8)


def blend(person: Image, matte: Image, wall: Image) -> Image:
    """The person before the wall."""
    share = cv2.merge((matte, matte, matte))
    front = cv2.multiply(person, share, scale=1 / 255)
    back = cv2.multiply(wall, cv2.bitwise_not(share), scale=1 / 255)
    return np.asarray(cv2.add(front, back), np.uint8)


def find_landmarks(picture: Image) -> Points:
    """The 68 landmarks of the one face in a BGR picture. Raises ``UnusablePortrait``."""
    library = load_face_recognition()
    rgb = np.ascontiguousarray(picture[:, :, ::-1])
    with MODELS_TURN:
        faces = library.face_landmarks(rgb, library.face_locations(rgb))
    if len(faces) != 1:
        raise UnusablePortrait(f"a portrait shows exactly one face, this picture shows {len(faces)}")
    return landmarks_in_order(faces[0]).astype(np.float32)


def _limited(picture: Image) -> Image:
    scale = _LARGEST_SIDE_PX / max(picture.shape[:2])
    if scale >= 1.0:
        return picture
    return np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


def _is_cut_close(picture: Image, landmarks: Points) -> bool:
    """Whether hair or cheeks end at the edge of the picture."""
    jaw = float(landmarks[16, 0] - landmarks[0, 0])
    beside = min(float(landmarks[0, 0]), picture.shape[1] - float(landmarks[16, 0]))
    return float(landmarks[19:25, 1].min()) < jaw * _LEAST_ABOVE_BROWS or beside < jaw * _LEAST_BESIDE_JAW


def _grown(picture: Image, landmarks: Points) -> tuple[Image, Points]:
    """A picture cut close around the face with more around it: its edges drawn out and blurred, as a background out of focus."""
    jaw = float(landmarks[16, 0] - landmarks[0, 0])
    height, width = picture.shape[:2]
    more = round(jaw * 1.4)
    grown = cv2.copyMakeBorder(picture, more, more, more, more, cv2.BORDER_REPLICATE)
    inside = np.zeros(grown.shape[:2], np.float32)
    inside[more + 2 : more + height - 2, more + 2 : more + width - 2] = 1.0
    for spread in (0.05, 0.2, 0.5):  # softer and softer the farther out
        share = np.clip(cv2.GaussianBlur(inside, (0, 0), jaw * spread * 0.5) * 2.0, 0.0, 1.0)[..., None]
        grown = np.asarray(grown * share + cv2.GaussianBlur(grown, (0, 0), jaw * spread) * (1.0 - share), np.uint8)
    return grown, landmarks + np.float32(more)


def _without_person(picture: Image, matte: Image) -> Image:
    """What is behind the person, guessed from what is beside: a blur over the rest of the picture."""
    rest = (matte < 8).astype(np.float32)
    spread = picture.shape[0] * 0.06
    around = cv2.GaussianBlur(picture.astype(np.float32) * rest[..., None], (0, 0), spread)
    weight = cv2.GaussianBlur(rest, (0, 0), spread)[..., None]
    guess = around / np.maximum(weight, 1e-3)
    share = cv2.GaussianBlur(np.float32(1.0) - rest, (0, 0), 4.0)[..., None]
    return np.asarray(np.clip(guess * share + picture * (1.0 - share), 0, 255), np.uint8)


def _matte_by_shape(shape: tuple[int, ...], landmarks: Points) -> Image:
    """Where head, neck and shoulders must be, for pictures whose edges say nothing of it."""
    jaw = float(landmarks[16, 0] - landmarks[0, 0])
    middle, chin_y = float((landmarks[0, 0] + landmarks[16, 0]) / 2), float(landmarks[8, 1])
    top_y = float(landmarks[19:25, 1].min()) - jaw * 0.55
    matte = np.zeros(shape, np.uint8)
    centre, half = (round(middle), round((top_y + chin_y) / 2)), (round(jaw * 0.56), round((chin_y - top_y) / 2 + jaw * 0.03))
    cv2.ellipse(matte, centre, half, 0, 0, 360, 255, -1)
    outline = [(0.33, -0.3), (0.33, 0.25), (1.1, 0.5), (1.3, 3.0)]
    right = [(middle + x * jaw, chin_y + y * jaw) for x, y in outline]
    left = [(2 * middle - x, y) for x, y in reversed(right)]
    cv2.fillPoly(matte, [np.array(right + left, np.int32)], 255)
    return np.asarray(cv2.GaussianBlur(matte, (0, 0), jaw * 0.03), np.uint8)


def _placement(landmarks: Points, size_px: tuple[int, int], jaw_px: float, eyes_at: tuple[float, float]) -> NDArray[np.float32]:
    scale = jaw_px / float(landmarks[16, 0] - landmarks[0, 0])
    eyes = landmarks[36:48].mean(axis=0)
    shift = np.array([size_px[0] * eyes_at[0], size_px[1] * eyes_at[1]], np.float32) - eyes * scale
    return np.array([[scale, 0, shift[0]], [0, scale, shift[1]]], np.float32)


def _placed(layer: Image, matrix: NDArray[np.float32], size_px: tuple[int, int]) -> Image:
    # A body that the portrait cuts off goes on to the lower edge of the camera picture; at the other edges nobody is.
    longer = cv2.copyMakeBorder(layer, 0, layer.shape[0], 0, 0, cv2.BORDER_REPLICATE)
    return np.asarray(cv2.warpAffine(longer, matrix, size_px, flags=cv2.INTER_CUBIC), np.uint8)


def _cut_out(picture: Image, landmarks: Points) -> tuple[Image, Image]:
    """The picture and its matte, made by GrabCut from where head, neck and shoulders must be."""
    labels = _where_people_are(picture.shape[:2], landmarks)
    cv2.setRNGSeed(1)  # the same portrait gives the same matte
    cv2.grabCut(picture, labels, None, np.zeros((1, 65)), np.zeros((1, 65)), 4, cv2.GC_INIT_WITH_MASK)
    mask = np.isin(labels, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)
    mask = _largest_piece(_filled_below(_largest_piece(mask), int(landmarks[8, 1])))
    return picture, np.asarray(cv2.GaussianBlur(mask * np.uint8(255), (0, 0), 1.2), np.uint8)


def _where_people_are(shape: tuple[int, ...], landmarks: Points) -> Image:
    jaw = float(landmarks[16, 0] - landmarks[0, 0])
    middle = (landmarks[0, 0] + landmarks[16, 0]) / 2
    eyes_y, chin_y = float(landmarks[36:48, 1].mean()), float(landmarks[8, 1])
    labels = np.full(shape, cv2.GC_BGD, np.uint8)

    def ellipse(half_width: float, above: float, label: int) -> None:
        half_height = (chin_y + jaw * above - eyes_y) / 2 + jaw * above
        cv2.ellipse(labels, (int(middle), int(eyes_y)), (int(half_width), int(half_height)), 0, 0, 360, label, -1)

    def below(top: float, half_width: float, label: int) -> None:
        left, right = int(max(0.0, middle - half_width)), int(middle + half_width)
        labels[int(top) :, left:right] = label

    ellipse(jaw * 1.15, 0.65, cv2.GC_PR_BGD)
    below(chin_y + jaw * 0.10, jaw * 2.2, cv2.GC_PR_FGD)
    ellipse(jaw * 0.75, 0.40, cv2.GC_PR_FGD)
    below(chin_y - jaw * 0.15, jaw * 0.30, cv2.GC_FGD)
    cv2.fillConvexPoly(labels, cv2.convexHull(landmarks[:27].astype(np.int32)), int(cv2.GC_FGD))
    return labels


def _filled_below(mask: Image, chin_y: int) -> Image:
    """Fill each row below the chin from the first to the last pixel of the person: collars often match the wall."""
    filled = mask.copy()
    for y in range(chin_y, mask.shape[0]):
        inside = np.flatnonzero(mask[y])
        if inside.size:
            filled[y, inside[0] : inside[-1] + 1] = 1
    return filled


def _largest_piece(mask: Image) -> Image:
    _, pieces, facts, _ = cv2.connectedComponentsWithStats(mask)
    if len(facts) < 2:
        return mask
    largest = 1 + int(np.argmax(facts[1:, cv2.CC_STAT_AREA]))
    return np.asarray(pieces == largest, np.uint8)


def plain_wall(width: int, height: int) -> Image:
    """A light wall, a little darker towards the corners as under a ceiling lamp."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    distance = np.hypot((x - width / 2) / width, (y - height * 0.35) / height)
    light = 1.0 - 0.22 * distance**2
    return np.asarray(np.clip(light[..., None] * np.array(_WALL_BGR, np.float32), 0, 255), np.uint8)
