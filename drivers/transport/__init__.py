"""Byte links to devices: the one place that imports pyserial."""
