"""The requests of a delivery to an SFTP server and the meaning of each answer. Each kind of request has one file."""
