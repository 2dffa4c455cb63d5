"""What was found wrong and reported: alarms, late rows, refused runs; also processes and permits."""
