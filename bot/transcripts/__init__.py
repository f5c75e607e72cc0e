"""What staff read: a list of conversations that can be searched, one conversation in full, notes, tags, originals."""
