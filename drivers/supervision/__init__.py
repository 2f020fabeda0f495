"""The parts of ``drivers.supervisor``: one device, one thread, and what to do when either is lost."""
