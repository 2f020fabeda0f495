"""Drivers of the terminal's hardware: one folder a device class, no Qt, nothing of the kiosk."""
