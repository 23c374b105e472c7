"""What makes a retrieval benchmark lie: leaks between splits, confounders, and embeddings in bad health."""
