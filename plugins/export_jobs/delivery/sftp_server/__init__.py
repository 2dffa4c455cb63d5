"""What a delivery asks of an SFTP server, one question a file, and how each answer is read."""
