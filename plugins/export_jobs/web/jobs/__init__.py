"""Reading and changing jobs for the page."""
