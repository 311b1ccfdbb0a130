"""Result → chart data → drawing."""
