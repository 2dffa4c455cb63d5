"""What stands behind a destination on S3: questions to a bucket, and how each answer is read."""
