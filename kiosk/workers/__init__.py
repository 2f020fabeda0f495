"""The Qt bridge: one thread a device, results as signals on the GUI thread."""
