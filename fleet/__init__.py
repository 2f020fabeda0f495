"""The reference platform: takes in sealed cases, answers for them with signed receipts, and shows the fleet on one page."""
