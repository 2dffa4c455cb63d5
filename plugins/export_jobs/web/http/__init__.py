"""What every request passes: login, permissions, audit log, and one shape for all errors."""
