"""What is delivered: names of files, and the records that travel with them."""
