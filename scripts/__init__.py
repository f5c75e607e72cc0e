"""Commands that people type: parse the arguments, call one function, print."""
