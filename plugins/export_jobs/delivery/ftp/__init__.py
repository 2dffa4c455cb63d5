"""Delivery over FTPS, and over plain FTP for those who have consented to it."""
