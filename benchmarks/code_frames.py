"""Camera frames with and without codes, drawn so that every run sees the same: paper and telephones on a counter, 1920 x 1080."""

from __future__ import annotations

import random

import cv2
import numpy as np
import qrcode
from qrcode.constants import ERROR_CORRECT_L, ERROR_CORRECT_M

from drivers.types import Image

WIDTH, HEIGHT = 1920, 1080
# fmt: off
_WORDS = (
    "受理号", "预约", "凭证", "温州市", "瓯海区", "娄桥街道", "个人参保证明", "林小瓯", "姓名", "电话", "地址", "办理结果",
    "已受理", "社会保险", "居民", "窗口", "一号楼", "材料", "提交成功", "不动产登记", "医疗缴费", "二〇二六年", "王娜", "李强",
    "陈静丽", "请妥善保管", "办事指南",
)
# fmt: on
_RARE = "𠮷㐂龘䶮喆翀祎旻昇堃頔"
"""Characters of names that GB 2312 does not know."""


def chinese_texts(count: int, seed: int = 1) -> list[str]:
    """Texts as they stand in codes of public services: words, numbers, addresses, one in five with a rare character."""
    chance = random.Random(seed)
    texts = []
    for number in range(count):
        words = chance.sample(_WORDS, chance.randint(1, 7))
        tail = chance.choice(["", "，", f"330302{number:06d}", f"；https://example.cn/c?n={number}"])
        texts.append("".join(words) + (chance.choice(_RARE) if number % 5 == 4 else "") + tail)
    return texts


def frame_without_code(seed: int) -> Image:
    """A counter with printed paper, a card and a shadow: much structure, no code. BGR."""
    chance = np.random.default_rng(seed)
    small = chance.integers(60, 190, (9, 16, 3)).astype(np.uint8)
    frame = cv2.resize(small, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    for _ in range(4):
        _lay_paper(frame, chance)
    for _ in range(12):
        start, end = chance.integers(0, (WIDTH, HEIGHT)), chance.integers(0, (WIDTH, HEIGHT))
        colour = chance.integers(0, 255, 3).tolist()
        cv2.line(frame, start.tolist(), end.tolist(), colour, int(chance.integers(1, 14)), cv2.LINE_AA)
    return _through_a_camera(frame, chance)


def frame_with_code(payload: bytes, seed: int) -> Image:
    """The same, with one QR code (byte mode, no ECI) held at an angle, unevenly lit and a little out of focus. BGR."""
    chance = np.random.default_rng(seed)
    frame = frame_without_code(seed + 10_000)
    code = _qr(payload, ERROR_CORRECT_M if seed % 2 else ERROR_CORRECT_L)
    # 3.6 to 8 camera pixels for a module: arm's length at one end, held to the lens at the other.
    side = min(float(HEIGHT) - 160, (code.shape[0] // 8) * chance.uniform(3.6, 8.0))
    corners = _held_corners(side, chance)
    flat = np.array([[0, 0], [code.shape[1], 0], [code.shape[1], code.shape[0]], [0, code.shape[0]]], np.float32)
    view = cv2.getPerspectiveTransform(flat, corners)
    held = cv2.warpPerspective(code, view, (WIDTH, HEIGHT), flags=cv2.INTER_AREA)
    where = cv2.warpPerspective(np.full_like(code, 255), view, (WIDTH, HEIGHT)) > 127
    light = np.linspace(chance.uniform(0.55, 0.8), 1.0, WIDTH, dtype=np.float32)[None, :]
    lit = (held * light + chance.uniform(5, 30)).clip(0, 255)
    frame[where] = np.repeat(lit[..., None], 3, axis=2).astype(np.uint8)[where]
    return _through_a_camera(frame, chance)


def _qr(payload: bytes, correction: int) -> Image:
    code = qrcode.QRCode(border=4, error_correction=correction)
    code.add_data(qrcode.util.QRData(payload, mode=qrcode.util.MODE_8BIT_BYTE))
    code.make(fit=True)
    dark = np.array(code.get_matrix())
    return np.kron(np.where(dark, 25, 240).astype(np.uint8), np.ones((8, 8), np.uint8))


def _held_corners(side: float, chance: np.random.Generator) -> np.ndarray:
    square = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], np.float64) * side / 2
    turn = np.deg2rad(chance.uniform(-180, 180))
    turned = square @ np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]).T
    tilted = turned * (1 + chance.uniform(-0.05, 0.05, (4, 1)))
    room = np.abs(tilted).max(axis=0) + 4
    centre = [
        chance.uniform(low, high - low) if high > 2 * low else high / 2 for low, high in zip(room, (WIDTH, HEIGHT), strict=True)
    ]
    return (tilted + centre).astype(np.float32)


def _lay_paper(frame: Image, chance: np.random.Generator) -> None:
    left, top = int(chance.integers(0, WIDTH - 500)), int(chance.integers(0, HEIGHT - 400))
    width, height = int(chance.integers(200, 500)), int(chance.integers(150, 400))
    cv2.rectangle(frame, (left, top), (left + width, top + height), [int(chance.integers(200, 250))] * 3, -1)
    for line in range(top + 24, top + height - 8, 22):
        words = "".join(chance.choice(list("abcdefghijklmnoprstuvwxyz 0123456789"), int(width / 11)))
        cv2.putText(frame, words, (left + 8, line), cv2.FONT_HERSHEY_SIMPLEX, 0.55, (40, 40, 40), 1, cv2.LINE_AA)


def _through_a_camera(frame: Image, chance: np.random.Generator) -> Image:
    """Focus, sensor noise and the JPEG compression of a USB camera."""
    soft = cv2.GaussianBlur(frame, (0, 0), chance.uniform(0.4, 1.1))
    noisy = soft.astype(np.int16) + chance.normal(0, 3.0, soft.shape).astype(np.int16)
    packed = cv2.imencode(".jpg", noisy.clip(0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 85])[1]
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)
