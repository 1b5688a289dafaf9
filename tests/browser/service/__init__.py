"""Tests of pages that need a whole service behind them: from order to first call, and exercises."""
