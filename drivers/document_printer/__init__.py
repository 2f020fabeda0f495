"""A4 document printers (文档打印机) through CUPS: proofs and certificates as PDF."""
