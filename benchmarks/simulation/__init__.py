"""Data whose truth is known, thousands of times: do the shipped estimators say what they promise?"""
