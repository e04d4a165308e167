"""One module per tab: a build_…_tab function and its handlers. Knows Gradio and Protocols, never torch."""
