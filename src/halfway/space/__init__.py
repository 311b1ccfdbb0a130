"""Case → arrays: the only place where labels become numbers."""
