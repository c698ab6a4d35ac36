"""Planning with a language model: passes that improve on the pipeline of the rules."""
