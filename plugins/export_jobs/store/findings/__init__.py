"""What is found wrong and told: alarms sent, rows that came late, runs that were refused."""
