"""Pages that need a whole service behind them, its gateway too."""
