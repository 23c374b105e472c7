"""What every layer shares: the error tree, checks at the door, atomic files, pseudonyms. Needs only NumPy."""
