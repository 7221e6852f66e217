"""Which insole support suits a foot, by a table a shop owner can read."""
