"""The pages: choices, which the address keeps, and views. Streamlit runs them as scripts.

shown  what they are made of: a choice, a view, the published copy
"""
