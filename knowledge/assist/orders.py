"""Text that speaks to a language model instead of to a reader."""

import re

from knowledge.text import search_copy

_ORDERS = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b[^.\n]{0,40}\b(?:instruction|prompt|rule|above|previous|question)"
    r"|\b(?:system|assistant|developer|admin)\s*(?:prompt|message|mode|:)|<\s*/?\s*(?:tool|system|function|im_)"
    r"|\b(?:score|rate|rank)\b[^.\n]{0,30}\b(?:10|ten|highest|top|maximum)|\byou (?:must|are now|should now)\b"
    r"|\b(?:call|invoke|execute|run)\b[^.\n]{0,40}\b(?:tool|function|command|shell|script)"
    r"|指示を?(?:無視|忘れ)|無視して|命令に従|(?:システム|管理者)(?:プロンプト|メッセージ|モード|:)|を実行(?:せよ|しろ|して)"
    r"|点数?を?(?:10|満点|最高)"
)


def gives_orders(text: str) -> bool:
    """Whether a text reads like instructions to a model: it is still quoted, but a model's word on it counts less."""
    return _ORDERS.search(search_copy(text)) is not None
