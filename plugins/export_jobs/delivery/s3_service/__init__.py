"""The parts of a destination on S3: requests to a bucket, and the meaning of each answer."""
