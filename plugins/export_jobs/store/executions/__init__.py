"""The ledger's executions: history, pages, states, and the steps that record a delivery."""
