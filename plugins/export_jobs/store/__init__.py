"""The metadata store: definitions and the append-only ledger. No other code knows its tables."""
