"""What every request passes: who calls, what they may, the audit log, the one shape of errors."""
