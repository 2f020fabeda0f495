"""Whether somebody is before the machine: that alone, and never who."""
