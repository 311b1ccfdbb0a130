"""The one place for English: plain values in, sentences out."""
