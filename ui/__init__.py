"""Pixels: screens, widgets, keyboard and theme. Takes ``Screen`` values, gives events of the flow; knows no device."""
