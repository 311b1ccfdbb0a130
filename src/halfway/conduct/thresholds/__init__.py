"""Where keeping stops being best: patience, penalty, detection, length of trial."""
