"""The one place that loads OpenCV's video part, silenced: its own log lines belong to no stream of ours."""

from __future__ import annotations

import os

# Read by OpenCV when the first camera is opened. Quiet FFmpeg, and give up on a silent V4L2 device in 1 s instead of 10.
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "1")

import cv2

__all__ = ["OPEN_TIMEOUT_MS", "READ_TIMEOUT_MS", "cv2"]

cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)

OPEN_TIMEOUT_MS = 2000
READ_TIMEOUT_MS = 1300
"""Limits for network streams: a stream that falls silent is lost within two seconds."""
