"""Data the terminal ships with: catalogue, texts, drawings, slip templates."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parent
"""Folder of the assets, also inside a frozen bundle."""
