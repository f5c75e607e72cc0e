"""The shopper's page: an empty Gradio page that our own chat fills."""

import gradio as gr

ELEMENT_ID = "shopclerk"
_CONCURRENT_EVENTS = 64


def build_chat_page(title: str) -> gr.Blocks:
    """The Gradio page.

    It holds one empty column, which `static/chat.js` fills and which talks to our own HTTP interface. `gr.Chatbot`
    was left aside: it renders replies as HTML that must then be cleaned, shows no queue position or citation panel,
    and the page's words, focus order and scrolling would not be ours. A column needs no template that the browser
    evaluates, so the page runs under a content security policy without `unsafe-eval`.
    """
    with gr.Blocks(title=title, analytics_enabled=False, fill_width=True) as page, gr.Column(elem_id=ELEMENT_ID):
        pass
    page.queue(default_concurrency_limit=_CONCURRENT_EVENTS)
    return page
