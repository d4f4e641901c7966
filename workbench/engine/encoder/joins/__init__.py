"""How what an encoder sees in the windows of a long text becomes one answer, chosen by held-out rows."""
