"""Reports: read, cut into sections, sentences and passages, joined to studies."""
