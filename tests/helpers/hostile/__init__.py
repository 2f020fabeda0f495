"""Hostile byte streams for every parser of the drivers: seeds, mutations, and what must hold whatever comes."""
