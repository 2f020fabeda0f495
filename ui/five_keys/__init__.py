"""Everything by five keys and by ear: up, down, left (back), right (next), confirm."""
