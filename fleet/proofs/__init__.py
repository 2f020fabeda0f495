"""Proofs 证明: signed PDF documents about what the registers hold of a resident."""
