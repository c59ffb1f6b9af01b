"""What has stopped and needs a person: found, listed, set going again."""
