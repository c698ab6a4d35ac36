"""What makes a pipeline contradict itself, the data or the zoo; one module per part."""
