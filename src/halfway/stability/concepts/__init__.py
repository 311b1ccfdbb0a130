"""The stability concepts: individual, by pairs, limited moves, inverse."""
