"""The parts of ``drivers.discovery``: what is plugged in, what is known of it, and how the machine is asked."""
