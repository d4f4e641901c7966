"""Learning from few examples: with a contrastive loss, tried on rows held out, then from all rows."""
