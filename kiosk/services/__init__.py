"""Use cases over the device protocols and the queue: they return events of the flow and raise only bugs."""
